#include "roomkey/access/identity.hpp"

#include <set>

#include "support/clinic.hpp"
#include "support/test.hpp"

namespace identity_test {

using namespace roomkey;
using namespace roomkey::access;
using namespace roomkey::test;

using Found = std::optional<std::int64_t>;

TEST(an_identity_is_user_id_and_address) {
  same("2-jane.doe@example.com", user_identity(2, "jane.doe@example.com"));
  same("2-jane.doe@example.com", Identities().of(47, 2, "jane.doe@example.com"));
  expect(!Identities().are_pseudonyms() && pseudonyms().are_pseudonyms());
}

TEST(characters_that_are_not_ascii_count_twice) {
  same(5, identity_size("2-a@b"));
  same(6, identity_size("2-\xC3\xA9@b"));
  same(6, identity_size("2-\xF0\x9F\x98\x80@b"));
  same(6, identity_size("2-\xFF@b"));
}

TEST(an_identity_names_its_user) {
  same(Found(2), user_of_identity("2-jane.doe@example.com"));
  for (const auto* const other : {"", "2", "-", "x-2", "02-x", "-2-x", "jane.doe@example.com"}) {
    expect(!user_of_identity(other), other);
  }
}

TEST(a_pseudonym_is_the_one_that_others_compute_too) {
  same(kHiddenJane, pseudonyms().of(47, 2, "jane.doe@example.com"));
  same(kHiddenSarah, pseudonyms().of(47, 19, "dr.sarah@example.com"));
  same("p-sffcfcpsguciyed523lmzacaff", pseudonyms().of(48, 2, "jane.doe@example.com"));
  same(kHiddenJane, pseudonyms().of(47, 2, "another@example.com"), "an address may change");
  const auto key = accepted(
      crypto::Key::from_secret("not-a-real-identity-secret-01234567", crypto::Algorithm::hs256));
  same("p-f7qqe5mxjt7qgoqd3kaf2lngx3", pseudonym(key, 47, "guest", 2));
}

TEST(no_two_of_many_have_the_same_pseudonym_and_each_looks_like_one) {
  const auto identities = pseudonyms();
  std::set<std::string> all;
  for (std::int64_t appointment = 1; appointment < 60; ++appointment) {
    for (std::int64_t user = 1; user < 60; ++user) {
      const auto one = identities.of(appointment, user, "");
      expect(is_pseudonym(one), one);
      expect(all.insert(one).second, one + " twice");
    }
  }
}

TEST(what_is_no_pseudonym) {
  for (const std::string other :
       {"", "p-", "p-t5ggxwq4nhbb6otv7giv34l66", "p-t5ggxwq4nhbb6otv7giv34l66ba",
        "p-T5ggxwq4nhbb6otv7giv34l66b", "p-15ggxwq4nhbb6otv7giv34l66b",
        "q-t5ggxwq4nhbb6otv7giv34l66b", "2-jane.doe@example.com"}) {
    expect(!is_pseudonym(other), other);
  }
}

TEST(whoever_is_behind_a_name_in_the_room_is_found_in_both_forms) {
  for (const auto& [identities, title] :
       {std::pair{pseudonyms(), "pseudonyms"}, {Identities(), "addresses"}}) {
    same(Found(2), identities.user_of(appointment_47(), "2-jane.doe@example.com"), title);
    same(Found(3), identities.user_of(appointment_47(), "3-sam@example.com"), title);
    expect(!identities.user_of(appointment_47(), "recorder"), title);
  }
  same(Found(2), pseudonyms().user_of(appointment_47(), kHiddenJane));
  same(Found(19), pseudonyms().user_of(appointment_47(), kHiddenSarah));
  expect(!Identities().user_of(appointment_47(), kHiddenJane), "without its secret");
  Appointment other = appointment_47();
  other.id = 48;
  expect(!pseudonyms().user_of(other, kHiddenJane), "of another appointment");
}

TEST(a_secret_of_before_finds_people_and_names_nobody) {
  expect(!pseudonyms().user_of(appointment_47(), kHiddenJaneOfBefore));
  same(Found(2), pseudonyms(true).user_of(appointment_47(), kHiddenJaneOfBefore));
  same(kHiddenJane, pseudonyms(true).of(47, 2, ""));
}

}  // namespace identity_test
