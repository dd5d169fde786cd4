#include "roomkey/handlers/sync.hpp"

#include "roomkey/store/rooms.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Call;
using roomkey::http::Request;
using roomkey::http::Response;

constexpr const char* kJaneNow =
    R"({"id":2,"email":"jane.doe@example.com","name":"Jane Doe","role":"patient","active":true})";
constexpr const char* k47 =
    R"({"id":47,"patient_id":2,"psychologist_id":19,"appointment_date":"2025-11-16T09:00:00Z",)"
    R"("duration_minutes":60,"status":"scheduled","session_type":"telehealth"})";

struct Office {
  MemoryStore store;
  Request request;
  Role role = Role::service;
  roomkey::access::Rooms rooms = roomkey::access::Rooms::booked;

  Result<Response> put_user(std::int64_t id, const std::string& body) {
    Call call{request, kNine, 0, "", someone(role), body, id};
    return roomkey::handlers::put_user(call, read_user_body(id, body), "user_put", store.database);
  }
  Result<Response> put_appointment(std::int64_t id, const std::string& body) {
    Call call{request, kNine, id, "", someone(role), body};
    return roomkey::handlers::put_appointment(call, read_appointment_body(id, body),
                                              "appointment_put", store.database, rooms);
  }
  roomkey::access::Appointment stored(std::int64_t id = 47) {
    return roomkey::store::find_appointment(store.database, id).value();
  }
  // "<action> <who> <appointment>; " of each event.
  std::string events() {
    std::string text;
    for (const auto& event : audit_of(store.database)) {
      text += event.action + ' ' + std::to_string(event.user_id.value_or(0)) + ' ' +
              std::to_string(event.appointment_id.value_or(0)) + "; ";
    }
    return text;
  }
};

// "<field>: <why>; " of each.
std::string fields_of(const Result<Response>& result, std::string_view what = "") {
  refused(Code::invalid_fields, result, what);
  std::string text;
  for (const auto& [field, why] : result.error().fields) text += field + ": " + why + "; ";
  return text;
}

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const auto at = text.find(old);
  if (at == text.npos) throw std::logic_error("no " + old + " in " + text);
  return text.replace(at, old.size(), fresh);
}

TEST(a_user_is_made_once_and_then_changed) {
  Office office;
  const std::string body = R"({"email":"new@example.com","name":"New","role":"patient"})";
  const std::string record =
      R"({"id":7,"email":"new@example.com","name":"New","role":"patient","active":true})";
  auto answer = accepted(office.put_user(7, body));
  same(201, answer.status);
  same(record, answer.body);
  answer = accepted(office.put_user(7, body));
  same(200, answer.status);
  same(record, answer.body);
  same("user_put 5 0; ", office.events(), "nothing changed, no event");
  answer = accepted(office.put_user(7, with(body, "New", "Other")));
  same(200, answer.status);
  same("Other", roomkey::store::find_user(office.store.database, 7).value().name);
  same("user_put 5 0; user_put 5 0; ", office.events());
  same(std::optional(with(record, "New", "Other")), audit_of(office.store.database)[1].reason);
}

TEST(an_appointment_is_made_once_and_then_changed) {
  Office office;
  const std::string body = with(k47, R"("id":47,)", "");
  auto answer = accepted(office.put_appointment(48, body));
  same(201, answer.status);
  same(with(k47, "47", "48"), answer.body);
  same(200, accepted(office.put_appointment(48, body)).status);
  same("video_room 5 48; appointment_put 5 48; ", office.events());
  answer = accepted(office.put_appointment(47, with(body, "scheduled", "cancelled")));
  same(200, answer.status);
  same("cancelled", word(office.stored().status));
  same(kRoom, office.stored().room.value().name, "the room stays");
  expect(contains(audit_of(office.store.database)[2].reason.value(), kRoom), "the whole record");
}

TEST(an_answer_can_be_sent_back_as_it_is) {
  Office office;
  same(kJaneNow, accepted(office.put_user(2, kJaneNow)).body);
  same(k47, accepted(office.put_appointment(47, k47)).body);
  same("", office.events());
  same("id: must be the id in the path, or left out; ", fields_of(office.put_user(3, kJaneNow)));
  same("id: must be the id in the path, or left out; ",
       fields_of(office.put_appointment(47, with(k47, "47", "\"47\""))));
}

