#include "worker/app.hpp"

#include "support/code_of.hpp"
#include "support/test.hpp"
#include "worker/app_clinic.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::worker;
using namespace roomkey::test;

// The body's members, in their order, without what is in them.
std::string members_of(const std::string& body) {
  std::string members;
  int depth = 0;
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (body[at] == '{' || body[at] == '[') ++depth;
    if (body[at] == '}' || body[at] == ']') --depth;
    if (body[at] != '"') continue;
    const auto end = body.find('"', at + 1);
    if (depth == 1 && body[end + 1] == ':') members += body.substr(at + 1, end - at - 1) + ' ';
    at = end;
  }
  return members;
}

TEST(each_route_answers_with_the_contract_s_fields_and_no_others) {
  struct Case {
    const char *method, *path, *members;
  };
  AppClinic clinic;
  for (const auto& [method, path, members] :
       {Case{"GET", "/api/appointments/video-token/47/",
             "access_token room_name user_identity expires_in expires_at appointment_id "
             "appointment_duration_minutes token_valid_until region provider connect "},
        Case{
            "GET", "/api/appointments/video-token-refresh/47/",
            "access_token room_name user_identity expires_in expires_at appointment_id "
            "appointment_duration_minutes token_valid_until region provider connect refreshed_at "},
        Case{"GET", "/api/appointments/video-status/47/",
             "appointment_id room_name room_sid status participants_count participants duration "
             "created_at region patient_connected psychologist_connected source as_of "},
        Case{"POST", "/api/appointments/video-room/47/",
             "message room_name room_sid status meeting_url appointment_id "},
        Case{"GET", "/api/appointments/47/",
             "id patient psychologist appointment_date session_end_time duration_minutes status "
             "session_type video_room_id can_join join_opens_at join_closes_at waiting_room "
             "waiting "},
        Case{"GET", "/healthz", "status "}, Case{"GET", "/readyz", "status checks "}}) {
    const auto response = clinic.ask(method, path);
    same(200, response.status, path);
    same(members, members_of(response.body), path);
    std::string without_slash(path);
    if (without_slash.ends_with('/')) without_slash.pop_back();
    same(members, members_of(clinic.ask(method, without_slash).body), "without the final slash");
  }
}

TEST(the_answers_to_the_letter) {
  AppClinic clinic;
  same(R"({"appointment_id":47,"room_name":"apt-47-1763138954-46eb915c","room_sid":null,)"
       R"("status":"pending","participants_count":0,"participants":[],"duration":null,)"
       R"("created_at":"2025-11-15T09:00:00Z","region":"au1","patient_connected":false,)"
       R"("psychologist_connected":false,"source":"store","as_of":"2025-11-15T09:00:00Z"})",
       clinic.ask("GET", "/api/appointments/video-status/47/").body);
  same(R"({"message":"Video room already exists","room_name":"apt-47-1763138954-46eb915c",)"
       R"("room_sid":null,"status":"pending","meeting_url":)"
       R"("https://app.example/video-session/apt-47-1763138954-46eb915c","appointment_id":47})",
       clinic.ask("POST", "/api/appointments/video-room/47/").body);
  same(R"({"id":47,"patient":{"id":2,"name":"Jane Doe","email":"jane.doe@example.com"},)"
       R"("psychologist":{"id":19,"name":"Dr. Sarah","email":"dr.sarah@example.com"},)"
       R"("appointment_date":"2025-11-16T09:00:00Z","session_end_time":"2025-11-16T10:00:00Z",)"
       R"("duration_minutes":60,"status":"scheduled","session_type":"telehealth",)"
       R"("video_room_id":"apt-47-1763138954-46eb915c","can_join":true,"join_opens_at":null,)"
       R"("join_closes_at":null,"waiting_room":"off","waiting":"no"})",
       clinic.ask("GET", "/api/appointments/47/").body);
}

