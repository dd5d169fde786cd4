#include "worker/app.hpp"

#include "roomkey/base/json.hpp"
#include "support/captured_log.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::worker;
using namespace roomkey::test;

config::Config config_at(const std::string& path) {
  config::Config config;
  config.store = settings_at(path);
  config.bearer = hs256_rules();
  config.twilio = twilio_settings();
  config.stream = stream_settings();
  config.meeting_url = "https://app.example/video-session/{room}";
  return config;
}

struct Clinic {
  FakeClock clock;
  App app;
  explicit Clinic(const std::string& path = ":memory:") : app(config_at(path), clock) {
    fill(app.database());
  }

  http::Response ask(std::string_view method, std::string_view path,
                     const std::string& authorization) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = "_t=1763138954000";
    request.request_id = "0123456789abcdef";
    request.authorization = authorization;
    return app.answer(request);
  }
  http::Response put(std::string_view path, const std::string& body, std::int64_t user_id) {
    const std::string authorization =
        "Bearer " + access::make_bearer(user_id, hs256_rules(), clock.now(), 5min);
    http::Request request;
    request.method = "PUT";
    request.path = path;
    request.request_id = "0123456789abcdef";
    request.authorization = authorization;
    request.content_length = body.size();
    request.read_body = [&](std::size_t most) { return body.substr(0, most); };
    return app.answer(request);
  }
  http::Response ask(std::string_view method, std::string_view path, std::int64_t user_id = 2) {
    return ask(method, path,
               "Bearer " + access::make_bearer(user_id, hs256_rules(), clock.now(), 5min));
  }
};

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

std::string code_of(const http::Response& response) {
  return accepted(base::parse_json_object(response.body), response.body)["code"].asString();
}

constexpr std::string_view kToken = "/api/appointments/video-token/47/";

TEST(each_route_answers_with_the_contract_s_fields_and_no_others) {
  struct Case {
    const char *method, *path, *members;
  };
  Clinic clinic;
  for (const auto& [method, path, members] :
       {Case{"GET", "/api/appointments/video-token/47/",
             "access_token room_name user_identity expires_in expires_at appointment_id "
             "appointment_duration_minutes token_valid_until region "},
        Case{"GET", "/api/appointments/video-token-refresh/47/",
             "access_token room_name user_identity expires_in expires_at appointment_id "
             "appointment_duration_minutes token_valid_until region refreshed_at "},
        Case{"GET", "/api/appointments/video-status/47/",
             "appointment_id room_name room_sid status participants_count participants duration "
             "created_at region patient_connected psychologist_connected source as_of "},
        Case{"POST", "/api/appointments/video-room/47/",
             "message room_name room_sid status meeting_url appointment_id "},
        Case{"GET", "/api/appointments/47/",
             "id patient psychologist appointment_date session_end_time duration_minutes status "
             "session_type video_room_id can_join join_opens_at join_closes_at "},
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
  Clinic clinic;
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
       R"("join_closes_at":null})",
       clinic.ask("GET", "/api/appointments/47/").body);
}

TEST(the_token_answer_to_the_letter) {
  Clinic clinic;
  const provider::Twilio twilio(twilio_settings());
  const auto token =
      twilio.mint({47, std::string(kRoom), 2, "jane.doe@example.com", 90min}, kNine).value().token;
  const std::string answer =
      R"({"access_token":")" + token +
      R"(","room_name":"apt-47-1763138954-46eb915c","user_identity":"2-jane.doe@example.com",)"
      R"("expires_in":5400,"expires_at":"2025-11-16T10:30:00Z","appointment_id":47,)"
      R"x("appointment_duration_minutes":60,"token_valid_until":"90 minutes (1 hours)",)x"
      R"("region":"au1"})";
  same(answer, clinic.ask("GET", kToken).body);
  same(answer, clinic.ask("HEAD", kToken).body);
}

