#include "roomkey/base/unseen.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

TEST(letters_marks_and_signs_are_seen) {
  for (const char32_t point : {U'a', U' ', U'~', U'\u00A1', U'\u00E9', U'\u0301', U'\u0600',
                               U'\u2010', U'\u2030', U'\u3001', U'\uFFFD', U'\U0001F600'}) {
    expect(!is_unseen(point), code_point_name(point));
  }
}

TEST(blanks_and_what_is_shown_as_nothing_are_not) {
  for (const char32_t point :
       {U'\u00A0', U'\u00AD',     U'\u034F',     U'\u061C',     U'\u1680',    U'\u180E',
        U'\u2000', U'\u200A',     U'\u200B',     U'\u200F',     U'\u2028',    U'\u202A',
        U'\u202E', U'\u202F',     U'\u205F',     U'\u2060',     U'\u2064',    U'\u2066',
        U'\u206F', U'\u2800',     U'\u3000',     U'\u3164',     U'\uFE0F',    U'\uFEFF',
        U'\uFFA0', U'\U000E0001', U'\U000E007F', U'\U000E0100', U'\U000E0FFF'}) {
    expect(is_unseen(point), code_point_name(point));
  }
}

TEST(the_ends_are_cut_and_the_middle_stays) {
  same("", trimmed(""));
  same("", trimmed(" \t\r\n\xC2\xA0\xE2\x80\x8B"));
  same(
      "a\xC2\xA0"
      "b",
      trimmed("\xEF\xBB\xBF a\xC2\xA0"
              "b\xE3\x80\x80\n"));
  same("\xC3\xA9", trimmed("\xC3\xA9"));
}

TEST(bytes_that_are_no_text_stay) {
  for (const std::string text : {"\xFF", "\x80\x80\x80\x80\x80", "a\xC2", "\xA0", "\xC2"}) {
    same(text, trimmed(text));
  }
}

TEST(names_the_first_that_is_there) {
  same(std::optional<char32_t>(U'\u200B'), find_unseen("a\xE2\x80\x8B\xC2\xA0"));
  expect(!find_unseen("a b"));
  same("U+00A0", code_point_name(0xA0));
  same("U+E0041", code_point_name(0xE0041));
}

}  // namespace
