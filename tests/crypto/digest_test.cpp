#include "roomkey/crypto/digest.hpp"

#include <set>

#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;

// The examples of FIPS 180-2.
TEST(sha256_agrees_with_the_standard) {
  same("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", to_hex(sha256("")));
  same("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", to_hex(sha256("abc")));
  same("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
       to_hex(sha256(std::string(1'000'000, 'a'))));
}

TEST(sha256_in_parts_is_that_of_the_whole) {
  Sha256 parts;
  for (const auto* const part : {"a", "", "bc"}) parts.add(part);
  same(to_hex(sha256("abc")), to_hex(parts.finish()));
}

// RFC 2202, with keys shorter and longer than a block; and the empty one.
TEST(hmac_sha1_agrees_with_the_standard) {
  for (int i = 0; i < 2; ++i) {
    same("b617318655057264e28bc0b6fb378c8ef146be00",
         to_hex(hmac_sha1(std::string(20, '\x0B'), "Hi There")));
    same("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
         to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")));
    same("aa4ae5e15272d00e95705637ce8a3b55ed402112",
         to_hex(hmac_sha1(std::string(80, '\xAA'),
                          "Test Using Larger Than Block-Size Key - Hash Key First")));
    same("fbdb1d1b18aa6c08324b7d64b71fb76370690e1d", to_hex(hmac_sha1("", "")));
  }
}

TEST(hexadecimal_has_two_lower_case_digits_a_byte) {
  same("", to_hex(""));
  same("000f10ff", to_hex(std::string_view("\x00\x0F\x10\xFF", 4)));
}

TEST(random_digits_have_the_size_asked_for_and_never_repeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string digits = random_hex(16);
    same(32, digits.size());
    same(std::string::npos, digits.find_first_not_of("0123456789abcdef"), digits);
    expect(seen.insert(digits).second, digits);
  }
  same("", random_hex(0));
}

}  // namespace
