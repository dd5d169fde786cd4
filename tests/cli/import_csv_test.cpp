#include "imported.hpp"
#include "roomkey/base/text.hpp"

namespace {

using namespace roomkey::test;
using roomkey::access::to_json;

const std::string kUsers = "id,email,name,role,active\n";
const std::string kAppointments =
    "id,patient_id,psychologist_id,appointment_date,duration_minutes,status,session_type,"
    "video_room_id\n";

TEST(a_line_is_a_user_or_an_appointment) {
  const auto user = faultless_records(kUsers + "2,jane.doe@example.com,\"Doe, Jane\",patient,\n");
  same(
      R"({"id":2,"email":"jane.doe@example.com","name":"Doe, Jane","role":"patient","active":true})",
      to_json(user.users.at(0).record));
  const auto appointment = faultless_records(
      kAppointments + "47,2,19,2025-11-16T20:00:00+11:00,60,no_show,in_person,7\n");
  same(
      R"({"id":47,"patient_id":2,"psychologist_id":19,"appointment_date":"2025-11-16T09:00:00Z",)"
      R"("duration_minutes":60,"status":"no_show","session_type":"in_person","video_room_id":"7"})",
      to_json(appointment.appointments.at(0).record));
}

TEST(fields_left_empty_take_their_defaults) {
  const auto records = faultless_records(kAppointments + "47,2,19,2025-11-16T09:00:00Z,60,,,\n");
  const auto& one = records.appointments.at(0).record;
  same(roomkey::access::Status::scheduled, one.status);
  same(roomkey::access::SessionType::telehealth, one.session_type);
  expect(!one.room.has_value());
}

TEST(truth_has_several_spellings) {
  for (const std::string word : {"true", "TRUE", "True", "yes", "1", ""}) {
    const auto records = faultless_records(kUsers + "2,a@b,A,patient," + word);
    expect(records.users.at(0).record.active, word);
  }
  for (const std::string word : {"false", "FALSE", "no", "No", "0"}) {
    const auto records = faultless_records(kUsers + "2,a@b,A,patient," + word);
    expect(!records.users.at(0).record.active, word);
  }
  for (const std::string word : {"t", " true", "2", "on", "null"}) {
    same("line 2, column active: must be true or false\n",
         faults_of(kUsers + "2,a@b,A,patient," + word), word);
  }
}

// Each is compared with those before it: half a million would take minutes.
TEST(a_line_of_more_columns_than_there_are_is_not_gone_through) {
  std::string names = "id,email,name,role";
  for (int i = 0; i < 500'000; ++i) names += ",c" + std::to_string(i);
  same("line 1: has 500004 columns, known are 13\n", faults_of(names + '\n'));
}

TEST(a_number_is_written_plainly) {
  for (const std::string id : {"0", "02", "-2", "+2", "2.0", "2e3", " 2", "2 ",
                               "9223372036854775808", "x", "0x2", "\xD9\xA2"}) {
    same("line 2, column id: must be a whole number from 1 to 2^63-1\n",
         faults_of(kUsers + id + ",a@b,A,patient,"), id);
  }
}

TEST(a_fault_stands_on_the_line_where_its_record_began) {
  same("line 5, column email: must be an address\n",
       faults_of(kUsers + "2,a@b,\"A\",patient,\r\n\r\n\n3,\"a\",A,patient,\n"));
  same(
      "line 2, column name: must be one line of at most 400 bytes\nline 4, column id: is missing\n",
      faults_of(kUsers + "2,a@b,\"A\n\",patient,\n,a@b,A,patient,\n"));
}

TEST(what_a_line_of_the_other_kind_has_is_not_taken) {
  const std::string header =
      "kind,id,email,name,role,patient_id,psychologist_id,appointment_date,duration_minutes\n";
  same("line 2, column psychologist_id: must be empty in a line of this kind\n",
       faults_of(header + "user,1,a@b,A,patient,,7,,\n"));
  same("line 2, column kind: must be one of user, appointment\n",
       faults_of(header + ",1,a@b,A,patient,,,,\n"));
  same("line 1, column kind: stands in the line twice\n", faults_of("kind," + header));
  const auto records = faultless_records(
      header + "appointment,47,,,,2,19,2025-11-16T09:00:00Z,60\nuser,2,a@b,A,patient,,,,\n");
  same(1, records.users.size());
  same(1, records.appointments.size());
}

TEST(columns_of_the_other_kind_are_not_known) {
  same("line 1, column patient_name: is not a column that is known\n",
       faults_of("id,email,name,role,patient_name\n"));
  same("line 1, column email: is not a column that is known\n",
       faults_of("id,email,patient_id,psychologist_id,appointment_date,duration_minutes\n"));
  same("line 1, column \"\": is not a column that is known\n", faults_of("id,email,name,role,\n"));
}

TEST(says_that_semicolons_and_tabs_separate_nothing) {
  same("line 1: is not separated by commas\n", faults_of("id;email;name;role\n"));
  same("line 1: is not separated by commas\n", faults_of("id\temail\tname\trole\n"));
}

}  // namespace
