#include "roomkey/access/record.hpp"

#include "roomkey/base/json.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace record_test {

using namespace roomkey::access;
using namespace roomkey::test;

constexpr std::string_view kJane =
    R"({"id":2,"email":"jane.doe@example.com","name":"Jane Doe","role":"patient","active":true})";
constexpr std::string_view k47 =
    R"({"id":47,"patient_id":2,"psychologist_id":19,"appointment_date":"2025-11-16T09:00:00Z",)"
    R"("duration_minutes":60,"status":"scheduled","session_type":"telehealth",)"
    R"("video_room_id":"apt-47-1763138954-46eb915c"})";

// The record with one member set to `json`, or taken out where it is empty.
Json::Value with(std::string_view record, const char* field, const std::string& json) {
  Json::Value value = accepted(roomkey::base::parse_json_object(record));
  value.removeMember(field);
  if (json.empty()) return value;
  const auto wrapped = accepted(roomkey::base::parse_json("[" + json + "]"), json);
  value[field] = wrapped[0];
  return value;
}

std::string fields_of(const std::vector<FieldFault>& faults) {
  std::string fields;
  for (const auto& fault : faults) {
    expect(!fault.why.empty(), fault.field);
    fields += (fields.empty() ? "" : " ") + fault.field;
  }
  return fields;
}

struct Case {
  const char* field;
  std::string json;
};

TEST(reads_back_what_it_wrote_of_a_user) {
  User user;
  same("", fields_of(read_user(accepted(roomkey::base::parse_json_object(kJane)), user)));
  same(kJane, to_json(user));
  User manager = someone(Role::practice_manager);
  manager.active = false;
  const auto record = accepted(roomkey::base::parse_json_object(to_json(manager)));
  same("", fields_of(read_user(record, user)));
  same(to_json(manager), to_json(user));
}

TEST(reads_back_what_it_wrote_of_an_appointment) {
  Appointment appointment;
  const auto record = accepted(roomkey::base::parse_json_object(k47));
  same("", fields_of(read_appointment(record, appointment)));
  same(k47, to_json(appointment));
  same(kNine, appointment.starts_at);
  same(60min, appointment.duration);
}

TEST(some_fields_may_be_left_out) {
  User user;
  user.active = false;
  same("", fields_of(read_user(with(kJane, "active", ""), user)));
  expect(user.active);
  Appointment appointment;
  appointment.room = Room{"of the one before", {}};
  same("", fields_of(read_appointment(with(k47, "video_room_id", ""), appointment)));
  expect(!appointment.room);
  same("", fields_of(read_appointment(with(k47, "status", ""), appointment)));
  expect(appointment.status == Status::scheduled);
  same("", fields_of(read_appointment(with(k47, "session_type", "null"), appointment)));
  expect(appointment.session_type == SessionType::telehealth);
}

