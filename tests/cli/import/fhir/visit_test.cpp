#include "cli/import/imported.hpp"

namespace {

using namespace roomkey::test;
using roomkey::access::SessionType;

SessionType type_of(const std::string& more) {
  const auto records = faultless_records(
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{)"
      R"("resourceType":"Appointment","id":"a","status":"booked","participant":[],)"
      R"("start":"2025-11-16T09:00:00Z","minutesDuration":60)" +
      more + "}}]}");
  return records.fhir_appointments.at(0).appointment.session_type;
}

const std::string kHere = R"(,"appointmentType":{"coding":[{"code":"WALKIN"}]})";

std::string coded(const std::string& system, const std::string& code) {
  return R"({"system":")" + system + R"(","code":")" + code + "\"}";
}
std::string service(const std::string& coding) {
  return kHere + R"(,"serviceType":[{"coding":[)" + coding + "]}]";
}
std::string extension(const std::string& inside) {
  return kHere + R"(,"extension":[{"url":"https://ehr.example/x",)" + inside + "}]";
}

TEST(codes_for_video_are_known_by_their_system) {
  for (const auto& coding :
       {coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR"),
        coded("http://snomed.info/sct", "448337001"), coded("http://snomed.info/sct", "719407002"),
        coded("", "448337001"), coded("http://hl7.org/fhir/virtual-service-type", "zoom")}) {
    same(SessionType::telehealth, type_of(service(coding)), coding);
    same(SessionType::telehealth, type_of(extension("\"valueCoding\":" + coding)), coding);
  }
  for (const auto& coding :
       {coded("https://ehr.example/rooms", "VR"), coded("https://ehr.example/numbers", "448337001"),
        coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB")}) {
    same(SessionType::in_person, type_of(service(coding)), coding);
  }
}

TEST(an_extension_says_video_by_its_coding_at_any_depth) {
  const std::string video = coded("https://ehr.example/channel", "twilio-video-group-rooms");
  const std::string shown = R"({"code":"7","display":"Video visit"})";
  for (const std::string& inside :
       {"\"valueCoding\":" + video, "\"valueCoding\":" + shown,
        std::string(R"("valueCode":"video")"),
        std::string(R"("valueCodeableConcept":{"coding":[{"code":"x"},)") + video + "]}",
        std::string(R"("extension":[7,{"url":"channelType","valueCoding":)") + video + "}]",
        std::string(R"("extension":[{"extension":[{"valueCode":"telehealth"}]}])")}) {
    same(SessionType::telehealth, type_of(extension(inside)), inside);
  }
}

TEST(letters_in_a_url_or_in_a_note_say_nothing) {
  for (const std::string inside :
       {R"("valueBoolean":false)", R"("valueString":"was offered video")",
        R"("valueCoding":{"system":"https://ehr.example/video","code":"no"})",
        R"("valueCoding":{"code":"online","display":"Booked online"})", R"("valueCoding":7)"}) {
    same(SessionType::in_person, type_of(extension(inside)), inside);
    same(SessionType::in_person,
         type_of(kHere + R"(,"extension":[{"url":"https://x/video-virtualService",)" + inside +
                 "}]"),
         inside);
  }
}

TEST(r5_s_virtual_service_is_video_there_and_ahead_of_time) {
  same(SessionType::telehealth, type_of(kHere + R"(,"virtualService":[{}])"));
  same(SessionType::in_person, type_of(kHere + R"(,"virtualService":[])"));
  same(SessionType::telehealth,
       type_of(kHere + R"(,"extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/)"
                       R"(extension-Appointment.virtualService","extension":[]}])"));
  same(SessionType::telehealth,
       type_of(kHere + R"(,"serviceType":[{"concept":{"text":"Video consultation"}}])"));
}

TEST(a_virtual_meeting_room_that_takes_part_is_video) {
  const auto with = [](const std::string& participant, const std::string& contained) {
    const auto records = faultless_records(
        R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Appointment","id":"a",)"
        R"("status":"booked","start":"2025-11-16T09:00:00Z","minutesDuration":60,"participant":[)" +
        participant + R"(],"contained":[)" + contained + ']' + kHere + "}}]}");
    same(0, records.fhir_appointments.at(0).participants.size());
    return records.fhir_appointments.at(0).appointment.session_type;
  };
  const std::string room = R"("type":[{"text":"Patient Virtual Meeting Room"}])";
  const std::string service = R"({"resourceType":"HealthcareService","id":"607",)" + room + '}';
  same(SessionType::telehealth, with("{" + room + R"(,"actor":{"reference":"#607"}})", service));
  same(SessionType::telehealth, with(R"({"actor":{"reference":"#607"}})", service));
  same(SessionType::in_person, with("", R"({"resourceType":"Location","id":"1"})"));
}

TEST(walk_in_is_in_person_where_nothing_says_video) {
  for (const char* word : {"WALKIN", "walk-in", "Walk in"}) {
    same(SessionType::in_person,
         type_of(R"(,"appointmentType":{"text":")" + std::string(word) + "\"}"), word);
    same(SessionType::telehealth,
         type_of(R"(,"appointmentType":{"text":")" + std::string(word) +
                 R"("},"serviceType":[{"text":"Video"}])"),
         word);
  }
}

}  // namespace
