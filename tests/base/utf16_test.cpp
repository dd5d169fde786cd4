#include "roomkey/base/utf16.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;
using namespace std::string_view_literals;

TEST(a_mark_tells_the_byte_order) {
  expect(utf16_mark("\xFF\xFE") == ByteOrder::little);
  expect(utf16_mark("\xFE\xFF") == ByteOrder::big);
  expect(!utf16_mark("\xEF\xBB\xBF") && !utf16_mark(""));
}

TEST(each_plane_becomes_its_utf_8) {
  same("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80",
       utf8_of_utf16("a\0\xE9\0\xAC\x20\x3D\xD8\x00\xDE"sv, ByteOrder::little).value());
  same("a\xE2\x82\xAC", utf8_of_utf16("\0a\x20\xAC"sv, ByteOrder::big).value());
}

TEST(what_is_cut_off_or_half_of_a_pair_is_nothing) {
  for (const auto bytes : {"a"sv, "a\0b"sv, "\x3D\xD8"sv,
                           "\x3D\xD8"
                           "a\0"sv,
                           "\x00\xDE"sv}) {
    expect(!utf8_of_utf16(bytes, ByteOrder::little));
  }
}

}  // namespace
