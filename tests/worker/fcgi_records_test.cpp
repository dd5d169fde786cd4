#include "worker/fcgi_records.hpp"

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

}  // namespace fcgi_records_test
