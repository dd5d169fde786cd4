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