TEST(takes_the_edges_of_each_range) {
  User user;
  for (const auto& [field, json] :
       {Case{"id", "1"}, Case{"id", "9223372036854775807"}, Case{"email", "\"a@b\""},
        Case{"email", '"' + std::string(124, 'a') + "@b\""}, Case{"active", "null"},
        Case{"name", '"' + std::string(400, 'n') + '"'}, Case{"name", R"("Zo\u00eb O'Brien")"}}) {
    same("", fields_of(read_user(with(kJane, field, json), user)), json);
  }
  Appointment appointment;
  for (const auto& [field, json] : {Case{"duration_minutes", "1"}, Case{"duration_minutes", "1440"},
                                    Case{"appointment_date", "\"1970-01-01T00:00:00Z\""},
                                    Case{"appointment_date", "\"9999-12-31T23:59:59Z\""},
                                    Case{"appointment_date", "\"2025-11-16T10:00:00+01:00\""},
                                    Case{"video_room_id", '"' + std::string(128, 'r') + '"'}}) {
    same("", fields_of(read_appointment(with(k47, field, json), appointment)), json);
  }
}

TEST(refuses_a_user_s_field_that_is_wrong) {
  for (const auto& [field, json] : {Case{"id", ""},
                                    Case{"id", "null"},
                                    Case{"id", "0"},
                                    Case{"id", "-1"},
                                    Case{"id", "1.0"},
                                    Case{"id", "\"2\""},
                                    Case{"id", "9223372036854775808"},
                                    Case{"id", "true"},
                                    Case{"email", ""},
                                    Case{"email", "\"\""},
                                    Case{"email", "\"jane\""},
                                    Case{"email", "7"},
                                    Case{"email", "\"@example.com\""},
                                    Case{"email", "\"jane@\""},
                                    Case{"email", "\"ja ne@example.com\""},
                                    Case{"email", R"("jane@ex\nample.com")"},
                                    Case{"email", R"("jane@example.com\u0000")"},
                                    Case{"email", R"("jane@example.com\u0085")"},
                                    Case{"email", '"' + std::string(125, 'a') + "@b\""},
                                    Case{"name", ""},
                                    Case{"name", "\"\""},
                                    Case{"name", R"("two\nlines")"},
                                    Case{"name", R"("\u009b2J")"},
                                    Case{"name", "[]"},
                                    Case{"name", '"' + std::string(401, 'n') + '"'},
                                    Case{"role", ""},
                                    Case{"role", "\"doctor\""},
                                    Case{"role", "\"\""},
                                    Case{"role", "1"},
                                    Case{"role", "null"},
                                    Case{"active", "1"},
                                    Case{"active", "\"true\""}}) {
    User user;
    same(field, fields_of(read_user(with(kJane, field, json), user)), field + (' ' + json));
  }
}

TEST(refuses_an_appointment_s_field_that_is_wrong) {
  for (const auto& [field, json] : {Case{"id", ""},
                                    Case{"id", "0"},
                                    Case{"patient_id", ""},
                                    Case{"patient_id", "\"2\""},
                                    Case{"psychologist_id", "null"},
                                    Case{"psychologist_id", "2"},
                                    Case{"appointment_date", ""},
                                    Case{"appointment_date", "1763283600"},
                                    Case{"appointment_date", "\"2025-11-16T09:00:00\""},
                                    Case{"appointment_date", "\"\""},
                                    Case{"appointment_date", "\"9999-12-31T23:59:59-01:00\""},
                                    Case{"duration_minutes", ""},
                                    Case{"duration_minutes", "0"},
                                    Case{"duration_minutes", "1441"},
                                    Case{"duration_minutes", "60.0"},
                                    Case{"duration_minutes", "\"60\""},
                                    Case{"status", "\"canceled\""},
                                    Case{"status", "\"\""},
                                    Case{"status", "1"},
                                    Case{"session_type", "\"video\""},
                                    Case{"session_type", "[]"},
                                    Case{"video_room_id", "\"\""},
                                    Case{"video_room_id", "7"},
                                    Case{"video_room_id", "\"two words\""},
                                    Case{"video_room_id", "\"a/b\""},
                                    Case{"video_room_id", "\"a?b\""},
                                    Case{"video_room_id", R"("zo\u00eb")"},
                                    Case{"video_room_id", '"' + std::string(129, 'r') + '"'}}) {
    Appointment appointment;
    same(field, fields_of(read_appointment(with(k47, field, json), appointment)),
         field + (' ' + json));
  }
}

TEST(what_can_t_be_seen_is_cut_off_at_the_ends) {
  for (const char* unseen :
       {" ", R"(\t)", R"(\r\n)", R"(\u00a0)", R"(\u200b)", R"(\ufeff)", R"(\u202e\u2069)",
        R"(\u3000)", R"(\u00ad)", R"(\u180e)", R"(\udb40\udc41)", R"(\u00a0 \u2060)"}) {
    User user;
    for (const std::string& text :
         {std::string(unseen) + "jane@example.com", "jane@example.com" + std::string(unseen)}) {
      same("", fields_of(read_user(with(kJane, "email", '"' + text + '"'), user)), text);
      same("jane@example.com", user.email, text);
      same("", fields_of(read_user(with(kJane, "name", '"' + text + '"'), user)), text);
      same("jane@example.com", user.name, text);
    }
    same("email", fields_of(read_user(with(kJane, "email", '"' + std::string(unseen) + '"'), user)),
         unseen);
    same("name", fields_of(read_user(with(kJane, "name", '"' + std::string(unseen) + '"'), user)),
         unseen);
  }
}

// They would be two people who look like one.
TEST(an_address_with_what_can_t_be_seen_inside_is_refused_by_its_code_point) {
  const std::pair<const char*, const char*> all[] = {
      {R"(\u00a0)", "U+00A0"}, {R"(\u00ad)", "U+00AD"}, {R"(\u180e)", "U+180E"},
      {R"(\u200b)", "U+200B"}, {R"(\u200d)", "U+200D"}, {R"(\u200f)", "U+200F"},
      {R"(\u202e)", "U+202E"}, {R"(\u2064)", "U+2064"}, {R"(\u3000)", "U+3000"},
      {R"(\ufe0f)", "U+FE0F"}, {R"(\ufeff)", "U+FEFF"}, {R"(\udb40\udc41)", "U+E0041"}};
  for (const auto& [unseen, name] : all) {
    User user;
    const auto faults =
        read_user(with(kJane, "email", "\"jane" + std::string(unseen) + "@example.com\""), user);
    same("email", fields_of(faults), name);
    expect(contains(faults[0].why, name), faults[0].why);
  }
}

// Persian, Hindi, Japanese and French ones do.
TEST(a_name_may_have_inside_what_its_language_needs) {
  User user;
  for (const char* inside :
       {R"(\u200c)", R"(\u200d)", R"(\u3000)", R"(\u00a0)", R"(\udb40\udd00)"}) {
    same("", fields_of(read_user(with(kJane, "name", "\"a" + std::string(inside) + "b\""), user)),
         inside);
  }
  for (const char* inside : {R"(\u200b)", R"(\u202e)", R"(\ufeff)", R"(\u00ad)", R"(\u2028)"}) {
    same("name",
         fields_of(read_user(with(kJane, "name", "\"a" + std::string(inside) + "b\""), user)),
         inside);
  }
}

TEST(an_identity_has_at_most_128_characters_as_twilio_counts_them) {
  User user;
  const auto field_of = [&](const std::string& id, const std::string& email) {
    auto record = with(kJane, "id", id);
    record["email"] = email;
    return fields_of(read_user(record, user));
  };
  same("", field_of("9223372036854775807", std::string(106, 'a') + "@b"));
  same("email", field_of("9223372036854775807", std::string(107, 'a') + "@b"));
  std::string wide;
  for (int i = 0; i < 62; ++i) wide += "\xC3\xA9";
  same("", field_of("2", wide + "@b"));
  same("email", field_of("2", wide + "a@b"));
}

TEST(tells_every_fault_at_once) {
  User user;
  const auto bad_user = accepted(roomkey::base::parse_json_object(
      R"({"id":0,"email":"x","name":"","role":"x","active":7,"colour":"red"})"));
  same("colour id email name role active", fields_of(read_user(bad_user, user)));
  Appointment appointment;
  same("id patient_id psychologist_id appointment_date duration_minutes",
       fields_of(read_appointment(Json::Value(Json::objectValue), appointment)));
}

TEST(a_fault_quotes_no_value_and_no_raw_bytes) {
  User user;
  const auto faults =
      read_user(accepted(roomkey::base::parse_json_object(
                    R"({"id":2,"email":"hunter2","name":"hunter2\nx","role":"hunter2","a\nb":1})")),
                user);
  same("a\\x0ab email name role", fields_of(faults));
  for (const auto& fault : faults) expect(!contains(fault.why, "hunter2"), fault.why);
}

TEST(a_room_may_say_whose_it_is) {
  auto record = accepted(roomkey::base::parse_json_object(to_json(appointment_47())));
  Appointment read;
  record["video_provider"] = "stream";
  same(0, read_appointment(record, read).size());
  same("stream", read.room->provider);
  expect(contains(to_json(read), R"(,"video_provider":"stream"})"));
  expect(!contains(to_json_without_room(read), "video_provider"));
  record["video_provider"] = 7;
  same("video_provider", read_appointment(record, read).at(0).field);
  record["video_provider"] = "stream";
  record.removeMember("video_room_id");
  const auto faults = read_appointment(record, read);
  same(1, faults.size());
  same("video_provider is of a room: video_room_id is missing",
       faults[0].field + ' ' + faults[0].why);
}

}  // namespace record_test
