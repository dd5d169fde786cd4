#include "worker/app.hpp"

#include "roomkey/handlers/appointments.hpp"
#include "roomkey/handlers/health.hpp"
#include "roomkey/handlers/metrics.hpp"
#include "roomkey/handlers/removal.hpp"
#include "roomkey/handlers/rooms.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/handlers/sync.hpp"
#include "roomkey/handlers/video_call.hpp"

namespace roomkey::worker {

namespace {

metrics::Outcome outcome_of(provider::TwilioOutcome outcome) {
  using provider::TwilioOutcome;
  switch (outcome) {
    case TwilioOutcome::answered: return metrics::Outcome::answered;
    case TwilioOutcome::refused: return metrics::Outcome::refused;
    case TwilioOutcome::unreachable: return metrics::Outcome::unreachable;
  }
  throw std::logic_error("an outcome without a name");
}

}  // namespace

using handlers::Issue;
using http::Call;
using http::Effect;
using http::Who;

App::App(config::Config config, const base::Clock& clock)
    : config_(std::move(config)),
      tally_(layout(), config_.metrics_directory),
      bearer_keys_(config_.bearer_files),
      database_(config_.store),
      twilio_(config_.twilio),
      stream_(config_.stream),
      twilio_rest_(std::move(config_.twilio_rest),
                   [this](std::size_t request, provider::TwilioOutcome outcome) {
                     tally_.called(request, outcome_of(outcome));
                   }),
      live_{twilio_.fault().empty() ? &twilio_rest_ : nullptr, config_.twilio_makes_rooms,
            !config_.callback.url.empty() && !config_.callback.auth_token.empty()},
      router_(routes(), hooks(), clock) {
  // Those who use them have them by now.
  config_.twilio.api_secret = crypto::Secret();
  config_.stream.api_secret = crypto::Secret();
}

std::vector<http::Route> App::routes() {
  const auto token = [this](Issue issue, std::string_view action) {
    return [this, issue, action](const Call& call) { return give_token(call, issue, action); };
  };
  // Twilio can't be asked within a transaction.
  const Effect giving = config_.twilio_makes_rooms ? Effect::reads : Effect::writes;
  return {
      {"GET", "/api/appointments/video-token/{id}/", "video_token", Who::user, giving, 0,
       token(Issue::first, "video_token")},
      {"GET, POST", "/api/appointments/video-token-refresh/{id}/", "video_token_refresh", Who::user,
       giving, http::kSmallBody, token(Issue::refresh, "video_token_refresh")},
      {"GET", "/api/appointments/video-status/{id}/", "video_status", Who::user, Effect::reads, 0,
       [this](const Call& call) {
         return handlers::video_status(call, database_, live_, config_.twilio.region);
       }},
      // Not Effect::writes: Twilio is asked between its transactions.
      {"POST", "/api/appointments/video-room/{id}/", "video_room", Who::user, Effect::reads,
       http::kSmallBody,
       [this](const Call& call) {
         return handlers::video_room(call, "video_room", database_, live_, config_.meeting_url);
       }},
      {"GET", "/api/appointments/{id}/", "appointment", Who::user, Effect::reads, 0,
       [this](const Call& call) {
         return handlers::appointment(call, database_, config_.policy, {&twilio_, &stream_});
       }},
      {"PUT", "/api/appointments/{id}/", "appointment_put", Who::user, Effect::writes,
       http::kMaxBody,
       [this](const Call& call) {
         return handlers::put_appointment(call, "appointment_put", database_, config_.rooms);
       }},
      {"PUT", "/api/users/{user}/", "user_put", Who::user, Effect::writes, http::kMaxBody,
       [this](const Call& call) { return handlers::put_user(call, "user_put", database_); }},
      {"GET", "/api/appointments/video-participants/{id}/", "video_participants", Who::user,
       Effect::reads, 0,
       [this](const Call& call) { return handlers::video_participants(call, database_, live_); }},
      {"GET", "/api/appointments/video-participant/{id}/{text}/", "video_participant", Who::user,
       Effect::reads, 0,
       [this](const Call& call) { return handlers::video_participant(call, database_, live_); }},
      {"POST", "/api/appointments/video-participant/{id}/{text}/remove/", "participant_remove",
       Who::user, Effect::reads, 0,
       [this](const Call& call) { return handlers::remove_participant(call, database_, live_); }},
      {"POST", "/api/appointments/video-participant/{id}/{text}/readmit/", "participant_readmit",
       Who::user, Effect::reads, 0,
       [this](const Call& call) { return handlers::readmit_participant(call, database_, live_); }},
      // Not Effect::writes: nobody's turn is taken before the signature was looked at.
      {"POST", "/api/appointments/twilio-status-callback/", "twilio_status_callback", Who::anyone,
       Effect::reads, http::kCallbackBody,
       [this](Call& call) {
         return handlers::twilio_callback(call, database_, config_.callback, live_);
       }},
      {"POST", "/api/video-call/token/", "stream_token", Who::user, Effect::writes,
       http::kSmallBody,
       [this](Call& call) {
         return handlers::stream_token(call, "stream_token", database_, config_.policy, stream_);
       }},
      {"POST", "/api/video-call/", "stream_call", Who::user, Effect::reads, http::kSmallBody,
       [this](Call& call) {
         return handlers::stream_call(call, database_, config_.policy, stream_);
       }},
      {"GET", "/api/video-call/", "stream_key", Who::user, Effect::reads, 0,
       [this](Call& call) {
         return handlers::stream_key(call, database_, config_.policy, stream_);
       }},
      {"GET", "/healthz", "healthz", Who::anyone, Effect::reads, 0,
       [](const Call&) { return handlers::healthz(); }},
      {"GET", "/readyz", "readyz", Who::anyone, Effect::reads, 0,
       [this](const Call&) {
         return handlers::readyz(database_, {&twilio_, &stream_});
       }},
      {"GET", "/metrics", "metrics", Who::anyone, Effect::reads, 0,
       [this](const Call&) {
         return handlers::metrics_page(
             tally_, database_,
             {ROOMKEY_VERSION, config_.backup_directory, config_.certificate_file});
       }},
  };
}

base::Result<http::Response> App::give_token(const Call& call, Issue issue,
                                             std::string_view action) {
  const std::string& region = config_.twilio.region;
  if (!config_.twilio_makes_rooms) {
    return handlers::video_token(call, issue, action, database_, config_.policy, twilio_, region);
  }
  const std::string_view elsewhere = call.request.room_pool;
  if (offline_ && !elsewhere.empty()) return handlers::ask_room_pool(elsewhere);
  return handlers::video_token_and_room(call, issue, action, database_, config_.policy, twilio_,
                                        region, offline_ ? handlers::Twilio{} : live_);
}

http::Hooks App::hooks() {
  return {[this](std::string_view authorization, std::chrono::sys_seconds now) {
            bearer_keys_.renew(config_.bearer->keys, now);
            return access::authenticate(authorization, *config_.bearer, now);
          },
          [this](const http::Route& route, Call& call, std::int64_t user_id) {
            return handlers::serve(route, call, user_id, database_);
          },
          [this](const std::function<void()>& work) { handlers::serve_together(database_, work); },
          [this](const http::Done& done) {
            tally_.answered({done.route, done.status, done.code, done.duration});
          }};
}

metrics::Layout App::layout() {
  metrics::Layout layout;
  for (const http::Route& route : routes()) layout.routes.push_back(route.name);
  layout.tokens = {{"video_token", "twilio", "first"},
                   {"video_token_refresh", "twilio", "refresh"},
                   {"stream_token", "stream", "any"}};
  const auto& requests = provider::TwilioRest::kRequests;
  layout.calls.assign(requests.begin(), requests.end());
  return layout;
}

std::string App::join(std::string_view pool) {
  offline_ = pool == "token";
  tally_.started(pool);
  return tally_.fault();
}

}  // namespace roomkey::worker
