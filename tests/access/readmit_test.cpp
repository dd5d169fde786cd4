#include "roomkey/access/decide.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace readmit_test {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;

TEST(who_was_removed_puts_nobody_out_whatever_the_role) {
  Appointment appointment = appointment_47();
  appointment.removed = {19};
  User both = sarah();
  for (const auto role : {Role::psychologist, Role::admin}) {
    both.role = role;
    refused(Code::permission_denied, permit(Action::remove, appointment, both));
  }
  accepted(permit(Action::remove, appointment, someone(Role::admin)));
}

TEST(nobody_readmits_himself_and_what_the_office_did_only_the_office_undoes) {
  const Appointment appointment = appointment_47();
  const auto readmits = [&](const User& caller, std::int64_t user_id, bool by_office) {
    return permit_readmit(appointment, caller, user_id, Removal{user_id, {}, by_office})
        .has_value();
  };
  expect(readmits(sarah(), 2, false));
  expect(!readmits(sarah(), 2, true));
  accepted(permit_readmit(appointment, sarah(), 2, std::nullopt), "who was not removed");
  for (const auto role : {Role::practice_manager, Role::admin}) {
    expect(readmits(someone(role), 2, false) && readmits(someone(role), 2, true));
    User own = sarah();
    own.role = role;
    expect(readmits(own, 2, true));
    for (const bool by_office : {false, true}) expect(!readmits(own, 19, by_office));
    own.id = 2;
    expect(!readmits(own, 2, true));
  }
  for (const auto& user : {jane(), someone(Role::psychologist), someone(Role::service)}) {
    expect(!readmits(user, 19, false));
  }
}

}  // namespace readmit_test
