#include "worker/fcgi_records.hpp"

#include <vector>

#include "support/test.hpp"
#include "worker/fcgi_request.hpp"

namespace fcgi_records_test {

using namespace roomkey::worker;
using namespace roomkey::test;

std::string_view word(Arrived arrived) {
  switch (arrived) {
    case Arrived::in_part: return "in part";
    case Arrived::whole: return "whole";
    case Arrived::no_request: return "no request";
  }
  return "";
}

TEST(a_request_has_come_whole_with_the_last_byte_of_the_record_that_ends_its_input) {
  for (const auto& request : {fcgi_request(), fcgi_request("{}"), fcgi_request() + "more",
                              fcgi_request(std::string(60000, 'x'), false)}) {
    same("whole", word(arrived(request)));
  }
  const std::string request = fcgi_request("{\"callId\":\"x\"}");
  for (std::size_t size = 0; size < request.size(); ++size) {
    same("in part", word(arrived(request.substr(0, size))), std::to_string(size));
  }
}

TEST(padding_belongs_to_its_record) {
  const std::string request =
      fcgi_begin() + fcgi_record(FCGI_PARAMS, "", 3) + fcgi_record(FCGI_STDIN, "", 7);
  same("whole", word(arrived(request)));
  same("in part", word(arrived(request.substr(0, request.size() - 1))));
}

TEST(what_does_not_begin_a_request_or_belongs_to_none_is_no_request) {
  std::string other_version = fcgi_request();
  other_version[0] = 2;
  std::string other_end = fcgi_request();
  other_end[other_end.size() - 5] = 2;  // the id of its last record
  for (const auto& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), other_version, other_end,
        fcgi_begin() + fcgi_record(FCGI_STDIN, ""), fcgi_record(FCGI_BEGIN_REQUEST, "x"),
        fcgi_record(FCGI_PARAMS, ""), fcgi_record(FCGI_STDIN, ""),
        fcgi_record(FCGI_GET_VALUES, "x"), fcgi_begin() + fcgi_begin(),
        fcgi_begin() + fcgi_record(FCGI_ABORT_REQUEST, ""),
        fcgi_begin() + fcgi_record(FCGI_DATA, ""), std::string(8, '\0')}) {
    same("no request", word(arrived(bytes)), bytes);
  }
}

std::string with_params(const std::vector<std::string>& parts) {
  std::string text = fcgi_begin();
  for (const auto& part : parts) text += fcgi_record(FCGI_PARAMS, part, 3);
  return text + fcgi_record(FCGI_PARAMS, "") + fcgi_record(FCGI_STDIN, "");
}

// One length in four bytes.
std::string in_four(std::size_t length) {
  std::string text(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) text[i] = static_cast<char>(length >> (24 - 8 * i));
  text[0] = static_cast<char>(text[0] | 0x80);
  return text;
}

TEST(parameters_may_run_on_from_one_record_to_the_next) {
  const std::string pairs = fcgi_pair("A", "") + fcgi_pair("", "x") + in_four(3) + in_four(300) +
                            "ABC" + std::string(300, 'x') + '\1' + in_four(2) + "Axx";
  for (std::size_t size = 1; size < pairs.size(); ++size) {
    const auto cut = with_params({pairs.substr(0, size), pairs.substr(size)});
    same("whole", word(arrived(cut)), std::to_string(size));
  }
  std::vector<std::string> bytes;
  for (const char c : pairs) bytes.push_back(std::string(1, c));
  same("whole", word(arrived(with_params(bytes))));
  same("whole", word(arrived(with_params({pairs}))));
}

TEST(a_parameter_that_says_it_is_longer_than_what_there_is_is_no_request) {
  const std::size_t most = (std::size_t{1} << 31) - 1;
  for (const auto& pairs :
       {in_four(most) + in_four(most), in_four(most) + '\1' + "x", '\1' + in_four(most) + "x",
        in_four(most - 1) + in_four(2) + "x", in_four(0x60000000) + in_four(0x60000000),
        fcgi_pair("A", "x") + '\1', fcgi_pair("A", "x") + '\2' + '\1' + "xx",
        fcgi_pair("A", "x") + "\x80", fcgi_pair("A", "x") + "\x80\x01", std::string("\1\x80", 2)}) {
    same("no request", word(arrived(with_params({pairs}))), pairs);
  }
}

}  // namespace fcgi_records_test
