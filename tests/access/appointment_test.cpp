#include "roomkey/access/appointment.hpp"

#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;

TEST(every_role_status_and_type_has_the_contract_s_word) {
  same("patient", word(Role::patient));
  same("psychologist", word(Role::psychologist));
  same("practice_manager", word(Role::practice_manager));
  same("admin", word(Role::admin));
  same("service", word(Role::service));
  same("scheduled", word(Status::scheduled));
  same("confirmed", word(Status::confirmed));
  same("completed", word(Status::completed));
  same("cancelled", word(Status::cancelled));
  same("no_show", word(Status::no_show));
  same("telehealth", word(SessionType::telehealth));
  same("in_person", word(SessionType::in_person));
}

TEST(reads_back_its_own_words_and_no_others) {
  for (int i = 0; i <= static_cast<int>(Role::service); ++i) {
    same(std::optional(static_cast<Role>(i)), parse_role(word(static_cast<Role>(i))));
  }
  for (int i = 0; i <= static_cast<int>(Status::no_show); ++i) {
    same(std::optional(static_cast<Status>(i)), parse_status(word(static_cast<Status>(i))));
  }
  for (const auto type : {SessionType::telehealth, SessionType::in_person}) {
    same(std::optional(type), parse_session_type(word(type)));
  }
  for (const auto other : {"", "Patient", "patient ", "doctor", "no-show", "canceled", "online"}) {
    expect(!parse_role(other) && !parse_status(other) && !parse_session_type(other), other);
  }
}

TEST(ends_when_its_duration_is_over) { same(kNine + 60min, appointment_47().ends_at()); }

}  // namespace
