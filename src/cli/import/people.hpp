// Who the participants of FHIR's appointments are: the people of the files, and those of earlier
// imports.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/import/records.hpp"
#include "roomkey/store/import_numbers.hpp"

namespace roomkey::cli::import {

inline constexpr std::string_view kPatient = "Patient/";

// Whether two resources of the same name may be the same: false only where both servers are said.
[[nodiscard]] bool may_be_one(const std::string& server, const std::string& other);

class People {
 public:
  People(Records& records, store::ImportNumbers& numbers) : records_(records), numbers_(numbers) {}

  // A person of the files, who has its number by now.
  void add(const FhirPerson& person);

  // Has the numbers read of all others whom these name. Before they are settled.
  void read_ahead(const std::deque<FhirAppointment>& appointments);

  // What makes `one` no session of one patient and one psychologist; nothing where it is one, or
  // where that can't be known: then its people are not both set, and if that is nobody else's
  // fault there is one. Of several people those who declined don't count.
  std::optional<Omission> settle(FhirAppointment& one);

 private:
  struct Person {
    std::int64_t number = 0;  // 0: not known
    std::string server;
    bool patient = true;
    std::string called;  // as the files say
  };
  struct Target {
    std::string reference;
    std::optional<FhirName> to;
  };
  // Somebody whom an appointment names.
  struct Named {
    std::int64_t number = 0;           // 0: not known
    std::optional<ImportFault> fault;  // why not; nothing where a fault of the person's own is why
    std::string called = {};
  };
  // By source; those who declined count where nobody else is there.
  struct Side {
    std::map<std::string, Named> coming, declined;
    [[nodiscard]] const std::map<std::string, Named>& all() const {
      return coming.empty() ? declined : coming;
    }
  };
  struct Meeting {
    Side patients, practitioners;
    std::vector<Named> strangers;  // of whom nobody knows which side they are on
    bool group = false;
    bool lost_role = false;
    std::vector<const FhirParticipant*> contained;
  };

  static std::optional<Omission> omission_of(const Meeting& meeting);
  void say(const Named& unknown);
  void take(const FhirAppointment& one, const FhirParticipant& participant, Meeting& meeting);
  std::optional<Target> aim(const FhirParticipant& participant, Meeting& meeting);
  static Side* side_of(const std::string& source, Meeting& meeting);
  static bool all_are_named(const Meeting& meeting);
  std::optional<std::string> find_role(const Target& target) const;
  std::optional<Person> find_known(const FhirName& to, const std::string& server);
  std::optional<std::string> find_by_email(const FhirParticipant& participant) const;
  [[nodiscard]] bool is_faulty(const std::string& reference, const FhirName& to) const;

  Records& records_;
  store::ImportNumbers& numbers_;
  std::unordered_map<std::string, Person> people_;         // by source
  std::unordered_map<std::string, std::string> by_email_;  // source by type and address
};

}  // namespace roomkey::cli::import
