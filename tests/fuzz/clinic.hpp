// The whole application as the worker has it, with a store in memory, for fuzzers to ask.
#pragma once

#include <memory>

#include "fuzz.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/log.hpp"
#include "support/store.hpp"
#include "worker/app.hpp"

namespace roomkey::fuzz {

inline constexpr std::string_view kAuthToken = "not-a-real-auth-token-0123456789";
inline constexpr const char* kCallbackUrl =
    "https://video.clinic.example/api/appointments/twilio-status-callback/";

inline config::Config whole_config() {
  config::Config config;
  config.store = test::settings_at(":memory:");
  config.bearer = test::hs256_rules();
  config.twilio.token = test::twilio_settings();
  config.stream = test::stream_settings();
  config.meeting_url = "https://app.clinic.example/visit/{id}?room={room}";
  config.twilio.callback.url = kCallbackUrl;
  config.twilio.callback.auth_token = crypto::Secret(std::string(kAuthToken));
  config.complete_on_room_end = true;
  return config;
}

struct Clinic {
  test::FakeClock clock;
  worker::App app{whole_config(), clock};

  Clinic() {
    test::fill(app.database());
    store::Transaction transaction(app.database());
    for (const auto& [id, role] :
         {std::pair{5, access::Role::patient}, std::pair{1, access::Role::admin},
          std::pair{4, access::Role::practice_manager}, std::pair{90, access::Role::service}}) {
      access::User user = test::someone(role);
      user.id = id;
      store::put_user(transaction, app.database(), user);
    }
    access::Appointment without_room = test::appointment_47();
    without_room.id = 48;
    without_room.room.reset();
    store::put_appointment(transaction, app.database(), without_room);
    transaction.commit();
  }
};

// The clinic of this run: a new one now and then, so that what one input left behind can meet the
// next, and no more.
inline Clinic& clinic() {
  static std::unique_ptr<Clinic> standing;
  static int runs = 0;
  base::set_up_log("error");
  if (runs++ % 500 == 0) standing = std::make_unique<Clinic>();
  return *standing;
}

// What holds for every answer (contract section 1.1). What was `asked` may be quoted.
inline Json::Value promise_of_every_answer(const http::Response& response,
                                           std::string_view asked = "") {
  if (response.content_type != "application/json") {  // metrics
    promise(response.status == 200, "only a page that is there is no JSON", response.body);
    return {};
  }
  const auto body = base::parse_json_object(response.body);
  promise(body.has_value(), "an answer is a JSON object", response.body);
  const bool refused = response.status >= 400;
  promise(http::reason_phrase(response.status) != "", "a status that roomkey knows");
  promise(response.status < 500 || response.status == 503 || response.status == 502 ||
              (*body)["code"] != "internal_error",
          "no input breaks the machine", response.body);
  if (response.status != 503) {                                                 // readyz
    const bool invites = response.status == 201 && body->isMember("guest_id");  // by a code
    promise((refused || invites) == body->isMember("code") && refused == body->isMember("error"),
            "a refusal says why, and only a refusal", response.body);
  }
  for (const std::string_view secret :
       {test::kSecret, kAuthToken, std::string_view("not-a-real-secret"),
        std::string_view("not-a-real-stream-secret")}) {
    promise(response.body.find(secret) == std::string::npos || asked.find(secret) != asked.npos,
            "no secret leaves", response.body);
  }
  return *body;
}

}  // namespace roomkey::fuzz
