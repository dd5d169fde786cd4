
#include "cli/import/imported.hpp"
#include "roomkey/base/text.hpp"

namespace {

using namespace roomkey::test;
using roomkey::access::SessionType;
using roomkey::access::Status;

std::string bundle(const std::string& entries) {
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}";
}
std::string entry(const std::string& resource, const std::string& url = "") {
  return "{" + (url.empty() ? "" : R"("fullUrl":")" + url + R"(",)") + R"("resource":)" + resource +
         '}';
}
std::string patient(const std::string& more) {
  return bundle(entry(R"({"resourceType":"Patient","id":"p")" + more + '}'));
}
std::string appointment(const std::string& more) {
  return bundle(entry(R"({"resourceType":"Appointment","id":"a","participant":[])" + more + '}'));
}
const std::string kTimes = R"(,"start":"2025-11-16T09:00:00Z","minutesDuration":60)";

roomkey::cli::import::FhirPerson person_of(const std::string& more) {
  return faultless_records(patient(more)).people.at(0);
}
roomkey::cli::import::FhirAppointment appointment_of(const std::string& more) {
  return faultless_records(appointment(more)).fhir_appointments.at(0);
}
roomkey::cli::import::FhirName name_of(const std::string& resource, const std::string& url) {
  return faultless_records(bundle(entry(resource, url))).people.at(0).name;
}

TEST(each_status_of_fhir_is_one_of_ours) {
  const std::pair<const char*, Status> statuses[] = {
      {"proposed", Status::scheduled},  {"pending", Status::scheduled},
      {"waitlist", Status::scheduled},  {"booked", Status::scheduled},
      {"arrived", Status::confirmed},   {"checked-in", Status::confirmed},
      {"fulfilled", Status::completed}, {"noshow", Status::no_show},
      {"cancelled", Status::cancelled}, {"entered-in-error", Status::cancelled}};
  for (const auto& [word, status] : statuses) {
    same(status,
         appointment_of(R"(,"status":")" + std::string(word) + '"' + kTimes).appointment.status,
         word);
  }
  for (const char* status : {R"(,"status":"Booked")", R"(,"status":1)", ""}) {
    expect(contains(faults_of(appointment(status + kTimes)), "resource.status: must be one of"),
           status);
  }
}

TEST(only_what_is_not_booked_may_lack_a_start) {
  for (const std::string word : {"proposed", "waitlist", "cancelled", "entered-in-error"}) {
    expect(!appointment_of(R"(,"status":")" + word + '"').has_start, word);
  }
  for (const std::string word : {"pending", "booked", "arrived", "fulfilled", "noshow"}) {
    expect(contains(faults_of(appointment(R"(,"status":")" + word + '"')), ".start: is missing"),
           word);
  }
}

TEST(a_duration_is_said_or_seen_from_the_end) {
  const auto minutes = [](const std::string& more) {
    return appointment_of(R"(,"status":"booked","start":"2025-11-16T09:00:00.5Z")" + more)
        .appointment.duration.count();
  };
  same(45, minutes(R"(,"minutesDuration":45,"end":"2025-11-16T10:00:00Z")"));
  same(60, minutes(R"(,"end":"2025-11-16T21:00:00+11:00")"));
  same(1, minutes(R"(,"end":"2025-11-16T09:00:01Z")"));
  const auto fault = [](const std::string& more) {
    return faults_of(appointment(R"(,"status":"booked","start":"2025-11-16T09:00:00Z")" + more));
  };
  same("entry[0].resource.end: must be 1 minute to 24 hours after start\n",
       fault(R"(,"end":"2025-11-16T08:00:00Z")"));
  same("entry[0].resource.end: must be a time with offset, and start too\n", fault(R"(,"end":7)"));
  same("entry[0].resource.minutesDuration: must be a whole number from 1 to 1440\n",
       fault(R"(,"minutesDuration":"60")"));
}

TEST(an_appointment_is_telehealth_unless_it_says_otherwise) {
  const std::pair<const char*, SessionType> types[] = {
      {"", SessionType::telehealth},
      {R"(,"appointmentType":{"coding":[{"code":"WALKIN"}]})", SessionType::in_person},
      {R"(,"serviceType":[{"text":"Consultation, in person"}])", SessionType::in_person},
      {R"(,"serviceCategory":[{"coding":[7,{"display":"Face-to-face"}]}])", SessionType::in_person},
      {R"(,"serviceType":[{"text":"On-site or video"}])", SessionType::telehealth},
      {R"(,"serviceType":[{"text":"onsite"},{"coding":[{"code":"VR"}]}])", SessionType::telehealth},
      {R"(,"serviceType":[{"text":"onsite","coding":[{"code":"448337001"}]}])",
       SessionType::telehealth},
      {R"(,"serviceType":[{"text":"onsite"}],"extension":[7,{"url":"http://hl7.org/fhir/5.0/)"
       R"(StructureDefinition/extension-Appointment.virtualService"}])",
       SessionType::telehealth},
      {R"(,"appointmentType":"onsite","serviceType":7,"extension":{})", SessionType::telehealth}};
  for (const auto& [more, type] : types) {
    same(type, appointment_of(R"(,"status":"booked")" + kTimes + more).appointment.session_type,
         more);
  }
}

