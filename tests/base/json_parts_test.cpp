#include "roomkey/base/json_parts.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

// The parts as `key=text`, each followed by a semicolon; `!` where the text is broken.
std::string parts_of(std::string_view text) {
  JsonParts parts(text);
  std::string result;
  while (parts.next()) {
    result += parts.key() + (parts.is_object() ? "=" : "") + std::string(parts.text()) + ';';
  }
  expect(!parts.next(), "goes on behind its end");
  if (!parts.broken()) same(text.size(), parts.at(), text);
  return result + (parts.broken() ? "!" : "");
}

TEST(takes_arrays_and_objects_apart) {
  same("", parts_of("[]"));
  same("", parts_of(" { } \n"));
  same("1;\"a\";null;{};[];", parts_of("[1, \"a\" ,null,{} , []]"));
  same("a=1;b=[{\"c\":\"]\"}];", parts_of(R"( {"a" : 1, "b":[{"c":"]"}] } )"));
  same("\"\\\"],\\\\\";2;", parts_of(R"(["\"],\\",2])"));
  same("\xC3\xA4=1;a\nb=2;", parts_of(R"({"\u00e4":1,"a\nb":2})"));
}

TEST(is_broken_where_the_frame_is_no_json) {
  for (const std::string_view text :
       {"",          " ",        "1",         "x",           "]",           "[",
        "{",         "[1",       "[1,",       "[1,]",        "[,1]",        "[1 2]",
        "[1]]",      "[1] x",    "{]",        "[}",          "{1}",         "{1:2}",
        "{\"a\"}",   "{\"a\":}", "{\"a\" 1}", "{\"a\":1,}",  "{,}",         "[\"a]",
        "[\"a\\\"]", "[[1]",     "[{]",       "{\"\\x\":1}", "{\"a\":1}{}", "[1],",
        "[\"a\"b]"}) {
    const std::string parts = parts_of(text);
    expect(parts.ends_with('!'), text);
  }
}

TEST(gives_each_part_as_a_value_or_says_why_not) {
  JsonParts parts(R"([{"a":1}, "b", 7, [nul], {"a":1,"a":2}, 1 , [[[]]], x])");
  const auto value = [&](int deepest = 2) {
    expect(parts.next(), "has a next");
    return parts.value(deepest);
  };
  same(1, accepted(value())["a"].asInt());
  same("b", accepted(value()).asString());
  same(7, accepted(value()).asInt());
  same("not valid JSON", refused(Code::bad_request, value()));
  same("not valid JSON", refused(Code::bad_request, value()));
  same(1, accepted(value()).asInt());
  same("nested too deeply", refused(Code::bad_request, value()));
  same("not valid JSON", refused(Code::bad_request, value()));
  expect(!parts.next() && !parts.broken(), "has no next");
}

}  // namespace