TEST(the_token_answer_to_the_letter) {
  AppClinic clinic;
  const provider::twilio::Tokens twilio(twilio_settings());
  const auto token =
      twilio.mint({47, std::string(kRoom), 2, "jane.doe@example.com", 90min}, kNine).value().token;
  const std::string answer =
      R"({"access_token":")" + token +
      R"(","room_name":"apt-47-1763138954-46eb915c","user_identity":"2-jane.doe@example.com",)"
      R"("expires_in":5400,"expires_at":"2025-11-16T10:30:00Z","appointment_id":47,)"
      R"x("appointment_duration_minutes":60,"token_valid_until":"90 minutes (1 hours)",)x"
      R"("region":"au1","provider":"twilio",)"
      R"("connect":{"room":"apt-47-1763138954-46eb915c","region":"au1"}})";
  same(answer, clinic.ask("GET", kToken).body);
  same(answer, clinic.ask("HEAD", kToken).body);
}

TEST(who_is_not_let_in_gets_401_and_no_event) {
  struct Case {
    std::string authorization, code;
  };
  AppClinic clinic;
  const auto bearer = [&](std::int64_t id) {
    return "Bearer " + access::make_bearer(id, hs256_rules(), kNine, 5min);
  };
  for (const auto& [authorization, code] :
       {Case{"", "authentication_required"}, Case{"Basic YTpi", "authentication_required"},
        Case{"Bearer x", "invalid_token"}, Case{bearer(2) + ", " + bearer(2), "invalid_token"},
        Case{"Bearer " + bearer_with(R"({"user_id":2,"exp":1})"), "token_expired"},
        Case{bearer(3), "user_unknown"}}) {
    for (const auto path : {kToken, std::string_view("/api/appointments/99/")}) {
      const auto response = clinic.ask("GET", path, authorization);
      same(401, response.status, authorization);
      same(code, code_of(response), authorization);
      same("WWW-Authenticate", response.headers.at(0).first);
    }
  }
  same(0, audit_of(clinic.app.database()).size(), "a stranger must not fill the disk");
}

TEST(the_checks_come_in_the_contract_s_order) {
  AppClinic clinic;
  same("not_found", code_of(clinic.ask("DELETE", "/api/appointments/0/", "")));
  same("method_not_allowed", code_of(clinic.ask("DELETE", "/api/appointments/47/", "")));
  same("authentication_required", code_of(clinic.ask("GET", "/api/appointments/99/", "")));
  same("user_unknown", code_of(clinic.ask("GET", "/api/appointments/99/", 3)));
  same("appointment_not_found", code_of(clinic.ask("GET", "/api/appointments/99/")));
  {
    store::Transaction transaction(clinic.app.database());
    auto closed = appointment_47();
    closed.status = access::Status::cancelled;
    store::put_appointment(transaction, clinic.app.database(), closed);
    store::put_user(transaction, clinic.app.database(), someone(access::Role::patient));
    transaction.commit();
  }
  same("permission_denied", code_of(clinic.ask("GET", kToken, 5)));
  const auto response = clinic.ask("GET", kToken);
  same(409, response.status);
  same(R"({"error":"Appointment is cancelled","code":"appointment_closed"})", response.body);
}

TEST(where_roomkey_makes_rooms_the_token_pool_sends_token_requests_on) {
  FileStore store;
  config::Config config = config_at(store.database.path());
  config.twilio.makes_rooms = true;
  FakeClock clock;
  App app(std::move(config), clock);
  static_cast<void>(app.join("token"));
  const std::string authorization =
      "Bearer " + access::make_bearer(2, hs256_rules(), clock.now(), 5min);
  http::Request request;
  request.method = "GET";
  request.path = kToken;
  request.authorization = authorization;
  same(200, app.answer(request).status, "an older nginx site names no room pool");
  request.room_pool = "@there";
  const http::Response response = app.answer(request);
  same(204, response.status);
  same("X-Accel-Redirect: @there",
       std::string(response.headers.at(0).first) + ": " + response.headers.at(0).second);
  same(1, audit_of(store.database).size(), "no token, no event");
  static_cast<void>(app.join("room"));
  same(200, app.answer(request).status);
}

}  // namespace
