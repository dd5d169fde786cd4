#include "roomkey/access/guest.hpp"

#include "roomkey/access/decide.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace guest_test {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;

Guest guest() {
  Guest one;
  one.id = 5;
  one.appointment_id = 47;
  one.name = "Ines";
  one.expires_at = kNine + 5h;
  return one;
}

// With the door looked at.
Appointment open_appointment(Admission admission = Admission::none) {
  auto made = appointment_47();
  made.door = Door{Visitor{"guest-5", admission}};
  return made;
}

TEST(a_guest_s_state_says_why_he_may_not_come) {
  Guest one = guest();
  same("invited", state_of(one, kNine));
  one.last_used_at = kNine;
  same("used", state_of(one, kNine));
  same("used", state_of(one, kNine + 5h - 1s));
  same("expired", state_of(one, kNine + 5h));
  one.revoked = true;
  same("revoked", state_of(one, kNine + 6h));
}

TEST(a_guest_s_name_is_read_and_written) {
  same("guest-5", guest_name(5));
  same(5, parse_guest_name("guest-5").value());
  for (const auto* const other :
       {"guest-", "guest-05", "guest-0", "guest--5", "Guest-5", "5", ""}) {
    expect(!parse_guest_name(other), other);
  }
  same("", guest_name_fault("Ines Dolmetsch"));
  for (const std::string& bad : {std::string(), std::string("a\nb"), std::string(401, 'x'),
                                 std::string("a\xE2\x80\x8B"
                                             "b")}) {
    expect(!guest_name_fault(bad).empty(), bad);
  }
  same("https://a.example/guest/#code", guest_link("https://a.example", "code").value());
  expect(!guest_link("", "code"));
}

TEST(a_guest_gets_in_as_himself_with_the_least_that_a_provider_may_know) {
  const Grant grant = accepted(decide_guest(open_appointment(), guest(), "", kNine, {}));
  same("guest-5", grant.identity);
  same(0, grant.user_id);
  same("", grant.email);
  same("Ines", grant.name);
  same("guest", word(grant.side));
  same(std::string(kRoom), grant.room_name);
  Policy hidden;
  hidden.identities = pseudonyms();
  const Grant named = accepted(decide_guest(open_appointment(), guest(), "", kNine, hidden));
  same(pseudonyms().of_guest(47, 5), named.identity);
  same("", named.name);
}

TEST(the_first_reason_that_keeps_a_guest_out_is_the_one_that_he_hears) {
  const Policy quarter{15min, 30min};
  const auto why = [&](Appointment appointment, const Guest& one, std::string_view device,
                       std::chrono::sys_seconds now) {
    const auto decided = decide_guest(appointment, one, device, now, quarter);
    return decided ? std::string("in") : std::string(roomkey::base::word(decided.error().code));
  };
  Guest one = guest();
  same("in", why(open_appointment(), one, "", kNine));
  same("in", why(open_appointment(), one, "any", kNine));
  same("denied", why(open_appointment(Admission::denied), one, "", kNine));
  auto roomless = open_appointment(Admission::denied);
  roomless.room.reset();
  same("room_not_found", why(roomless, one, "", kNine));
  same("too_early", why(roomless, one, "", kNine - 16min));
  roomless.status = Status::cancelled;
  same("appointment_closed", why(roomless, one, "", kNine - 16min));
  one.device_digest = "d";
  same("guest_elsewhere", why(roomless, one, "", kNine - 16min));
  same("guest_elsewhere", why(roomless, one, "x", kNine));
  same("appointment_closed", why(roomless, one, "d", kNine));
  one.revoked = true;
  same("guest_not_found", why(roomless, one, "x", kNine));
}

TEST(a_guest_waits_as_a_patient_does) {
  for (const auto mode : {WaitingRoom::psychologist_first, WaitingRoom::admit}) {
    Policy policy;
    policy.waiting_room = mode;
    refused(Code::waiting, decide_guest(open_appointment(), guest(), "", kNine, policy));
    accepted(decide_guest(open_appointment(Admission::admitted), guest(), "", kNine, policy));
  }
}

TEST(guests_are_invited_by_psychologist_and_office_to_what_is_open_and_by_video) {
  accepted(decide_invite(appointment_47(), sarah()));
  accepted(decide_invite(appointment_47(), someone(Role::practice_manager)));
  accepted(decide_invite(appointment_47(), someone(Role::admin)));
  refused(Code::permission_denied, decide_invite(appointment_47(), jane()));
  refused(Code::permission_denied, decide_invite(appointment_47(), someone(Role::service)));
  auto closed = appointment_47();
  closed.status = Status::completed;
  refused(Code::appointment_closed, decide_invite(closed, sarah()));
  auto in_person = appointment_47();
  in_person.session_type = SessionType::in_person;
  refused(Code::not_telehealth, decide_invite(in_person, sarah()));
}

TEST(a_guest_is_found_again_by_either_name) {
  const std::vector<Guest> guests{guest()};
  same(5, pseudonyms().guest_of(guests, pseudonyms().of_guest(47, 5))->id);
  same(5, pseudonyms().guest_of(guests, "guest-5")->id);
  same(5, Identities().guest_of(guests, "guest-5")->id);
  for (const std::string& other : {std::string("guest-6"), pseudonyms().of_guest(47, 6),
                                   pseudonyms().of(47, 5, ""), std::string("5-a@b")}) {
    expect(pseudonyms().guest_of(guests, other) == nullptr, other);
  }
}

}  // namespace guest_test
