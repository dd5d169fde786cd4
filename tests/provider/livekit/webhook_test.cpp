#include "provider/livekit/webhook.hpp"

#include <algorithm>
#include <random>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/clinic.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace livekit_webhook_test {

using namespace roomkey;
using namespace roomkey::test;
using access::RoomEventKind;
using base::Code;
using provider::livekit::Events;

constexpr const char* kKey = "APIgoldenKey0047";
constexpr const char* kLivekitSecret = "not-a-real-livekit-secret-0123456789abcdefg";
constexpr const char* kType = "application/webhook+json";

std::string signed_by(const std::string& claims, const std::string& secret = kLivekitSecret) {
  return crypto::sign_jws(R"({"alg":"HS256"})", claims,
                          crypto::Key::from_secret(secret, crypto::Algorithm::hs256).value());
}

std::string claims_for(const std::string& body, const std::string& key = kKey,
                       std::chrono::seconds from = 0s, std::chrono::seconds life = 300s) {
  return base::JsonObject()
      .add("iss", key)
      .add("nbf", base::unix_seconds(kNine + from))
      .add("exp", base::unix_seconds(kNine + from + life))
      .add("sha256", crypto::base64(crypto::sha256(body)))
      .text();
}

base::Result<provider::Told> read(const std::string& authorization, const std::string& body,
                                  std::string_view type = kType) {
  static const FakeClock clock;
  const Events events({kKey, crypto::Secret(kLivekitSecret)}, clock);
  const std::function<std::string_view(const char*)> header = [&](const char* name) {
    return std::string_view(name) == "HTTP_AUTHORIZATION" ? std::string_view(authorization) : "";
  };
  return events.read({body, type, header});
}

base::Result<provider::Told> told(const std::string& body) {
  return read(signed_by(claims_for(body)), body);
}

std::string event(const std::string& name, int number, int after, const std::string& sid = "",
                  const std::string& more = "") {
  const std::string participant = R"(,"participant":{"sid":"PA_)" + sid +
                                  R"(","identity":"2-jane.doe@example.com")" + more + '}';
  return R"({"event":")" + name + R"(","room":{"sid":"RM_1","name":"apt-47"},"id":"EV_)" +
         std::to_string(number) + R"(","createdAt":")" +
         std::to_string(base::unix_seconds(kNine) + after) + '"' +
         (sid.empty() ? "" : participant) + '}';
}

TEST(takes_the_golden_webhooks_with_and_without_bearer) {
  const auto golden =
      accepted(base::parse_json_object(content_of("tests/vendor/livekit_golden.json")), "golden");
  for (const Json::Value& one : golden["webhooks"]) {
    const std::string body = one["body"].asString();
    for (const std::string scheme : {"", "Bearer ", "bearer "}) {
      accepted(provider::livekit::check_signature(scheme + one["authorization"].asString(), body,
                                                  {kKey, crypto::Secret(kLivekitSecret)},
                                                  base::from_unix(one["at"].asInt64())));
    }
    const auto read = accepted(provider::livekit::read_webhook(body));
    same(std::to_string(one["at"].asInt64()), read.timestamp);
    same("RM_111111111111", read.room_sid);
    same(std::string(kRoom), read.room_name);
    same(read.event != "track_published", read.room_event.has_value(), read.event);
  }
}

TEST(refuses_what_livekit_did_not_sign_and_says_why_to_the_log_alone) {
  const std::string body = event("room_started", 1, 0);
  const auto forged = [&](const std::string& authorization, std::string_view why,
                          const std::string& sent) {
    const std::string said = refused(Code::bad_signature, read(authorization, sent), why);
    expect(contains(said, why) && !contains(said, kLivekitSecret), said);
  };
  forged("", "not signed", body);
  forged("x", "not signed with", body);
  forged(signed_by(claims_for(body), "another"), "not signed with", body);
  forged(signed_by(claims_for(body, "APIother")), "another API key", body);
  forged(signed_by(claims_for(body)), "another body", body + ' ');
  forged(signed_by(claims_for(body, kKey, -361s)), "expired", body);
  forged(signed_by(claims_for(body, kKey, 62s)), "not valid yet", body);
  forged(signed_by(R"({"iss":"APIgoldenKey0047"})"), "until when", body);
  forged(signed_by(R"({"iss":"APIgoldenKey0047","exp":99999999999})"), "another body", body);
  forged(signed_by("7"), "no JSON object", body);
  const auto none =
      crypto::base64url(R"({"alg":"none"})") + '.' + crypto::base64url(claims_for(body)) + '.';
  forged(none, "not signed with", body);
  accepted(read(signed_by(claims_for(body, kKey, -359s)), body));
  accepted(read(signed_by(claims_for(body, kKey, 59s)), body));
  static const FakeClock clock;
  const Events without({"", crypto::Secret()}, clock);
  const std::function<std::string_view(const char*)> header = [](const char*) { return "x"; };
  refused(Code::bad_signature, without.read({body, kType, header}));
}

