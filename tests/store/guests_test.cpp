#include "roomkey/store/guests.hpp"

#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/evictions.hpp"
#include "roomkey/store/retention.hpp"
#include "roomkey/store/visitors.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace guests_test {

using namespace roomkey;
using namespace roomkey::store;
using namespace roomkey::test;

access::Guest ines() {
  access::Guest guest;
  guest.appointment_id = 47;
  guest.name = "Ines";
  guest.kind = access::GuestKind::interpreter;
  guest.expires_at = kNine + 5h;
  return guest;
}

struct House : QuickStore {
  base::Result<Invited> invite(std::chrono::sys_seconds now = kNine) {
    Transaction transaction(database);
    auto invited = invite_guest(transaction, database, ines(), now);
    transaction.commit();
    return invited;
  }
  template <typename Work>
  auto within(Work work) {
    Transaction transaction(database);
    const auto result = work(transaction);
    transaction.commit();
    return result;
  }
  bool revoke(std::int64_t id) {
    return within([&](auto& open) { return revoke_guest(open, database, id); });
  }
  void change_patient() {
    within([&](auto& open) {
      put_user(open, database, {3, "sam@example.com", "Sam"});
      auto appointment = find_appointment(database, 47).value();
      appointment.patient_id = 3;
      return put_appointment(open, database, appointment);
    });
  }
};

STORE_TEST(a_guest_is_found_by_the_code_and_the_store_keeps_none) {
  House house;
  const auto made = accepted(house.invite());
  same(1, made.guest.id);
  same(43U, made.code.size());
  const auto found = find_guest_by_code(house.database, made.code).value();
  same("Ines", found.name);
  same("interpreter", word(found.kind));
  same(kNine + 5h, found.expires_at);
  expect(!found.revoked && found.device_digest.empty() && !found.last_used_at);
  for (const std::string& other : {std::string(), made.code.substr(1), made.code + 'x',
                                   crypto::to_hex(crypto::sha256(made.code))}) {
    expect(!find_guest_by_code(house.database, other), other);
  }
  expect(accepted(house.invite()).code != made.code);
  same(2U, guests_of(house.database, 47).size());
  same(0U, guests_of(house.database, 48).size());
}

STORE_TEST(eight_may_come_at_a_time) {
  House house;
  for (int i = 0; i < 8; ++i) accepted(house.invite());
  refused(base::Code::too_many_guests, house.invite());
  expect(house.revoke(3) && !house.revoke(3), "once");
  accepted(house.invite());
  refused(base::Code::too_many_guests, house.invite());
  accepted(house.invite(kNine + 6h), "those have expired");
}

STORE_TEST(a_code_is_bound_and_unbound) {
  House house;
  const auto id = accepted(house.invite()).guest.id;
  const auto digest = digest_of_device("device");
  house.within([&](auto& open) {
    note_guest_used(open, house.database, id, digest, kNine + 1s);
    return true;
  });
  same(digest, find_guest(house.database, id).value().device_digest);
  same(kNine + 1s, find_guest(house.database, id).value().last_used_at.value());
  const auto unbind = [&](auto& open) { return unbind_guest(open, house.database, id); };
  expect(house.within(unbind) && !house.within(unbind), "once");
  same("", find_guest(house.database, id).value().device_digest);
}

// They were invited to somebody else's session.
STORE_TEST(of_other_people_s_appointment_they_are_no_guests) {
  House house;
  const auto made = accepted(house.invite());
  house.within([&](auto& open) {
    renew_room(open, house.database, 47, kNine);
    return true;
  });
  expect(!find_guest(house.database, made.guest.id).value().revoked,
         "another room is the same visit");
  house.change_patient();
  expect(find_guest(house.database, made.guest.id).value().revoked);
}

STORE_TEST(whoever_was_invited_stands_beside_the_two) {
  House house;
  accepted(house.invite());
  const auto standing = standing_of(house.database, std::string(kRoom));
  same(1U, standing.guests.size());
  expect(!access::unwelcome(standing, "guest-1"));
  house.revoke(1);
  same("revoked",
       word(access::unwelcome(standing_of(house.database, std::string(kRoom)), "guest-1").value()));
}

STORE_TEST(old_guests_are_removed_and_no_id_comes_back) {
  House house;
  accepted(house.invite());
  accepted(house.invite());
  for (const auto* const who : {"guest-1", "guest-2"}) {
    house.within([&](auto& open) {
      return deny_visitor(open, house.database, 47, who, access::WaitingRoom::admit).is_new;
    });
  }
  same(0, prunable(house.database, kNine + 4h).guests);
  same(1, prunable(house.database, kNine + 90 * 24h).guests);
  prune(house.database, kNine + 90 * 24h, {"Ada", "policy", kNine + 130 * 24h});
  same(1U, guests_of(house.database, 47).size());
  const auto denied = denied_at(house.database, 47);
  same("guest-2", denied.at(0), "who was removed can not come again, the other can");
  same(1U, denied.size());
  same(3, accepted(house.invite()).guest.id);
}

}  // namespace guests_test
