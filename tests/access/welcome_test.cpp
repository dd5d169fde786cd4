#include "roomkey/access/welcome.hpp"

#include "support/clinic.hpp"
#include "support/test.hpp"

namespace welcome_test {

using namespace roomkey::access;
using namespace roomkey::test;

std::string why(const Standing& standing, std::string_view identity) {
  const auto found = unwelcome(standing, identity);
  return found ? std::string(word(*found)) : "-";
}

Guest seventh_guest() {
  Guest guest;
  guest.id = 7;
  guest.appointment_id = 47;
  return guest;
}

Standing open_room() { return {appointment_47()}; }

TEST(the_two_of_an_open_appointment_are_welcome_whatever_their_address_was) {
  for (const auto* const who : {"2-jane.doe@example.com", "2-old@example.com", "19-x"}) {
    same("-", why(open_room(), who));
  }
  expect(!given_up(open_room()));
}

TEST(who_has_no_part_in_it_was_removed_or_is_inactive_is_unwelcome) {
  Standing standing = open_room();
  same("no_participant", why(standing, "3-sam@example.com"));
  standing.appointment->removed = {2};
  same("removed", why(standing, "2-jane.doe@example.com"));
  same("-", why(standing, "19-dr.sarah@example.com"));
  standing.inactive = {19};
  same("inactive", why(standing, "19-dr.sarah@example.com"));
  expect(!given_up(standing), "the room itself goes on");
}

TEST(who_has_no_token_of_roomkey_s_is_left_alone) {
  for (const auto* const who :
       {"recorder", "02-jane", "-2", "guest-7", "", "99999999999999999999-x"}) {
    same("-", why(open_room(), who), who);
  }
}

TEST(a_pseudonym_is_its_person_s) {
  Standing standing{appointment_47(), {}, {}, {}, pseudonyms()};
  same("-", why(standing, kHiddenJane));
  standing.appointment->removed = {2};
  same("removed", why(standing, kHiddenJane));
  same("removed", why(standing, "2-jane.doe@example.com"), "from before there were pseudonyms");
  same("-", why(standing, kHiddenSarah));
}

// It was made with a secret of before.
TEST(a_pseudonym_of_nobody_may_stay_unless_it_may_be_of_one_who_may_not) {
  Standing standing{appointment_47(), {}, {}, {}, pseudonyms()};
  same("-", why(standing, kHiddenJaneOfBefore));
  standing.appointment->removed = {19};
  same("unknown", why(standing, kHiddenJaneOfBefore));
  same("-", why(standing, "recorder"));
  standing = {appointment_47(), {19}, {}, {}, pseudonyms()};
  same("unknown", why(standing, kHiddenJaneOfBefore));
  standing.identities = pseudonyms(true);
  same("-", why(standing, kHiddenJaneOfBefore), "its secret is still known");
}

TEST(a_guest_may_stay_until_revoked_or_denied) {
  for (const auto& [identities, seven] : {std::pair{Identities(), std::string("guest-7")},
                                          {pseudonyms(), pseudonyms().of_guest(47, 7)}}) {
    Standing standing{appointment_47(), {}, {}, {seventh_guest()}, identities};
    same("-", why(standing, seven), seven);
    same("-", why(standing, "guest-8"), "no guest of roomkey's");
    standing.denied = {"guest-7"};
    same("denied", why(standing, seven), seven);
    standing.guests[0].revoked = true;
    same("revoked", why(standing, seven), seven);
    same("-", why(standing, "2-jane.doe@example.com"), "and nobody else");
  }
}

TEST(in_a_room_of_a_closed_appointment_or_of_none_nobody_is_welcome) {
  Standing standing = open_room();
  for (const auto status : {Status::cancelled, Status::completed, Status::no_show}) {
    standing.appointment->status = status;
    same("closed", why(standing, "2-jane.doe@example.com"));
    same("closed", why(standing, "recorder"));
    same("closed", word(given_up(standing).value()));
  }
  standing.appointment.reset();
  same("moved", why(standing, "2-jane.doe@example.com"));
  same("moved", word(given_up(standing).value()));
}

}  // namespace welcome_test