TEST(what_is_left_out_stays_as_it_is) {
  Office office;
  accepted(office.put_user(2, with(kJaneNow, "true", "false")));
  accepted(office.put_user(2, with(kJaneNow, R"(,"active":true)", "")));
  expect(!roomkey::store::find_user(office.store.database, 2).value().active);
  accepted(office.put_appointment(
      47, with(with(k47, "scheduled", "no_show"), "telehealth", "in_person")));
  accepted(office.put_appointment(
      47, with(k47, R"(,"status":"scheduled","session_type":"telehealth")", "")));
  same("no_show", word(office.stored().status));
  same("in_person", word(office.stored().session_type));
}

TEST(nobody_but_a_service_puts_anything_whatever_the_body) {
  for (const Role role : {Role::patient, Role::psychologist, Role::practice_manager, Role::admin}) {
    Office office;
    office.role = role;
    for (const char* body : {kJaneNow, "{}", "", "x"}) {
      refused(Code::permission_denied, office.put_user(2, body), body);
    }
    refused(Code::permission_denied, office.put_appointment(47, k47));
    refused(Code::permission_denied, office.put_appointment(47, "{"));
    same("", office.events());
  }
}

TEST(a_body_that_is_no_json_object_is_a_bad_request) {
  Office office;
  for (const std::string body : {"", "x", "[]", "null", "1", "\"a\"", "{", "{} {}", "{\"name\":}",
                                 R"({"name":"a","name":"b"})", "{\"name\":\"\xff\"}",
                                 R"({"name":"\ud800"})", "{'name':'a'}"}) {
    expect(refused(Code::bad_request, office.put_user(2, body), body).starts_with("The body is "));
    refused(Code::bad_request, office.put_appointment(47, body), body);
  }
  same("", office.events());
}

TEST(every_field_at_fault_is_named_and_nothing_is_changed) {
  Office office;
  same("email: is missing; name: is missing; role: is missing; ",
       fields_of(office.put_user(2, "{}")));
  same(
      "patient_id: is missing; psychologist_id: is missing; appointment_date: is missing; "
      "duration_minutes: is missing; ",
      fields_of(office.put_appointment(47, "{}")));
  same(
      "colour: is not a field that is known; email: must be an address; name: must be a string; "
      "role: must be one of patient, psychologist, practice_manager, admin, service; "
      "active: must be true or false; ",
      fields_of(office.put_user(
          2, R"({"colour":1,"email":"x","name":[],"role":"king","active":"yes"})")));
  same("video_room_id: is not a field that is known; ",
       fields_of(office.put_appointment(47, with(k47, "}", R"(,"video_room_id":"mine"})"))));
  same("patient_id: no user 98; psychologist_id: no user 99; ",
       fields_of(office.put_appointment(47, with(with(k47, ":2,", ":98,"), ":19", ":99"))));
  same("psychologist_id: must be another user than the patient; ",
       fields_of(office.put_appointment(47, with(k47, ":19", ":2"))));
  same("active: must not be null: leave it out instead; ",
       fields_of(office.put_user(2, with(kJaneNow, "true", "null"))));
  same("active: must not be null: leave it out instead; ",
       fields_of(office.put_user(20, with(with(kJaneNow, "true", "null"), "2", "20"))));
  const std::string nulls = with(with(k47, "\"scheduled\"", "null"), "\"telehealth\"", "null");
  same(
      "status: must not be null: leave it out instead; session_type: must not be null: leave it "
      "out instead; ",
      fields_of(office.put_appointment(47, nulls)));
  same("", office.events());
  same(k47, to_json_without_room(office.stored()));
}

TEST(the_answer_does_not_outgrow_the_question) {
  Office office;
  std::string body = "{";
  for (int i = 0; i < 200; ++i) body += "\"x" + std::to_string(i) + "\":0,";
  const auto result = office.put_user(2, body + "\"name\":\"a\"}");
  refused(Code::invalid_fields, result);
  same(50, result.error().fields.size());
}

TEST(a_body_of_more_parts_than_any_record_has_is_not_taken_apart) {
  Office office;
  std::string list = "0";
  for (int i = 0; i < 300; ++i) list += ",0";
  for (const auto& body : {R"({"name":[)" + list + "]}", R"({"name":{"a":[)" + list + "]}}"}) {
    const auto result = office.put_user(2, body);
    refused(Code::bad_request, result);
    same("The body is made of too many parts", result.error().detail);
  }
  office.role = Role::admin;
  refused(Code::permission_denied, office.put_user(2, "[" + list + "]"), "who may not learns less");
}

