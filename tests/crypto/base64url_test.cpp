#include "roomkey/crypto/base64url.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using namespace std::string_view_literals;

TEST(agrees_with_rfc_4648_and_rfc_7515) {
  struct Case {
    std::string_view bytes, text;
  };
  for (const auto& [bytes, text] :
       {Case{"", ""}, Case{"f", "Zg"}, Case{"fo", "Zm8"}, Case{"foo", "Zm9v"},
        Case{"foob", "Zm9vYg"}, Case{"fooba", "Zm9vYmE"}, Case{"foobar", "Zm9vYmFy"},
        Case{"\x03\xEC\xFF\xE0\xC1", "A-z_4ME"}, Case{"\0\0\0"sv, "AAAA"},
        Case{"\xFF\xFF\xFF", "____"}}) {
    same(text, base64url(bytes));
    std::string more = "more.";
    append_base64url(more, bytes);
    same("more." + std::string(text), more);
    same(std::optional<std::string>(bytes), from_base64url(text), text);
  }
}

TEST(reads_back_every_byte_at_every_place) {
  for (std::size_t before = 0; before < 3; ++before) {
    std::string bytes(before, 'x');
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    same(std::optional(bytes), from_base64url(base64url(bytes)));
  }
}

TEST(refuses_every_spelling_but_the_canonical_one) {
  for (const auto text :
       {"Zg=="sv, "Zg="sv, "Zg "sv, " Zg"sv, "Z g"sv, "Zg\n"sv, "Zg\0"sv, "Zm9+"sv, "Zm9/"sv, "Z"sv,
        "Zm9vY"sv, "Zh"sv, "Zm9"sv, "Zm9."sv, "Zm9\xC3"sv, "="sv, "A==="sv}) {
    same(std::optional<std::string>(), from_base64url(text), text);
  }
}

TEST(no_two_texts_decode_alike) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int decoded = 0;
  for (const char last : kAlphabet) {
    for (const auto* const start : {"Z", "Zm"}) {
      const std::string text = start + std::string(1, last);
      const auto bytes = from_base64url(text);
      if (!bytes) continue;
      ++decoded;
      same(text, base64url(*bytes));
    }
  }
  same(4 + 16, decoded);  // 64 last letters over 4 or 2 unused bits
}

}  // namespace
