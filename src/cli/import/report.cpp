#include "cli/import/report.hpp"

#include <algorithm>
#include <iostream>

#include "cli/session.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::cli::import {

namespace {

constexpr std::size_t kMostShown = 3;

struct OmissionWords {
  std::string_view key;
  const char* one;
  const char* several;
};

// In the order of Omission.
constexpr OmissionWords kOmissions[] = {
    {"group_session", "group session", "group sessions"},
    {"several_practitioners", "with several practitioners", "with several practitioners"},
    {"without_patient", "without a patient", "without a patient"},
    {"without_practitioner", "without a practitioner", "without a practitioner"},
    {"role_not_in_files", "whose PractitionerRole is not in the files",
     "whose PractitionerRole is not in the files"},
    {"contained_person", "with a contained person, who has no id",
     "with contained people, who have no ids"},
    {"without_start", "without a start", "without a start"},
};

const OmissionWords& words_of(Omission why) { return kOmissions[static_cast<std::size_t>(why)]; }

std::string number_and_names(Omission why, const Omitted& omitted) {
  const auto& words = words_of(why);
  std::string text = std::to_string(omitted.count) + ' ';
  text.append(omitted.count == 1 ? words.one : words.several).append(" (");
  const auto shown = std::min(omitted.names.size(), kMostShown);
  for (std::size_t i = 0; i < shown; ++i) text.append(i == 0 ? "" : ", ").append(omitted.names[i]);
  return text + (shown < omitted.count ? ", ...)" : ")");
}

template <typename Counts>
std::string json_object(const Counts& counts) {
  std::string text = "{";
  for (const auto& [name, count] : counts) {
    if (text.size() > 1) text += ',';
    base::append_quoted(text, name);
    text += ':' + std::to_string(count);
  }
  return text + '}';
}

std::string left_out_counts(const Records& records) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [why, omitted] : records.left_out) {
    counts[std::string(words_of(why).key)] = omitted.count;
  }
  return json_object(counts);
}

std::string left_out_names(const Records& records) {
  base::JsonObject object;
  for (const auto& [why, omitted] : records.left_out) {
    base::JsonArray names;
    for (const auto& name : omitted.names) names.add(name);
    object.add_raw(words_of(why).key, names.text());
  }
  return object.text();
}

std::size_t count_of(const Records& records, Omission why) {
  const auto found = records.left_out.find(why);
  return found == records.left_out.end() ? 0 : found->second.count;
}

std::string faults_as_json(const Records& records) {
  base::JsonArray faults;
  for (const auto& fault : records.faults) {
    faults.add_raw(base::JsonObject().add("place", fault.place).add("why", fault.why).text());
  }
  return base::JsonObject()
      .add("imported", false)
      .add("fault_count", static_cast<std::int64_t>(records.fault_count))
      .add("not_judged", static_cast<std::int64_t>(records.not_judged))
      .add_raw("faults", faults.text())
      .text();
}

}  // namespace

std::string summary_of(const ImportReport& report) {
  const auto& [users, appointments, without_email, numbers] = report;
  return base::counted(users.all, "user") + " (" + std::to_string(users.made) + " new), " +
         base::counted(appointments.all, "appointment") + " (" + std::to_string(appointments.made) +
         " new)";
}

std::string to_text(const ImportReport& report, const Records& records, bool dry_run) {
  std::string text = (dry_run ? "would import " : "imported ") + summary_of(report) + '\n';
  for (const auto& [kind, count] : records.ignored) {
    text += "ignored " + std::to_string(count) + ' ' + kind + '\n';
  }
  std::string left_out;
  for (const auto& [why, omitted] : records.left_out) {
    left_out += (left_out.empty() ? "left out: " : ", ") + number_and_names(why, omitted);
  }
  if (!left_out.empty()) text += left_out + '\n';
  if (report.without_email > 0) {
    const auto count = static_cast<std::int64_t>(report.without_email);
    text += base::counted(count, "user") +
            (count == 1 ? " has no email address: it is" : " have no email address: they are") +
            " user-<id>@no-email.invalid\n";
  }
  if (!report.numbers.empty()) {
    text += base::counted(static_cast<std::int64_t>(report.numbers.size()), "id") +
            (report.numbers.size() == 1 ? " was given a number" : " were given numbers") +
            " by roomkey; list them with --dry-run --json\n";
  }
  return text;
}

std::string to_json(const ImportReport& report, const Records& records, bool dry_run) {
  const auto without_start = count_of(records, Omission::without_start);
  return base::JsonObject()
             .add("imported", !dry_run)
             .add("dry_run", dry_run)
             .add("users", report.users.all)
             .add("new_users", report.users.made)
             .add("appointments", report.appointments.all)
             .add("new_appointments", report.appointments.made)
             .add_raw("ignored", json_object(records.ignored))
             .add_raw("left_out", left_out_counts(records))
             .add_raw("left_out_names", left_out_names(records))
             .add("without_start", static_cast<std::int64_t>(without_start))
             .add("without_email", static_cast<std::int64_t>(report.without_email))
             .add_raw("numbers", json_object(report.numbers))
             .text() +
         '\n';
}

int say_faults(const Records& records, bool json) {
  if (json) {
    std::cout << faults_as_json(records) << '\n';
  } else {
    for (const auto& fault : records.faults) fail(kFailed, fault.place + ": " + fault.why);
    const auto more = records.fault_count - records.faults.size();
    if (more > 0)
      fail(kFailed, "and " + base::counted(static_cast<std::int64_t>(more), "more fault"));
  }
  std::string hint = "mend the file and import it again as a whole";
  if (records.not_judged > 0) {
    const auto count = static_cast<std::int64_t>(records.not_judged);
    hint += "; " + base::counted(count, "reference") + " of appointments to people with a fault " +
            (count == 1 ? "was" : "were") + " not looked at";
  }
  return fail(kFailed, "nothing was imported", hint);
}

}  // namespace roomkey::cli::import