TEST(who_is_not_let_in_gets_401_and_no_event) {
  struct Case {
    std::string authorization, code;
  };
  Clinic clinic;
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
  Clinic clinic;
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
  config.twilio_makes_rooms = true;
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

TEST(each_grant_and_each_refusal_of_a_known_user_is_one_event) {
  Clinic clinic;
  const auto events_after = [&](std::string_view method, std::string_view path) {
    const auto before = audit_of(clinic.app.database()).size();
    static_cast<void>(clinic.ask(method, path));
    return audit_of(clinic.app.database()).size() - before;
  };
  same(1, events_after("GET", kToken));
  same(1, events_after("GET", "/api/appointments/video-token-refresh/47/"));
  same(1, events_after("GET", "/api/appointments/video-token/99/"));
  same(1, events_after("POST", "/api/appointments/video-room/99/"));
  same(0, events_after("POST", "/api/appointments/video-room/47/"));
  same(0, events_after("GET", "/api/appointments/47/"));
  same(0, events_after("GET", "/healthz"));
  same(0, events_after("GET", "/nowhere"));
  std::string told;
  for (const auto& event : audit_of(clinic.app.database())) {
    same("0123456789abcdef", event.request_id);
    told += event.action + ' ' + std::string(word(event.outcome)) + ' ' +
            event.reason.value_or("-") + '\n';
  }
  same(
      "video_token granted -\nvideo_token_refresh granted -\n"
      "video_token refused appointment_not_found\nvideo_room refused appointment_not_found\n",
      told);
  same("", store::verify_audit(clinic.app.database()).fault);
}

TEST(what_the_booking_system_puts_counts_from_the_next_request_on) {
  Clinic clinic;
  {
    store::Transaction transaction(clinic.app.database());
    store::put_user(transaction, clinic.app.database(), someone(access::Role::service));
    transaction.commit();
  }
  same(200, clinic.ask("GET", kToken).status);
  same(200, clinic
                .put("/api/appointments/47",
                     R"({"patient_id":2,"psychologist_id":19,"status":"cancelled",)"
                     R"("appointment_date":"2025-11-16T09:00:00Z","duration_minutes":60})",
                     5)
                .status);
  same(409, clinic.ask("GET", kToken).status);
  same(200, clinic
                .put("/api/users/2/",
                     R"({"email":"j@example.com","name":"J","role":"patient","active":false})", 5)
                .status);
  same(401, clinic.ask("GET", kToken).status);
  same(403, clinic.put("/api/users/2/", "{}", 19).status);
  const auto events = audit_of(clinic.app.database());
  same("user_put", events.back().action);
  expect(!events.back().appointment_id, "a user's id is no appointment's");
}

TEST(no_token_leaves_without_its_event) {
  const CapturedLog log;
  const Folder folder;
  Clinic clinic(folder.file("roomkey.db"));
  Raw(folder.file("roomkey.db"))
      .run("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'x'); END");
  for (const auto path : {kToken, std::string_view("/api/appointments/video-token-refresh/47/")}) {
    const auto response = clinic.ask("GET", path);
    same(503, response.status, response.body);
    same("store_unavailable", code_of(response));
    expect(!contains(response.body, "eyJ"), "a token");
  }
  same("503", std::to_string(clinic.ask("GET", "/api/appointments/video-token/99/").status),
       "nor a refusal");
  same(200, clinic.ask("GET", "/api/appointments/47/").status, "what needs no event goes on");
}

TEST(a_locked_store_gives_no_token_and_recovers) {
  const CapturedLog log;
  const Folder folder;
  Clinic clinic(folder.file("roomkey.db"));
  Raw other(folder.file("roomkey.db"));
  other.run("BEGIN IMMEDIATE");
  const auto response = clinic.ask("GET", kToken);
  same(503, response.status);
  same("Retry-After", response.headers.at(0).first);
  expect(!contains(response.body, "eyJ") && !contains(response.body, folder.path()));
  other.run("ROLLBACK");
  same(200, clinic.ask("GET", kToken).status);
  same(1, audit_of(clinic.app.database()).size());
}

TEST(a_store_that_is_missing_is_a_503_that_heals_itself) {
  const CapturedLog log;
  const Folder folder;
  const FakeClock clock;
  App app(config_at(folder.file("roomkey.db")), clock);
  http::Request request;
  request.method = "GET";
  request.path = kToken;
  const std::string header = "Bearer " + access::make_bearer(2, hs256_rules(), kNine, 5min);
  request.authorization = header;
  same(503, app.answer(request).status);
  {
    store::Database made(settings_at(folder.file("roomkey.db")));
    fill(made);
  }
  same(200, app.answer(request).status);
}

TEST(what_was_answered_stands_in_the_metrics) {
  Clinic clinic;
  static_cast<void>(clinic.ask("GET", kToken));
  static_cast<void>(clinic.ask("GET", "/api/appointments/video-token-refresh/47/"));
  static_cast<void>(clinic.ask("GET", kToken, ""));
  static_cast<void>(clinic.ask("GET", "/nowhere"));
  same("ROOMKEY_METRICS_DIR is not set", clinic.app.join("token"));
  const std::string page = clinic.ask("GET", "/metrics", "").body;
  for (const auto* line :
       {"roomkey_requests_total{route=\"video_token\",status=\"200\"} 1\n",
        "roomkey_requests_total{route=\"none\",status=\"404\"} 1\n",
        "roomkey_refusals_total{code=\"authentication_required\"} 1\n",
        "roomkey_tokens_total{provider=\"twilio\",kind=\"first\"} 1\n",
        "roomkey_tokens_total{provider=\"twilio\",kind=\"refresh\"} 1\n",
        "roomkey_workers{pool=\"token\"} 1\n", "roomkey_audit_events_total 2\n"}) {
    expect(contains(page, line), line + page);
  }
  same(2, audit_of(clinic.app.database()).size(), "a scrape is no event");
}

TEST(the_log_holds_neither_token_nor_secret) {
  const CapturedLog log("trace");
  Clinic clinic;
  const std::string bearer = access::make_bearer(2, hs256_rules(), kNine, 5min);
  const auto answer = clinic.ask("GET", kToken, "Bearer " + bearer).body;
  static_cast<void>(clinic.ask("GET", kToken, "Bearer " + bearer.substr(0, bearer.size() - 1)));
  static_cast<void>(clinic.ask("GET", "/api/" + bearer, "Basic " + bearer));
  const auto body = accepted(base::parse_json_object(answer));
  const std::string text = log.text();
  same(3, std::count(text.begin(), text.end(), '\n'), text);
  for (const std::string& word :
       {bearer, body["access_token"].asString(), bearer.substr(bearer.rfind('.') + 1, 20),
        std::string(kSecret), std::string("eyJ"), std::string("Basic"), std::string("Bearer")}) {
    expect(!contains(text, word), word);
  }
}

}  // namespace