TEST(of_several_addresses_the_best_is_taken) {
  const auto email = [](const std::string& list) {
    return person_of(R"(,"telecom":[)" + list + ']').user.email;
  };
  same("", email(R"({"system":"phone","value":"a@x"},7,{"system":"email"})"));
  same("a@x", email(R"({"system":"email","value":"a@x"},{"system":"email","value":"b@x"})"));
  same("b@x",
       email(R"({"system":"email","value":"a@x"},{"system":"email","value":"b@x","rank":9})"));
  same("b@x",
       email(R"({"system":"email","value":"a@x","use":"old"},{"system":"email","value":"b@x"})"));
  same("entry[0].resource.telecom: must be an address\n",
       faults_of(patient(R"(,"telecom":[{"system":"email","value":"a"}])")));
}

TEST(of_several_names_the_official_is_taken) {
  const auto name = [](const std::string& list) {
    return person_of(R"(,"name":[)" + list + ']').user.name;
  };
  same("Jane Q. Doe",
       name(R"({"use":"nickname","text":"J"},{"family":"Doe","given":["Jane","Q."]})"));
  same("O", name(R"({"text":"T"},{"use":"official","family":"O"})"));
  same("Patient/p", name(R"(7,{"use":"official"},{"given":"Jane"})"));
}

TEST(a_resource_is_known_by_type_and_id_or_else_by_its_urn) {
  const std::string with_id = R"({"resourceType":"Patient","id":"p"})";
  const std::string without = R"({"resourceType":"Patient"})";
  same("Patient/p", name_of(with_id, "https://a/fhir/Patient/p").source);
  same("https://a/fhir", name_of(with_id, "https://a/fhir/Patient/p").server);
  same("", name_of(with_id, "https://a/fhir/Patient/q").server, "another's address");
  same("Patient/p", name_of(with_id, "urn:uuid:1").source);
  same("Patient/urn:uuid:1", name_of(without, "urn:uuid:1").source);
  same("Patient/q", name_of(without, "https://a/fhir/Patient/q/_history/2").source);
  for (const std::string url : {"", "https://a/fhir/Group/q", "q", "https://a/fhir/Patient/"}) {
    expect(contains(faults_of(bundle(entry(without, url))), "resource.id: must be"), url);
  }
  const std::string long_id = R"({"resourceType":"Patient","id":")" + std::string(65, 'x') + "\"}";
  expect(contains(faults_of(bundle(entry(long_id))), "resource.id: must be"));
}

TEST(whoever_an_appointment_contains_is_a_role_to_follow_or_a_person_by_address) {
  const auto participant = [](const std::string& reference) {
    const auto records = faultless_records(bundle(entry(
        R"({"resourceType":"Appointment","id":"a","status":"booked","contained":[7,)"
        R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/19"}},)"
        R"({"resourceType":"PractitionerRole","id":"s","practitioner":{"reference":"#p"}},)"
        R"({"resourceType":"PractitionerRole","id":"t"},{"resourceType":"Location","id":"l"},)"
        R"({"resourceType":"Practitioner","id":"p","telecom":[{"system":"email","value":"d@x"}]}],)"
        R"("participant":[{"actor":{"reference":")" +
        reference + R"("}}])" + kTimes + '}')));
    const auto& all = records.fhir_appointments.at(0).participants;
    return all.empty() ? "" : all[0].reference + (all[0].contained ? ' ' + all[0].email : "");
  };
  same("Practitioner/19", participant("#r"));
  same("Practitioner/ d@x", participant("#s"));
  same("Practitioner/ d@x", participant("#p"));
  same("", participant("#t"));
  same("", participant("#l"));
  same("#nobody", participant("#nobody"));
}

TEST(resources_may_come_one_a_line) {
  const auto records = faultless_records(R"({"resourceType":"Patient","id":"p"})"
                                         "\r\n\n"
                                         R"({"resourceType":"Practitioner","id":"d"})"
                                         "\n"
                                         R"({"resourceType":"Observation","id":"o"})"
                                         "\n");
  same(2, records.people.size());
  same("line 3", records.people.at(1).place);
  same(1, records.ignored.at("Observation"));
  same(1, faultless_records(R"({"resourceType":"Practitioner","id":"d"})").people.size());
  same("line 2: is not valid JSON\nline 3.id: must be 1 to 64 letters, digits, - and .\n",
       faults_of(R"({"resourceType":"Patient","id":"p"})"
                 "\n{\n"
                 R"({"resourceType":"Patient","id":"a b"})"));
}

TEST(participants_are_kept_as_they_stand) {
  const auto records = faultless_records(
      bundle(entry(R"({"resourceType":"Appointment","id":"a","status":"booked","participant":[)"
                   R"({"status":"accepted"},{"actor":{"display":"x"}},)"
                   R"({"actor":{"reference":"Patient/p"},"status":"declined"}])" +
                   kTimes + '}')));
  const auto& participants = records.fhir_appointments.at(0).participants;
  same(1, participants.size());
  same(2, participants[0].index);
  same("Patient/p", participants[0].reference);
  expect(participants[0].declined);
}

}  // namespace
