#include "roomkey/handlers/participants.hpp"

#include <algorithm>

#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/handlers/events.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace participants_test {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::Status;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Call;
using roomkey::http::Response;

constexpr std::string_view kUrl = "https://clinic.example/api/appointments/twilio-status-callback/";
constexpr std::string_view kToken = "auth-token";

struct Desk {
  MemoryStore store;
  TestTwilio twilio;  // nobody is asked
  Providers providers{{&twilio}};
  roomkey::http::Request request;
  Call call{request, kNine, 47, "", jane()};
  AtRoomEnd at_room_end = AtRoomEnd::leave;

  Desk() { take_events(std::string(kUrl), kToken); }
  void take_events(const std::string& url, std::string_view token) {
    twilio.own_events = std::make_unique<roomkey::provider::twilio::Events>(
        roomkey::provider::twilio::CallbackSettings{url, roomkey::crypto::Secret(token)});
  }

  Result<Response> status() { return video_status(call, store.database, providers); }
  Result<Response> participants(std::string_view query = "") {
    request.query = query;
    return video_participants(call, store.database, providers);
  }
  Result<Response> participant(std::string_view who) {
    call.text = who;
    return video_participant(call, store.database, providers);
  }
  void tell(const RoomEvent& event) {
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::put_room_event(transaction, store.database, 47, sid("RM", '1'), event.sequence,
                                   event);
    transaction.commit();
  }
  bool without_signature = false;
  // As Twilio would send it; plain values only.
  Result<Response> callback(std::vector<std::pair<std::string, std::string>> fields,
                            std::string_view type = "application/x-www-form-urlencoded",
                            std::string_view url = kUrl, std::string_view token = kToken) {
    std::sort(fields.begin(), fields.end());
    std::string body;
    std::string signed_text(url);
    for (const auto& [name, value] : fields) {
      body += (body.empty() ? "" : "&") + name + '=' + value;
      signed_text += name + value;
    }
    const auto signature = roomkey::crypto::base64(roomkey::crypto::hmac_sha1(token, signed_text));
    roomkey::http::Request from_twilio;
    from_twilio.content_type = type;
    from_twilio.header = [&](const char* name) -> std::string_view {
      same("HTTP_X_TWILIO_SIGNATURE", std::string(name));
      return without_signature ? "" : std::string_view(signature);
    };
    from_twilio.request_id = "0123";
    Call taken{from_twilio, kNine, 0, "", {}, body};
    auto result = provider_event(taken, store.database, twilio, at_room_end);
    found = taken.id;
    return result;
  }
  std::int64_t found = 0;
};

std::vector<std::pair<std::string, std::string>> fields_of(const RoomEvent& event) {
  return {{"RoomSid", sid("RM", '1')},
          {"RoomName", std::string(kRoom)},
          {"SequenceNumber", std::to_string(event.sequence)},
          {"StatusCallbackEvent", std::string(word(event.kind))},
          {"Timestamp", roomkey::base::format_utc(event.at)},
          {"ParticipantSid", event.participant_sid},
          {"ParticipantIdentity", event.identity}};
}

Json::Value body_of(const Result<Response>& result) {
  const Response response = accepted(result);
  same(200, response.status, response.body);
  return accepted(roomkey::base::parse_json_object(response.body), response.body);
}

bool knows_a_session(Desk& desk) {
  return roomkey::store::latest_room_session(desk.store.database, 47).has_value();
}

