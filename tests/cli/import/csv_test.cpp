#include "cli/import/imported.hpp"
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
  for (const std::string word : {"true", "TRUE", "True", "t", "yes", "Y", "1", " true", ""}) {
    const auto records = faultless_records(kUsers + "2,a@b,A,patient," + word);
    expect(records.users.at(0).record.active, word);
  }
  for (const std::string word : {"false", "FALSE", "f", "F", "no", "No", "n", "0"}) {
    const auto records = faultless_records(kUsers + "2,a@b,A,patient," + word);
    expect(!records.users.at(0).record.active, word);
  }
  for (const std::string word : {"2", "on", "null", "tr ue"}) {
    same("line 2, column active: must be true or false\n",
         faults_of(kUsers + "2,a@b,A,patient," + word), word);
  }
}

// Each is compared with those before it: half a million would take minutes.
TEST(a_line_of_more_columns_than_there_are_is_not_gone_through) {
  std::string names = "id,email,name,role";
  for (int i = 0; i < 500'000; ++i) names += ",c" + std::to_string(i);
  same("line 1: has 500004 columns, known are 14\n", faults_of(names + '\n'));
}

TEST(a_number_is_written_plainly) {
  for (const std::string id : {"0", "02", "-2", "+2", "2.0", "2e3", "2 0", "\"1,000\"",
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
      faults_of(kUsers + "2,a@b,\"A\nB\",patient,\n,a@b,A,patient,\n"));
}

TEST(what_a_line_of_the_other_kind_has_is_not_taken) {
  const std::string header =
      "kind,id,email,name,role,patient_id,psychologist_id,appointment_date,duration_minutes\n";
  same("line 2, column psychologist_id: must be empty in a line of this kind\n",
       faults_of(header + "user,1,a@b,A,patient,,7,,\n"));
  same("line 2, column kind: must be one of user, appointment\n",
       faults_of(header + ",1,a@b,A,patient,,,,\n"));
  same("line 1, column kind: appears twice in the line\n", faults_of("kind," + header));
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
}

TEST(the_first_line_or_one_before_it_says_what_separates) {
  for (const std::string text :
       {"id,email,name,role\n2,a@b,x,patient\n", "id;email;name;role\r\n2;a@b;x;patient\r\n",
        "id\temail\tname\trole\r2\ta@b\tx\tpatient\r", "id|email|name|role\n2|a@b|x|patient",
        "sep=,\r\nid,email,name,role\r\n2,a@b,x,patient\r\n",
        "\xEF\xBB\xBFsep=;\nid;email;name;role\n2;a@b;x;patient\n",
        "\"sep=;\"\nid;email;name;role\n2;a@b;x;patient\n",
        "SEP=;;;\nid;email;name;role\n2;a@b;x;patient\n",
        "\"id\";\"email\";\"name\";\"role\"\n2;a@b;\"x\";patient\n"}) {
    const auto records = faultless_records(text);
    same(2, records.users.at(0).record.id, text);
    same("x", records.users.at(0).record.name, text);
  }
  same("line 3, column role: is missing\n", faults_of("sep=;\nid;email;name;role\n2;a@b;x;\n"));
  same("x; y", faultless_records("id,email,name,role\n2,a@b,x; y,patient").users.at(0).record.name);
}

TEST(empty_rows_and_columns_are_passed_over) {
  for (const std::string text :
       {"id,email,name,role\n,,,\n\n2,a@b,x,patient\n , \xC2\xA0,,\n,,,,,,\n\"\"\n,\n",
        ",,,\nid,email,name,role\n2,a@b,x,patient\n", "id,email,name,role,,\n2,a@b,x,patient,,\n",
        "id,email,name,role,,\n2,a@b,x,patient\n", "id,email,name,role\n2,a@b,x,patient,,\n",
        ",id,,email,name,role\n,2,,a@b,x,patient\n"}) {
    same(1, faultless_records(text).users.size(), text);
  }
  same("line 2: has a value in column 3, which has no name in the first line\n",
       faults_of("id,email,,name,role\n2,a@b,7,x,patient\n"));
  same("line 2: has 3 fields, the first line has 4\n", faults_of("id,email,name,role\n2,a@b,x\n"));
  same("line 2: has 5 fields, the first line has 4\n",
       faults_of("id,email,name,role\n2,a@b,x,patient,7\n"));
}

TEST(names_of_columns_and_fields_may_have_blanks_and_capitals) {
  const auto records = faultless_records(
      " ID ,Patient ID,psychologist-id,AppointmentDate,\xC2\xA0"
      "Duration Minutes,Session Type\n"
      " 47 ,2\xC2\xA0,\t19, 2025-11-16T09:00:00Z ,60, in_person\n");
  same(2, records.appointments.at(0).record.patient_id);
  same(roomkey::access::SessionType::in_person, records.appointments.at(0).record.session_type);
  same("line 1, column EMAIL: appears twice in the line\n",
       faults_of("id,email,EMAIL,name,role\n"));
}

TEST(times_are_read_as_databases_write_them) {
  for (const std::string time :
       {"2025-11-16 09:00:00+00", "2025-11-16 09:00:00.123456+00", "2025-11-16 09:00:00+0000",
        "2025-11-16 09:00:00 +00:00", "2025-11-16 09:00:00.0000000 +00:00",
        "2025-11-16 20:00:00+11", "2025-11-16T09:00Z", "2025-11-16 09:00:00 UTC"}) {
    const auto records = faultless_records(kAppointments + "47,2,19," + time + ",60,,,\n");
    same("2025-11-16T09:00:00Z",
         roomkey::base::format_utc(records.appointments.at(0).record.starts_at), time);
  }
  for (const std::string time : {"2025-11-16 09:00:00", "2025-11-16", "16/11/2025 09:00",
                                 "2025-11-16 09:00:00 AEST", "2025-11-16 09:00:00+1"}) {
    expect(contains(faults_of(kAppointments + "47,2,19," + time + ",60,,,\n"),
                    "line 2, column appointment_date: must be a time with offset"),
           time);
  }
}

TEST(what_databases_write_for_nothing_is_nothing) {
  const auto records =
      faultless_records(kAppointments + "47,2,19,2025-11-16T09:00:00Z,60,\\N,NULL,\\N\n");
  expect(!records.appointments.at(0).record.room);
  same("NULL", faultless_records(kUsers + "2,NULL,NULL,patient,\n").users.at(0).record.name);
}

TEST(a_user_may_lack_an_address_and_a_slot_its_people) {
  expect(faultless_records(kUsers + "2,,A,patient,\n").users.at(0).left_out.email);
  expect(faultless_records("id,name,role\n2,A,patient\n").users.at(0).left_out.email);
  expect(!faultless_records(kUsers + "2,a@b,A,patient,\n").users.at(0).left_out.email);
  const auto records = faultless_records(kAppointments +
                                         "1,,19,2025-11-16T09:00:00Z,60,,,\n"
                                         "2,2,,2025-11-16T09:00:00Z,60,,,\n");
  same(0, records.appointments.size());
  same("line 2", records.left_out.at(roomkey::cli::import::Omission::without_patient).names.at(0));
  same(1, records.left_out.at(roomkey::cli::import::Omission::without_practitioner).count);
}

}  // namespace
