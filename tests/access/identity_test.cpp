#include "roomkey/access/identity.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;

TEST(an_identity_is_user_id_and_address) {
  same("2-jane.doe@example.com", user_identity(2, "jane.doe@example.com"));
}

TEST(characters_that_are_not_ascii_count_twice) {
  same(5, identity_size("2-a@b"));
  same(6, identity_size("2-\xC3\xA9@b"));
  same(6, identity_size("2-\xF0\x9F\x98\x80@b"));
  same(6, identity_size("2-\xFF@b"));
}

TEST(an_identity_names_its_user) {
  same(std::optional<std::int64_t>(2), user_of_identity("2-jane.doe@example.com"));
  for (const auto* const other : {"", "2", "-", "x-2", "02-x", "-2-x", "jane.doe@example.com"}) {
    expect(!user_of_identity(other), other);
  }
}

}  // namespace
