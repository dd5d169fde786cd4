// What the booking system may, and what it may not: access/decide.
#include "roomkey/access/decide.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace service_test {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;

constexpr Role kRoles[] = {Role::patient, Role::psychologist, Role::practice_manager, Role::admin,
                           Role::service};

TEST(a_token_for_no_appointment_is_nothing_for_the_booking_system) {
  for (const Role role : kRoles) {
    const auto decided = decide_unbound(someone(role));
    if (role == Role::service) {
      refused(Code::permission_denied, decided);
    } else {
      accepted(decided);
    }
  }
}

// "role email": the fields at fault.
std::string faults_of(const User& caller, const User* before, const User& after) {
  std::string fields;
  for (const auto& [field, why] : sync_faults(caller, before, after)) {
    fields += (fields.empty() ? "" : " ") + field;
    expect(!why.empty(), field);
  }
  return fields;
}

TEST(the_booking_system_makes_nobody_an_admin_or_another_of_its_kind) {
  const User booking{90, "booking@example.com", "Booking", Role::service};
  for (const Role role : kRoles) {
    const bool high = role == Role::admin || role == Role::service;
    const User made = someone(role);
    same(high ? "role" : "", faults_of(booking, nullptr, made), "a new one");
    const User before = jane();
    User after = before;
    after.role = role;
    same(high ? "role" : "", faults_of(booking, &before, after), "a patient");
    same("", faults_of(booking, &made, made), "who is one stays one");
    User renamed = made;
    renamed.name = "Another";
    same("", faults_of(booking, &made, renamed));
  }
}

TEST(the_booking_system_changes_nothing_of_itself) {
  const User booking{90, "booking@example.com", "Booking", Role::service};
  same("", faults_of(booking, &booking, booking));
  User changed{90, "other@example.com", "Other", Role::patient, false};
  same("email name role active", faults_of(booking, &booking, changed));
  changed = booking;
  changed.role = Role::admin;
  same("role role", faults_of(booking, &booking, changed));
}

}  // namespace service_test
