#include "roomkey/app.hpp"

#include "roomkey/handlers/appointments.hpp"
#include "roomkey/handlers/authenticate.hpp"
#include "roomkey/handlers/health.hpp"
#include "roomkey/store/audit.hpp"

namespace roomkey {

using handlers::Issue;
using http::Call;
using http::Who;

App::App(Config config, const base::Clock& clock)
    : config_(std::move(config)),
      database_(config_.store),
      twilio_(config_.twilio),
      router_(routes(), hooks(), clock) {}

std::vector<http::Route> App::routes() {
  const auto token = [this](Issue issue, std::string_view action) {
    return [this, issue, action](const Call& call) {
      return handlers::video_token(call, issue, action, database_, config_.policy, twilio_,
                                   config_.twilio.region);
    };
  };
  return {
      {"GET", "/api/appointments/video-token/{id}/", "video_token", Who::user, 0,
       token(Issue::first, "video_token")},
      {"GET", "/api/appointments/video-token-refresh/{id}/", "video_token_refresh", Who::user, 0,
       token(Issue::refresh, "video_token_refresh")},
      {"GET", "/api/appointments/video-status/{id}/", "video_status", Who::user, 0,
       [this](const Call& call) {
         return handlers::video_status(call, database_, config_.twilio.region);
       }},
      {"POST", "/api/appointments/video-room/{id}/", "video_room", Who::user, http::kMaxBody,
       [this](const Call& call) {
         return handlers::video_room(call, "video_room", database_, config_.frontend_url);
       }},
      {"GET", "/api/appointments/{id}/", "appointment", Who::user, 0,
       [this](const Call& call) {
         return handlers::appointment(call, database_, config_.policy, twilio_);
       }},
      {"GET", "/healthz", "healthz", Who::anyone, 0,
       [](const Call&) { return handlers::healthz(); }},
      {"GET", "/readyz", "readyz", Who::anyone, 0,
       [this](const Call&) { return handlers::readyz(database_, twilio_); }},
  };
}

http::Hooks App::hooks() {
  return {[this](std::string_view authorization, std::chrono::sys_seconds now) {
            return handlers::authenticate(authorization, *config_.bearer, database_, now);
          },
          [this](const http::Route& route, const Call& call, const base::Error& error) {
            store::append_audit(
                database_,
                {0, call.now, std::string(call.request.request_id), call.caller().id,
                 call.id > 0 ? std::optional(call.id) : std::nullopt, std::string(route.name),
                 store::Outcome::refused, std::string(base::word(error.code)), std::nullopt});
          }};
}

}  // namespace roomkey