TEST(refuses_what_is_signed_and_no_event) {
  const auto bad = [](const std::string& body, std::string_view what) {
    const std::string why = refused(Code::bad_request, told(body), body);
    expect(contains(why, what), why);
  };
  bad("", "body");
  bad("[]", "body");
  bad("{}", "event");
  bad(R"({"event":"room_started","room":"x","id":"EV_1","createdAt":"1763283600"})", "room.name");
  bad(R"({"event":"room_started","room":{"name":"a"},"id":"EV_1","createdAt":"1"})", "room.sid");
  bad(R"({"event":"room_started","room":{"name":"a","sid":"RM_1"},"createdAt":"1"})", "id");
  for (const std::string at : {R"("x")", R"("-1")", "0", "1e9", R"("99999999999")", "{}"}) {
    bad(R"({"event":"room_started","room":{"name":"a","sid":"RM_1"},"id":"EV_1","createdAt":)" +
            at + '}',
        "createdAt");
  }
  bad(event("participant_joined", 1, 0), "participant.sid");
  bad(event("participant_joined", 1, 0, "\\u0000"), "participant.sid");
  const std::string good = event("room_started", 1, 0);
  expect(contains(refused(Code::bad_request, read(signed_by(claims_for(good)), good, "text/html")),
                  kType));
  accepted(read(signed_by(claims_for(good)), good, "Application/Webhook+JSON; charset=utf-8"));
}

TEST(what_is_no_room_s_or_person_s_is_taken_and_says_nothing) {
  for (const std::string name :
       {"track_published", "egress_started", "participant_connection_aborted", "something_new"}) {
    const auto read = accepted(told(R"({"event":")" + name + R"("})"));
    expect(!read.room_event && read.sequence < 0, name);
  }
}

TEST(who_left_says_since_when_he_was_there) {
  const std::string since = R"(,"joinedAt":")" + std::to_string(base::unix_seconds(kNine)) + '"';
  const auto left = accepted(told(event("participant_left", 1, 60, "a", since))).room_event.value();
  same(60, left.duration.value());
  const auto lying = accepted(told(event("participant_left", 1, -60, "a", since)));
  expect(!lying.room_event->duration);
}

TEST(the_place_of_an_event_is_by_time_then_kind_then_id) {
  const auto place = provider::livekit::place_of;
  expect(place(kNine, RoomEventKind::room_created, "EV_z") <
         place(kNine, RoomEventKind::participant_connected, "EV_a"));
  expect(place(kNine, RoomEventKind::participant_connected, "EV_z") <
         place(kNine, RoomEventKind::participant_disconnected, "EV_a"));
  expect(place(kNine, RoomEventKind::room_ended, "EV_z") <
         place(kNine + 1s, RoomEventKind::room_created, "EV_a"));
  same(place(kNine, RoomEventKind::room_ended, "EV_1"),
       place(kNine, RoomEventKind::room_ended, "EV_1"));
  expect(place(kNine, RoomEventKind::room_ended, "EV_1") !=
         place(kNine, RoomEventKind::room_ended, "EV_2"));
  expect(place(base::from_unix((std::int64_t{1} << 33) - 1), RoomEventKind::room_ended, "EV_1") >
         0);
}

std::string state_after(std::vector<access::RoomEvent> events) {
  std::sort(events.begin(), events.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  events.erase(std::unique(events.begin(), events.end(),
                           [](const auto& a, const auto& b) { return a.sequence == b.sequence; }),
               events.end());
  const auto session = access::fold("RM_1", events);
  std::string text(access::word(session.status));
  for (const auto& one : session.participants) {
    text += ' ' + one.sid + ' ' + std::string(one.status()) + ' ' +
            std::to_string((one.connected_at - kNine).count());
  }
  return text;
}

// Jane's line is lost and she is back in the same second, with another SID.
TEST(the_state_is_the_same_in_whatever_order_and_however_often_events_come) {
  std::vector<access::RoomEvent> events;
  for (const std::string& body :
       {event("room_started", 1, 0), event("participant_joined", 2, 5, "a"),
        event("participant_left", 3, 60, "a"), event("participant_joined", 4, 60, "c"),
        event("participant_left", 5, 90, "c"), event("room_finished", 6, 90)}) {
    events.push_back(accepted(told(body)).room_event.value());
  }
  const std::string wanted = "completed PA_a disconnected 5 PA_c disconnected 60";
  same(wanted, state_after(events));
  std::mt19937 chance(47);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(events.begin(), events.end(), chance);
    auto twice = events;
    twice.insert(twice.end(), events.begin(), events.end());
    same(wanted, state_after(twice));
  }
  events.assign({accepted(told(event("participant_left", 3, 60, "a"))).room_event.value(),
                 accepted(told(event("participant_joined", 4, 60, "c"))).room_event.value()});
  same("in-progress PA_c connected 60 PA_a disconnected 60", state_after(events), "a join is lost");
}

}  // namespace livekit_webhook_test
