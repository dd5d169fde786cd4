// What `roomkey import` reads: files in four formats, told apart by content, become one list of
// records, each with its place. Reading knows no store: what only the store can say (numbers for
// FHIR's ids, users who are missing) comes later (command.cpp). docs/operations.md tells the
// formats and how their words are understood.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "roomkey/access/record.hpp"

namespace roomkey::cli::import {

struct ImportFault {
  std::string place;  // such as `appointments[3].duration_minutes` or `line 7, column email`
  std::string why;    // for a person; never quotes the value
};

// Where a field of the record at `place` stands in the file, by the record's own name for it.
using FieldPlace = std::string (*)(const std::string& place, const std::string& field);

// Fields that the file does not have, and that have a default: what the store has for them stays.
struct LeftOut {
  bool email = false;
  bool active = false;
  bool status = false;
  bool session_type = false;
};

template <typename T>
struct Placed {
  std::string place;
  T record;
  FieldPlace field_place;
  LeftOut left_out = {};
};

// Who a FHIR resource is. Its id is a text, and each type has its own, so `source` holds both.
struct FhirName {
  std::string source;    // `Patient/p-1`; without an id `Patient/urn:uuid:...`
  std::string server;    // what stands before that in fullUrl; empty where nothing does
  std::string full_url;  // may be empty
};

// How new a resource is, by its meta; empty where that says nothing.
struct FhirVersion {
  std::optional<std::chrono::sys_seconds> updated;
  std::string fraction;  // of a second, as digits
  std::optional<std::int64_t> number;
};

// A Patient or Practitioner; user.id is not set, without email user.email isn't either.
struct FhirPerson {
  std::string place;
  FhirName name;
  access::User user;
  bool has_active = true;
  FhirVersion version = {};
};

struct FhirParticipant {
  std::size_t index = 0;  // among all participants of the appointment
  std::string reference;  // as it stands; of a contained person `Patient/` or `Practitioner/`
  bool declined = false;  // or only to be informed
  bool contained = false;
  std::string email = {};   // of a contained person
  std::string called = {};  // likewise
};

// appointment.id and its people are not set; without a start starts_at and duration aren't either.
struct FhirAppointment {
  std::string place;
  FhirName name;
  access::Appointment appointment;
  std::vector<FhirParticipant> participants;
  bool has_start = true;
  FhirVersion version = {};
};

// Why an appointment is not imported though nothing is wrong with it.
enum class Omission {
  group_session,
  several_practitioners,
  without_patient,
  without_practitioner,
  role_not_in_files,
  contained_person,
  without_start
};

struct Omitted {
  static constexpr std::size_t kMostNames = 100;
  std::size_t count = 0;
  std::vector<std::string> names;  // the first of them
};

// All that the files of one import hold.
struct Records {
  static constexpr std::size_t kMostFaults = 50;

  // A vector that grows would hold all of them twice for a moment.
  std::deque<Placed<access::User>> users;
  std::deque<Placed<access::Appointment>> appointments;
  std::deque<FhirPerson> people;
  std::deque<FhirAppointment> fhir_appointments;
  std::set<std::string> others;  // fullUrls of FHIR's other resources
  // By fullUrl and, roles, by source as well; without a version.
  std::unordered_map<std::string, std::string> urls;   // a person's source
  std::unordered_map<std::string, std::string> roles;  // a PractitionerRole's practitioner
  std::vector<std::size_t> without_role;               // which of `users`
  std::map<std::string, std::size_t> ignored;  // what roomkey has no use for: kind, how many
  std::vector<ImportFault> faults;             // the first of them
  std::size_t fault_count = 0;
  // People whose record has a fault: an appointment that refers to them has none by that.
  std::unordered_set<std::int64_t> faulty_users;
  std::unordered_set<std::string> faulty_people;  // by source and by fullUrl
  // Faults of appointments, and of people who are known as faulty. Any other may hide people.
  std::size_t explained = 0;
  bool people_hidden = false;
  std::size_t not_judged = 0;  // references to faulty or hidden people
  std::map<Omission, Omitted> left_out;

  void fault(std::string place, std::string why);
  // Since there were `before` faults, they are of an appointment or a faulty person.
  void explain(std::size_t before) { explained += fault_count - before; }
  // `name` is the appointment's place or source.
  void leave_out(Omission why, std::string name);
  // Counts something of that kind, which may be any text.
  void ignore(std::string_view kind);
};

// One file on its way in.
struct ImportFile {
  std::string name;
  std::string text;
  bool alone = true;                               // the only file: places need not name it
  std::function<void(std::size_t)> progress = {};  // told how many bytes are read; may be empty

  [[nodiscard]] std::string place(const std::string& path) const {
    return alone ? path : name + ": " + path;
  }
  void tell(std::size_t bytes) const {
    if (progress) progress(bytes);
  }
};

// Adds what the file holds to `records`. Takes off a byte order mark; UTF-16 that has one is
// turned into UTF-8.
void read_import(ImportFile& file, Records& records);

// After the last file: users of a Django dump that knows no roles become psychologists where an
// appointment has them as such, and whether people are hidden is known.
void settle_people(Records& records);

// What a file is that is of another kind than these, and the cure; empty where it may be one.
[[nodiscard]] std::string foreign_kind(std::string_view text);

// The formats, for read_import(). The text is UTF-8.
void read_json_import(const ImportFile& file, Records& records);
void read_csv_import(const ImportFile& file, Records& records);
void read_django_import(const ImportFile& file, Records& records);
void read_fhir_import(const ImportFile& file, Records& records);
// FHIR resources, one a line, as its bulk export writes them.
void read_fhir_lines(const ImportFile& file, Records& records);

}  // namespace roomkey::cli::import
