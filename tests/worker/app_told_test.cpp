// What requests leave behind in the audit, the metrics and the log.
#include <algorithm>

#include "roomkey/base/json.hpp"
#include "support/captured_log.hpp"
#include "support/test.hpp"
#include "worker/app_clinic.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

TEST(each_grant_and_each_refusal_of_a_known_user_is_one_event) {
  AppClinic clinic;
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

TEST(repeated_refusals_are_folded_and_counted_in_the_metrics_all_the_same) {
  AppClinic clinic;
  expect(!clinic.app.rest(), "nothing is put off");
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(clinic.ask("GET", "/api/appointments/video-token/99/"));
  }
  same(60s, clinic.app.rest().value());
  same(1, audit_of(clinic.app.database()).size());
  clinic.clock.time += 60s;
  same(60s, clinic.app.rest().value(), "whoever goes on is counted on");
  auto events = audit_of(clinic.app.database());
  same(2, events.size());
  same("appointment_not_found (2 more)", events.back().reason.value());
  static_cast<void>(clinic.ask("GET", "/api/appointments/video-token/99/"));
  clinic.app.leave();
  same("appointment_not_found (1 more)", audit_of(clinic.app.database()).back().reason.value());
  const std::string page = clinic.ask("GET", "/metrics", "").body;
  expect(contains(page, "roomkey_refusals_total{code=\"appointment_not_found\"} 4\n"), page);
}

TEST(what_was_answered_stands_in_the_metrics) {
  AppClinic clinic;
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
  AppClinic clinic;
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
