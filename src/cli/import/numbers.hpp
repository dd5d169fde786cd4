// FHIR's ids are texts, and Patient/2 and Practitioner/2 are two people; users have one space of
// numbers. The rules (docs/operations.md has them for operators):
//   1. A resource that an earlier import brought keeps its number, whatever has changed.
//   2. An id that is a number below store::kFirstGivenNumber stays, unless somebody else has that
//      number. Patients come first. A user who is in the store by another road is the same person
//      if the email address is the same, an appointment is the same if its people are.
//   3. All others get the next free number from store::kFirstGivenNumber on.
// So a number never changes its owner, and no two people share one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "cli/import/people.hpp"
#include "cli/import/records.hpp"
#include "roomkey/store/ahead.hpp"
#include "roomkey/store/import_numbers.hpp"

namespace roomkey::cli::import {

class Numbering {
 public:
  Numbering(store::Transaction& transaction, store::Database& database, store::Ahead& ahead,
            Records& records)
      : ahead_(ahead),
        records_(records),
        numbers_(transaction, database),
        people_(records, numbers_) {}

  // Turns records.people into further records.users, then records.fhir_appointments into further
  // records.appointments, and has what the store has of them read ahead. The users must be in the
  // store by then.
  void number_people();
  void number_appointments();

  // Of resources whose number is not their id.
  [[nodiscard]] const std::map<std::string, std::int64_t>& given() const { return given_; }

 private:
  using IsSame = std::function<bool(std::int64_t number)>;

  template <typename Resource>
  void read_ahead(store::Numbered kind, const std::deque<Resource>& resources);
  void number_person(FhirPerson& person);
  void say_too_long(const FhirPerson& person);
  std::optional<std::int64_t> number_for(store::Numbered kind, const FhirName& name,
                                         const std::string& place, const IsSame& is_there,
                                         const IsSame& is_same);
  std::optional<std::int64_t> known_number(const FhirName& name, const std::string& place,
                                           const IsSame& is_same);
  void number_appointment(FhirAppointment& one);
  [[nodiscard]] const access::Appointment* find_known(const FhirName& name) const;
  bool keep_people(FhirAppointment& one);
  bool keep_start(FhirAppointment& one);

  store::Ahead& ahead_;
  Records& records_;
  store::ImportNumbers numbers_;
  People people_;
  std::map<std::string, std::int64_t> given_;
};

}  // namespace roomkey::cli::import
