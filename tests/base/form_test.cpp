#include "roomkey/base/form.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

std::string value(std::string_view query) {
  return accepted(query_value(query, "callId"), query).value_or("(none)");
}

TEST(finds_a_parameter_among_others) {
  same("x", value("callId=x"));
  same("x", value("_t=1763138954000&callId=x"));
  same("x", value("callId=x&_t=1"));
  same("x", value("&&callId=x&"));
  same("x", value("call%49d=x"));
}

TEST(a_parameter_that_is_missing_is_none_and_one_that_is_empty_is_empty) {
  for (const char* const query :
       {"", "&", "=", "=x", "callid=x", "callIds=x", "xcallId=x", "x=callId", "%=x", "%zz&a"}) {
    same("(none)", value(query), query);
  }
  same("", value("callId"));
  same("", value("callId="));
  same("", value("callId=&x=1"));
}

TEST(decodes_percent_and_plus) {
  same("a b c", value("callId=a+b%20c"));
  same("a=b&c", value("callId=a=b%26c"));
  same("zo\xC3\xAB", value("callId=zo%c3%AB"));
}

TEST(what_is_not_encoded_rightly_or_there_twice_is_refused) {
  for (const char* const query :
       {"callId=%", "callId=%4", "callId=%4x", "callId=%x4", "callId=%+1", "callId=%-1",
        "callId=% 1", "callId=%00", "callId=%ff", "callId=\xff"}) {
    const auto why = refused(Code::bad_request, query_value(query, "callId"), query);
    same("callId is not percent-encoded UTF-8", why, query);
  }
  for (const char* const query : {"callId=x&callId=x", "callId&callId", "callId=x&call%49d=y"}) {
    same("callId is given more than once",
         refused(Code::bad_request, query_value(query, "callId"), query), query);
  }
}

TEST(a_form_is_named_in_any_case_with_blanks_and_parameters) {
  for (const char* const type :
       {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded ; charset=UTF-8", "Application/X-WWW-Form-URLEncoded",
        " application/x-www-form-urlencoded", "application/x-www-form-urlencoded\t;\tcharset=utf-8",
        "\tapplication/x-www-form-urlencoded  ", "application/x-www-form-urlencoded;"}) {
    expect(is_form(type), type);
  }
  for (const char* const type :
       {"", " ", ";", "application/json", "application/x-www-form-urlencoded2",
        "x-www-form-urlencoded", "application /x-www-form-urlencoded",
        "application/json; application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded, text/plain", "multipart/form-data; boundary=x"}) {
    expect(!is_form(type), type);
  }
}

TEST(a_form_has_at_most_64_fields) {
  std::string form = "a=1";
  for (int n = 1; n < 64; ++n) form += "&a";
  same(std::size_t{64}, accepted(parse_form(form)).size());
  refused(Code::payload_too_large, parse_form(form + "&a"));
}

}  // namespace
