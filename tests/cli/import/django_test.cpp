#include "cli/import/imported.hpp"
#include "roomkey/base/text.hpp"

namespace {

using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::to_json;

std::string user(const std::string& fields, const std::string& pk = "2") {
  return R"([{"model":"users.user","pk":)" + pk + R"(,"fields":{"email":"a@example.com",)" +
         fields + "}}]";
}
std::string appointment(const std::string& fields) {
  return R"([{"model":"Appointments.Appointment","pk":47,"fields":{"patient":2,"psychologist":19,)"
         R"("appointment_date":"2025-11-16T09:00:00.999Z","duration_minutes":60)" +
         fields + "}}]";
}

roomkey::access::User user_of(const std::string& fields) {
  return faultless_records(user(fields)).users.at(0).record;
}

TEST(a_name_is_what_the_model_has_of_one) {
  same("Jane Doe", user_of(R"("first_name":"Jane","last_name":"Doe","username":"j")").name);
  same("Doe", user_of(R"("first_name":"","last_name":"Doe","username":"j")").name);
  same("Jane D.", user_of(R"("full_name":"Jane D.","name":"x","username":"j")").name);
  same("j", user_of(R"("first_name":"","username":"j")").name);
  same("a@example.com", user_of(R"("first_name":null)").name);
}

// Of a project without a user model of its own.
TEST(django_s_own_users_are_people_as_well) {
  const auto records = faultless_records(
      R"([{"model":"auth.user","pk":2,"fields":{"username":"j","email":"a@example.com"}},)"
      R"({"model":"auth.group","pk":1,"fields":{}}])");
  same(R"({"id":2,"email":"a@example.com","name":"j","role":"patient","active":true})",
       to_json(records.users.at(0).record));
  same(1, records.ignored.at("auth.group"));
}

TEST(a_role_is_spelled_in_any_way_that_is_clear) {
  for (const char* word :
       {"practice_manager", "PRACTICE_MANAGER", "Practice Manager", "practice-manager"}) {
    same(Role::practice_manager, user_of(R"("role":")" + std::string(word) + '"').role, word);
  }
  for (const char* role : {R"("doctor")", R"("patient ")", R"(["patient"])", "1", "true"}) {
    expect(contains(faults_of(user(R"("role":)" + std::string(role))), "[0].fields.role: must be"),
           role);
  }
}

TEST(a_role_that_is_stated_counts_more_than_a_flag) {
  same(Role::patient, user_of(R"("role":"patient","is_superuser":true)").role);
  same(Role::admin, user_of(R"("role":null,"is_superuser":true)").role);
  same(Role::patient, user_of(R"("is_superuser":"true","is_staff":true)").role);
}

TEST(a_user_is_active_unless_the_dump_says_no) {
  expect(user_of(R"("username":"j")").active);
  expect(!user_of(R"("is_active":false)").active);
  same("[0].fields.is_active: must be true or false\n", faults_of(user(R"("is_active":0)")));
}

TEST(an_appointment_is_read_with_its_room) {
  const auto records = faultless_records(appointment(
      R"(,"status":"CONFIRMED","session_type":"In-Person","video_room_id":"r","notes":{"a":[[1]]})"));
  same(
      R"({"id":47,"patient_id":2,"psychologist_id":19,"appointment_date":"2025-11-16T09:00:00Z",)"
      R"("duration_minutes":60,"status":"confirmed","session_type":"in_person","video_room_id":"r"})",
      to_json(records.appointments.at(0).record));
  for (const char* none : {R"(,"video_room_id":"")", R"(,"video_room_id":null)", ""}) {
    expect(!faultless_records(appointment(none)).appointments.at(0).record.room.has_value(), none);
  }
  same("[0].fields.video_room_id: must be a string\n",
       faults_of(appointment(R"(,"video_room_id":7)")));
}

TEST(a_slot_that_nobody_has_is_left_out_and_a_model_without_the_field_is_a_fault) {
  const auto slot = [](const std::string& fields) {
    return records_of(R"([{"model":"appointments.appointment","pk":47,"fields":{)"
                      R"("appointment_date":"2025-11-16T09:00:00Z","duration_minutes":60,)" +
                      fields + "}}]");
  };
  const auto left_out = slot(R"("patient":null,"psychologist":19)");
  same("", faults_of(left_out));
  same("[0]", left_out.left_out.at(roomkey::cli::import::Omission::without_patient).names.at(0));
  same("[0].fields.psychologist: is missing\n", faults_of(slot(R"("patient":2,"specialist":19)")));
}

TEST(keys_that_are_no_numbers_are_refused_with_the_cure) {
  same("[0].pk: is missing: make the dump without --natural-primary\n",
       faults_of(R"([{"model":"users.user","fields":{"email":"a@b","role":"admin"}}])"));
  same("[0].pk: must be a whole number from 1 to 2^63-1\n",
       faults_of(user(R"("role":"admin")", R"("2")")));
  same("[0].fields.psychologist: is a natural key: make the dump without --natural-foreign\n",
       faults_of(R"([{"model":"appointments.appointment","pk":1,"fields":{"patient":2,)"
                 R"("psychologist":["sarah"],"appointment_date":"2025-11-16T09:00:00Z",)"
                 R"("duration_minutes":60}}])"));
}

TEST(other_models_are_counted_and_may_hold_anything) {
  std::string deep(50, '[');
  deep += std::string(50, ']');
  const auto records =
      faultless_records(R"([{"model":"a.b","pk":"x","fields":7},{"model":"A.B"},)"
                        R"({"model":"users.user","pk":2,"fields":{"email":"a@b","deep":)" +
                        deep + "}}]");
  same(2, records.ignored.at("a.b"));
  same(1, records.users.size());
}

}  // namespace