TEST(the_status_of_a_session_to_the_letter) {
  Desk desk;
  const auto events = whole_session();
  for (int i = 0; i < 4; ++i) desk.tell(events[static_cast<std::size_t>(i)]);
  same(
      R"({"appointment_id":47,"room_name":"apt-47-1763138954-46eb915c","room_sid":")" +
          sid("RM", '1') + R"(","status":"in-progress","participants_count":1,"participants":[)" +
          R"({"sid":")" + sid("PA", 'a') +
          R"(","identity":"2-jane.doe@example.com","user_id":2,"role":"patient","status":"disconnected","duration":299,)"
          R"("connected_at":"2025-11-16T09:00:01Z","disconnected_at":"2025-11-16T09:05:00Z"},)"
          R"({"sid":")" +
          sid("PA", 'b') +
          R"(","identity":"19-dr.sarah@example.com","user_id":19,"role":"psychologist","status":"connected","duration":null,)"
          R"("connected_at":"2025-11-16T09:01:00Z","disconnected_at":null}],"duration":null,)"
          R"("created_at":"2025-11-16T09:00:00Z","region":"au1","patient_connected":false,)"
          R"("psychologist_connected":true,"source":"callback","as_of":"2025-11-16T09:05:00Z"})",
      accepted(desk.status()).body);
}

TEST(the_participants_all_or_by_status) {
  Desk desk;
  for (int i = 0; i < 5; ++i) desk.tell(whole_session()[static_cast<std::size_t>(i)]);
  const auto all = body_of(desk.participants());
  same(3, all["participants_count"].asInt());
  same("in-progress", all["room_status"].asString());
  expect(all["filter"].isNull());
  const auto connected = body_of(desk.participants("status=connected"));
  same(2, connected["participants"].size());
  same("connected", connected["filter"].asString());
  same(1, body_of(desk.participants("status=disconnected"))["participants_count"].asInt());
  same(0, body_of(desk.participants("status=reconnecting"))["participants_count"].asInt());
  for (const auto* const query : {"status=", "status=Connected", "status=x", "status=%zz"}) {
    refused(Code::bad_request, desk.participants(query), query);
  }
}

TEST(one_participant_by_sid_or_identity) {
  Desk desk;
  for (int i = 0; i < 5; ++i) desk.tell(whole_session()[static_cast<std::size_t>(i)]);
  same("disconnected", body_of(desk.participant(sid("PA", 'a')))["status"].asString());
  same(sid("PA", 'c'), body_of(desk.participant(kJane))["sid"].asString(), "the last of the name");
  for (const auto* const who : {"2", "jane.doe@example.com", "PA", "x"}) {
    refused(Code::participant_not_found, desk.participant(who), who);
  }
}

TEST(the_office_may_see_participants_and_not_the_status) {
  Desk desk;
  for (const auto role : {Role::practice_manager, Role::admin}) {
    desk.call.authenticated = someone(role);
    body_of(desk.participants());
    refused(Code::participant_not_found, desk.participant("x"));
    refused(Code::permission_denied, desk.status());
  }
  for (const auto role : {Role::patient, Role::psychologist, Role::service}) {
    desk.call.authenticated = someone(role);
    refused(Code::permission_denied, desk.participants());
    refused(Code::permission_denied, desk.participant(kJane));
  }
  desk.call.id = 48;
  refused(Code::appointment_not_found, desk.participants());
}

TEST(who_was_removed_sees_nothing_of_the_others_and_they_see_what_they_did) {
  Desk desk;
  for (const auto& event : whole_session()) {
    if (event.sequence < 10) desk.tell(event);
  }
  {
    roomkey::store::Transaction transaction(desk.store.database);
    roomkey::store::remove_user(transaction, desk.store.database, 47, {2, 19, false}, kNine);
    transaction.commit();
  }
  same(R"({"appointment_id":47,"room_name":"apt-47-1763138954-46eb915c","room_sid":null,)"
       R"("status":"pending","participants_count":0,"participants":[],"duration":null,)"
       R"("created_at":"2025-11-15T09:00:00Z","region":"au1","patient_connected":false,)"
       R"("psychologist_connected":false,"source":"store","as_of":"2025-11-15T09:00:00Z"})",
       accepted(desk.status()).body);
  expect(contains(accepted(desk.participants()).body, R"("participants":[])"));
  refused(Code::participant_not_found, desk.participant(kSarah));
  refused(Code::participant_not_found, desk.participant(kJane));
  desk.call.authenticated = sarah();
  expect(contains(accepted(desk.status()).body, R"("psychologist_connected":true)"));
  accepted(desk.participant(kJane));
}

