#include "roomkey/base/json.hpp"

#include "roomkey/base/text.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;
using namespace std::string_view_literals;

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

TEST(reads_an_object_with_all_kinds_of_members) {
  const auto read = accepted(parse_json_object(
      R"( {"text":"zo\u00eb \ud83e\udd8a \" \\ \/","number":-7,"real":1.5e-3,"zero":0,
           "list":[1,[2],{}],"none":null,"yes":true} )"));
  same("zo\u00eb \U0001F98A \" \\ /", string_member(read, "text").value());
  same(-7, integer(read["number"]).value());
  same(0, integer(read["zero"]).value());
  same(3, read["list"].size());
  expect(read["none"].isNull() && read["yes"].asBool());
}

TEST(refuses_what_is_not_json) {
  for (const auto text : {""sv,
                          " "sv,
                          "{"sv,
                          "}"sv,
                          "{\"a\"}"sv,
                          "{\"a\":}"sv,
                          "{\"a\":1,}"sv,
                          "[1,]"sv,
                          "[,]"sv,
                          "{a:1}"sv,
                          "{'a':1}"sv,
                          "{1:1}"sv,
                          "{\"a\":1}x"sv,
                          "{\"a\":1}{}"sv,
                          "{\"a\":1 \"b\":2}"sv,
                          "{\"a\":tru}"sv,
                          "{\"a\":NaN}"sv,
                          "{\"a\":Infinity}"sv,
                          "{\"a\":undefined}"sv,
                          "{\"a\":1e400}"sv,
                          "{\"a\":\"\\x41\"}"sv,
                          "{\"a\":\"\\u12\"}"sv,
                          "{\"a\":\"open}"sv,
                          "7"sv,
                          "\"text\""sv,
                          "null"sv}) {
    refused(Code::bad_request, parse_json(text), text);
  }
}

// jsoncpp's strict mode lets these pass.
TEST(refuses_what_only_lenient_readers_take) {
  for (const auto text : {"{\"a\":01}"sv,
                          "{\"a\":007}"sv,
                          "{\"a\":-}"sv,
                          "{\"a\":-01}"sv,
                          "{\"a\":+1}"sv,
                          "{\"a\":1.}"sv,
                          "{\"a\":.5}"sv,
                          "{\"a\":1e}"sv,
                          "{\"a\":1e+}"sv,
                          "{\"a\":0x10}"sv,
                          "{\"a\":1 /* note */}"sv,
                          "{\"a\":1 // note\n}"sv,
                          "/**/{\"a\":1}"sv,
                          "{\"a\":\"line\nbreak\"}"sv,
                          "{\"a\":\"tab\there\"}"sv,
                          "{\"a\":\"\\ud800\"}"sv,
                          "{\"a\":\"\\udc00\"}"sv,
                          "{\"a\":\"\\ud800\\u0041\"}"sv,
                          "{\"a\":\"\\ud800x\\udc00\"}"sv,
                          "{\"\\udc00\":1}"sv}) {
    refused(Code::bad_request, parse_json(text), log_value(text));
  }
}

TEST(takes_every_number_that_json_has) {
  for (const auto text : {"0", "-0", "-1", "10", "0.5", "-0.5", "1e5", "1E+5", "1.25e-3",
                          "9223372036854775807", "99999999999999999999"}) {
    accepted(parse_json("[" + std::string(text) + "]"), text);
    accepted(parse_json("{\"a\" : " + std::string(text) + "\n}"), text);
  }
}

TEST(refuses_bytes_that_are_not_utf8) {
  for (const auto text : {"{\"a\":\"\xFF\"}"sv, "{\"a\":\"\xC0\xAF\"}"sv,
                          "{\"a\":\"\xED\xA0\x80\"}"sv, "{\"a\":\"x\0y\"}"sv, "{\"a\":1}\0"sv}) {
    refused(Code::bad_request, parse_json(text), log_value(text));
  }
}

TEST(refuses_a_key_that_stands_twice_at_any_depth) {
  for (const auto text : {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"({"x":{"a":1,"a":2}})",
                          R"([{"a":1,"b":2,"a":3}])"}) {
    refused(Code::bad_request, parse_json(text), text);
  }
  accepted(parse_json(R"({"a":{"a":1},"b":{"a":1},"A":1})"));
}