TEST(a_service_changes_nothing_of_itself_and_makes_nobody_its_like) {
  Office office;
  {
    roomkey::store::Transaction transaction(office.store.database);
    roomkey::store::put_user(transaction, office.store.database, someone(Role::service));
    transaction.commit();
  }
  const std::string me =
      R"({"email":"some.one@example.com","name":"Some","role":"service","active":true})";
  same(200, accepted(office.put_user(5, me)).status, "as it is");
  same("role: can't be changed by the user itself; ",
       fields_of(office.put_user(5, with(me, "\"service\"", "\"patient\""))));
  same("active: can't be changed by the user itself; ",
       fields_of(office.put_user(5, with(me, "true", "false"))));
  same("name: can't be changed by the user itself; ",
       fields_of(office.put_user(5, with(me, "Some", "Other"))));
  for (const char* const role : {"admin", "service"}) {
    const std::string why =
        "role: " + std::string(role) + " is given by an administrator alone (roomkey user set); ";
    const std::string as_role = std::string(1, '"') + role + '"';
    same(why, fields_of(office.put_user(2, with(kJaneNow, "\"patient\"", as_role))));
    same(why,
         fields_of(office.put_user(7, with(with(kJaneNow, "2", "7"), "\"patient\"", as_role))));
  }
  same("", office.events());
  same(200, accepted(office.put_user(2, with(kJaneNow, "true", "false"))).status, "another");
}

TEST(other_people_never_get_the_room_of_those_before) {
  Office office;
  auto& database = office.store.database;
  {
    roomkey::store::Transaction transaction(database);
    put_user(transaction, database, {3, "sam@example.com", "Sam"});
    for (const auto& event : whole_session()) {
      put_room_event(transaction, database, 47, sid("RM", '1'), event.sequence, event);
    }
    put_room_answer(transaction, database, 47, fold(sid("RM", '1'), whole_session()));
    transaction.commit();
  }
  accepted(office.put_appointment(47, with(k47, ":2,", ":3,")));
  const std::string fresh = office.stored().room.value().name;
  expect(fresh != kRoom && fresh.starts_with("apt-47-1763283600-"), fresh);
  expect(!roomkey::store::latest_room_session(database, 47), "so is who was there");
  expect(!roomkey::store::room_answer(database, 47));
  expect(!roomkey::store::find_appointment_by_room(database, kRoom));
  accepted(office.put_appointment(47, k47));
  const std::string third = office.stored().room.value().name;
  expect(third != kRoom && third != fresh, "nor do they come back to it");
}

TEST(an_open_telehealth_appointment_has_a_room_once_it_is_put) {
  Office office;
  const auto room = [&] {
    const auto stored = office.stored(48);
    return stored.room ? stored.room->name : "none";
  };
  const std::string body = with(k47, R"("id":47,)", "");
  accepted(office.put_appointment(48, with(body, "telehealth", "in_person")));
  same("none", room(), "in person");
  accepted(office.put_appointment(48, with(body, "scheduled", "cancelled")));
  same("none", room(), "cancelled");
  accepted(office.put_appointment(48, with(body, "scheduled", "confirmed")));
  const std::string given = room();
  expect(given.starts_with("apt-48-1763283600-"), given);
  accepted(office.put_appointment(48, with(body, "scheduled", "cancelled")));
  accepted(office.put_appointment(48, body));
  same(given, room(), "opened again: the room that it had");
}

TEST(the_event_of_a_booking_names_the_room_that_came_with_it) {
  Office office;
  accepted(office.put_appointment(48, with(k47, R"("id":47,)", "")));
  const auto events = audit_of(office.store.database);
  same("granted", word(events[0].outcome));
  expect(contains(events[1].reason.value(), office.stored(48).room.value().name));
}

TEST(a_booking_put_again_gets_the_room_that_it_lacks) {
  Office office;
  office.rooms = roomkey::access::Rooms::asked;
  const std::string body = with(k47, R"("id":47,)", "");
  accepted(office.put_appointment(48, body));
  expect(!office.stored(48).room, "where rooms are asked for");
  office.rooms = roomkey::access::Rooms::booked;
  same(200, accepted(office.put_appointment(48, body)).status);
  expect(office.stored(48).room.has_value());
  same("appointment_put 5 48; video_room 5 48; ", office.events());
  accepted(office.put_appointment(48, body));
  same("appointment_put 5 48; video_room 5 48; ", office.events(), "one room, one event");
}

}  // namespace