TEST(a_callback_is_answered_and_kept) {
  Desk desk;
  for (const auto& event : whole_session()) {
    const auto body = body_of(desk.callback(fields_of(event)));
    same("received", body["status"].asString());
    same(word(event.kind), body["event"].asString());
    same(kRoom, body["room"].asString());
    same(roomkey::base::format_utc(event.at), body["timestamp"].asString());
    same(47, desk.found);
  }
  same("completed", body_of(desk.status())["status"].asString());
  const auto appointment = roomkey::store::find_appointment(desk.store.database, 47).value();
  expect(appointment.status == Status::scheduled, "it is not completed unless that is asked for");
}

TEST(what_twilio_did_not_sign_leaves_no_trace) {
  Desk desk;
  const auto fields = fields_of(whole_session()[1]);
  const std::string form = "application/x-www-form-urlencoded";
  refused(Code::bad_signature, desk.callback(fields, form, "https://evil.example/"));
  refused(Code::bad_signature, desk.callback(fields, form, kUrl, "another-token"));
  refused(Code::bad_signature, desk.callback({}, form, kUrl, ""));
  desk.take_events(std::string(kUrl), "");
  expect(contains(refused(Code::bad_signature, desk.callback(fields, form, kUrl, "")),
                  "TWILIO_AUTH_TOKEN"));
  desk.take_events("", kToken);
  expect(contains(refused(Code::bad_signature, desk.callback(fields, form, "")),
                  "TWILIO_STATUS_CALLBACK_URL"));
  desk.take_events(std::string(kUrl), kToken);
  desk.without_signature = true;
  refused(Code::bad_signature, desk.callback(fields, "application/json"));
  refused(Code::bad_signature, desk.callback({{"StatusCallbackEvent", "%zz"}}));
  desk.without_signature = false;
  refused(Code::bad_signature, desk.callback({{"StatusCallbackEvent", "%zz"}}));
  refused(Code::bad_signature, desk.callback(fields, "application/json", kUrl, "another-token"));
  refused(Code::bad_request, desk.callback(fields, "application/json"));
  expect(!knows_a_session(desk));
  body_of(desk.callback(fields, "Application/X-WWW-form-urlencoded; charset=UTF-8"));
  expect(knows_a_session(desk));
}

TEST(an_event_of_an_unknown_room_or_of_a_recording_is_acknowledged) {
  Desk desk;
  auto fields = fields_of(whole_session()[0]);
  fields[1].second = "another-room";
  body_of(desk.callback(fields));
  same(0, desk.found);
  body_of(
      desk.callback({{"StatusCallbackEvent", "recording-completed"}, {"RoomSid", sid("RM", '1')}}));
  body_of(desk.callback({{"StatusCallbackEvent", "composition-available"}}));
  expect(!knows_a_session(desk));
}

TEST(an_appointment_that_took_place_is_completed_where_that_is_asked_for) {
  const auto events = whole_session();
  const auto status_after = [](Desk& desk, const std::vector<RoomEvent>& told) {
    desk.at_room_end = AtRoomEnd::complete;
    for (const auto& event : told) body_of(desk.callback(fields_of(event)));
    return roomkey::store::find_appointment(desk.store.database, 47).value().status;
  };
  Desk both;
  expect(status_after(both, events) == Status::completed);
  const auto audit = audit_of(both.store.database);
  same(1, audit.size());
  same("room_ended changed", audit[0].action + ' ' + std::string(word(audit[0].outcome)));
  same(std::optional<std::int64_t>(47), audit[0].appointment_id);
  Desk reversed;
  expect(status_after(reversed, {events.rbegin(), events.rend()}) == Status::completed);
  Desk one;
  expect(status_after(one, {events[0], events[1], events[7]}) == Status::scheduled,
         "one alone in a room is no session");
  Desk running;
  expect(status_after(running, {events.begin(), events.end() - 1}) == Status::scheduled);
}

}  // namespace participants_test