TEST(refuses_more_than_16_levels_and_goes_on_working) {
  accepted(parse_json(nested(16)));
  refused(Code::bad_request, parse_json(nested(17)));
  refused(Code::bad_request, parse_json(nested(100'000)));
  refused(Code::bad_request, parse_json(std::string(100'000, '[')));
  accepted(parse_json("[1]"));
}

TEST(an_object_of_more_parts_than_its_reader_wants_is_refused) {
  accepted(parse_json_object(R"({"a":[1,2],"b":",,,[[[{{{\",,"})", 5));
  for (const auto text : {R"({"a":[1,2],"b":"","c":{}})", R"({"a":[1,2,3,4,5]})",
                          R"({"a":"\\","b":1,"c":1,"d":1,"e":1,"f":1})", ",,,,,,", "[[[[[["}) {
    const auto why = refused(Code::bad_request, parse_json_object(text, 5), text);
    same("made of too many parts", why, text);
  }
}

TEST(an_array_is_json_but_no_object) {
  accepted(parse_json("[1]"));
  refused(Code::bad_request, parse_json_object("[1]"));
}

TEST(a_refusal_quotes_nothing_of_the_text) {
  const auto said = refused(Code::bad_request, parse_json(R"({"password":"hunter2",)"));
  expect(!contains(said, "hunter2") && !contains(said, "password"), said);
}

TEST(an_integer_is_written_as_one_and_fits) {
  const auto read = accepted(parse_json(
      R"([0,-9223372036854775808,9223372036854775807,
          9223372036854775808,-9223372036854775809,1.0,1e3,"1",true,null,[1],{}])"));
  same(0, integer(read[0]).value());
  same(INT64_MIN, integer(read[1]).value());
  same(INT64_MAX, integer(read[2]).value());
  for (Json::ArrayIndex i = 3; i < read.size(); ++i) {
    expect(!integer(read[i]), read[i].toStyledString());
  }
}

TEST(a_string_member_is_a_string_or_nothing) {
  const auto read = accepted(parse_json(R"({"text":"","number":1,"none":null})"));
  same(std::optional<std::string>(""), string_member(read, "text"));
  for (const auto* key : {"number", "none", "missing"}) expect(!string_member(read, key), key);
}

TEST(writes_members_in_order_and_in_plain_ascii) {
  const std::optional<std::int64_t> nothing;
  JsonArray list;
  list.add_raw("1");
  list.add_raw("{}");
  JsonObject object;
  object.add("z", "text")
      .add("a", std::int64_t{INT64_MIN})
      .add("yes", true)
      .add("none", nothing)
      .add("some", std::optional<std::string>("x"))
      .add_raw("list", list.text());
  same(R"({"z":"text","a":-9223372036854775808,"yes":true,"none":null,"some":"x","list":[1,{}]})",
       object.text());
  same("{}", JsonObject().text());
  same("[]", JsonArray().text());
}

TEST(quotes_whatever_bytes_there_are) {
  struct Case {
    std::string_view text, quoted;
  };
  for (const auto& [text, quoted] :
       {Case{"", R"("")"}, Case{"a\"b\\c/", R"("a\"b\\c/")"},
        Case{"\n\t\x7F", R"("\n\u0009\u007f")"}, Case{"a\0b"sv, R"("a\u0000b")"},
        Case{"zo\u00eb", R"("zo\u00eb")"}, Case{"\U0001F98A", R"("\ud83e\udd8a")"},
        Case{"\xFFx\xC3", R"("\ufffdx\ufffd")"}}) {
    std::string out;
    append_quoted(out, text);
    same(quoted, out);
  }
}

TEST(reads_back_what_it_wrote) {
  std::string text;
  for (char c = 1; c < 0x7F; ++c) text += c;
  text += "\x7F\u00e9\u2028\uffff\U00010000\U0010ffff";
  const auto read = accepted(parse_json(JsonObject().add("a", text).text()));
  same(text, string_member(read, "a").value());
}

TEST(a_numeric_date_is_any_number_of_seconds_up_to_the_year_9999) {
  const auto seconds = [](std::string_view number) -> std::optional<std::int64_t> {
    const auto read = parse_json("[" + std::string(number) + "]");
    const auto date = numeric_date((*read)[0]);
    return date ? std::optional(date->time_since_epoch().count()) : std::nullopt;
  };
  for (const auto& [number, wanted] : {std::pair{"0", 0LL},
                                       {"-0", 0LL},
                                       {"-0.0", 0LL},
                                       {"0.999", 0LL},
                                       {"1763138954", 1763138954},
                                       {"1763138954.5", 1763138954},
                                       {"1763138954.999999", 1763138954},
                                       {"1.763138954e9", 1763138954},
                                       {"1763138954000E-3", 1763138954},
                                       {"1e-400", 0LL},
                                       {"253402300799", 253402300799},
                                       {"253402300799.75", 253402300799}}) {
    same(std::optional<std::int64_t>(wanted), seconds(number), number);
  }
  for (const auto* const none :
       {"-1", "-0.25", "-1e-300", "253402300800", "253402300800.0", "1e300", "-1e300",
        "18446744073709551615", "99999999999999999999999", "\"1763138954\"", "null", "true",
        "[]"}) {
    expect(!seconds(none), none);
  }
}

}  // namespace
