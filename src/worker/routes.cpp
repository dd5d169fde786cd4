// Every route, as a row: docs/api.md says what each does.
#include <algorithm>
#include <iterator>

#include "roomkey/handlers/appointment.hpp"
#include "roomkey/handlers/events.hpp"
#include "roomkey/handlers/health.hpp"
#include "roomkey/handlers/metrics.hpp"
#include "roomkey/handlers/participants.hpp"
#include "roomkey/handlers/removal.hpp"
#include "roomkey/handlers/room.hpp"
#include "roomkey/handlers/sync.hpp"
#include "roomkey/handlers/video_call.hpp"
#include "roomkey/handlers/waiting.hpp"
#include "roomkey/provider/calls.hpp"
#include "roomkey/provider/events.hpp"
#include "worker/app.hpp"

namespace roomkey::worker {

using handlers::Issue;
using http::Call;
using http::Pool;
using http::Transaction;
using http::Who;

std::vector<http::Route> App::routes() {
  std::vector<http::Route> all;
  for (auto part : {appointment_routes(), participant_routes(), guest_routes(), event_routes(),
                    call_routes(), watch_routes()}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<http::Route> App::appointment_routes() {
  // A provider can't be asked within a transaction.
  const Transaction giving = makes_rooms() ? Transaction::own : Transaction::shared;
  return {
      {.name = "video_token",
       .method = "GET",
       .pattern = "/api/appointments/video-token/{id}/",
       .transaction = giving,
       .handle = [this](Call& call) { return give_token(call, Issue::first, "video_token"); }},
      {.name = "video_token_refresh",
       .method = "GET, POST",
       .pattern = "/api/appointments/video-token-refresh/{id}/",
       .transaction = giving,
       .body_limit = http::kSmallBody,
       .handle =
           [this](Call& call) { return give_token(call, Issue::refresh, "video_token_refresh"); }},
      {.name = "video_status",
       .method = "GET",
       .pattern = "/api/appointments/video-status/{id}/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) { return handlers::video_status(call, database_, providers_); }},
      // Not Transaction::shared: the provider is asked between its transactions.
      {.name = "video_room",
       .method = "POST",
       .pattern = "/api/appointments/video-room/{id}/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .handle =
           [this](Call& call) {
             return handlers::video_room(call, "video_room", database_, providers_,
                                         config_.meeting_url);
           }},
      {.name = "video_provider",
       .method = "POST",
       .pattern = "/api/appointments/video-provider/{id}/",
       .transaction = Transaction::shared,
       .body_limit = http::kSmallBody,
       .judge =
           [this](const Call& asked) {
             auto wanted = handlers::read_provider_name(asked.body);
             return [this, wanted = std::move(wanted)](Call& call) {
               return handlers::video_provider(call, wanted, "video_provider", database_,
                                               providers_);
             };
           }},
      {.name = "video_waiting",
       .method = "GET",
       .pattern = "/api/appointments/video-waiting/{id}/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) {
             return handlers::video_waiting(call, database_, config_.policy, providers_);
           }},
      {.name = "visitor_admit",
       .method = "POST",
       .pattern = "/api/appointments/video-waiting/{id}/{text}/admit/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .handle = [this](Call& call) { return handlers::admit_visitor(call, database_); }},
      {.name = "visitor_deny",
       .method = "POST",
       .pattern = "/api/appointments/video-waiting/{id}/{text}/deny/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .handle =
           [this](Call& call) {
             return handlers::deny_visitor(call, database_, config_.policy, providers_);
           }},
      {.name = "appointment",
       .method = "GET",
       .pattern = "/api/appointments/{id}/",
       .handle =
           [this](Call& call) {
             return handlers::appointment(call, database_, config_.policy, providers_);
           }},
      {.name = "appointment_put",
       .method = "PUT",
       .pattern = "/api/appointments/{id}/",
       .transaction = Transaction::shared,
       .body_limit = http::kMaxBody,
       .judge =
           [this](const Call& asked) {
             auto body = handlers::read_appointment_body(asked.id, asked.body);
             return [this, body = std::move(body)](Call& call) {
               return handlers::put_appointment(call, body, "appointment_put", database_,
                                                config_.rooms);
             };
           }},
      {.name = "user_put",
       .method = "PUT",
       .pattern = "/api/users/{user}/",
       .transaction = Transaction::shared,
       .body_limit = http::kMaxBody,
       .judge =
           [this](const Call& asked) {
             auto body = handlers::read_user_body(asked.user_id, asked.body);
             return [this, body = std::move(body)](Call& call) {
               return handlers::put_user(call, body, "user_put", database_);
             };
           }},
  };
}

std::vector<http::Route> App::participant_routes() {
  return {
      {.name = "video_participants",
       .method = "GET",
       .pattern = "/api/appointments/video-participants/{id}/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) {
             return handlers::video_participants(call, database_, providers_);
           }},
      {.name = "video_participant",
       .method = "GET",
       .pattern = "/api/appointments/video-participant/{id}/{text}/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) { return handlers::video_participant(call, database_, providers_); }},
      {.name = "participant_remove",
       .method = "POST",
       .pattern = "/api/appointments/video-participant/{id}/{text}/remove/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) {
             return handlers::remove_participant(call, database_, providers_);
           }},
      {.name = "participant_readmit",
       .method = "POST",
       .pattern = "/api/appointments/video-participant/{id}/{text}/readmit/",
       .pool = Pool::room,
       .handle =
           [this](Call& call) {
             return handlers::readmit_participant(call, database_, providers_);
           }},
  };
}

// Not Transaction::shared: nobody's turn is taken before the signature was looked at.
std::vector<http::Route> App::event_routes() {
  using handlers::AtRoomEnd;
  const auto at_end = config_.complete_on_room_end ? AtRoomEnd::complete : AtRoomEnd::leave;
  std::vector<http::Route> rows;
  for (provider::Provider* const one : providers_) {
    if (one->events() == nullptr) continue;
    rows.push_back({.name = one->events()->route(),
                    .method = "POST",
                    .pattern = one->events()->path(),
                    .who = Who::anyone,
                    .pool = Pool::room,
                    .body_limit = http::kEventBody,
                    .handle = [this, one, at_end](Call& call) {
                      return handlers::provider_event(call, database_, *one, at_end);
                    }});
  }
  return rows;
}

std::vector<http::Route> App::call_routes() {
  const auto found = std::find_if(providers_.begin(), providers_.end(),
                                  [](const auto* one) { return one->calls() != nullptr; });
  if (found == providers_.end()) return {};
  const provider::Calls& calls = *(*found)->calls();
  return {
      {.name = calls.routes().token,
       .method = "POST",
       .pattern = "/api/video-call/token/",
       .transaction = Transaction::shared,
       .body_limit = http::kSmallBody,
       .judge =
           [this, &calls](const Call& asked) {
             auto wanted = handlers::read_wanted_call(asked.body, calls);
             return [this, &calls, wanted = std::move(wanted)](Call& call) {
               return handlers::call_token(call, wanted, database_, config_.policy, calls);
             };
           }},
      {.name = calls.routes().call,
       .method = "POST",
       .pattern = "/api/video-call/",
       .body_limit = http::kSmallBody,
       .judge =
           [this, &calls](const Call& asked) {
             auto wanted = handlers::read_wanted_call(asked.body, calls);
             return [this, &calls, wanted = std::move(wanted)](Call& call) {
               return handlers::video_call(call, wanted, database_, config_.policy, calls);
             };
           }},
      {.name = calls.routes().key,
       .method = "GET",
       .pattern = "/api/video-call/",
       .handle =
           [this, &calls](Call& call) {
             return handlers::call_key(call, database_, config_.policy, calls);
           }},
  };
}

std::vector<http::Route> App::watch_routes() {
  return {
      {.name = "healthz",
       .method = "GET",
       .pattern = "/healthz",
       .who = Who::anyone,
       .handle = [](Call&) { return handlers::healthz(); }},
      {.name = "readyz",
       .method = "GET",
       .pattern = "/readyz",
       .who = Who::anyone,
       .handle =
           [this](Call& call) {
             bearer_keys_.renew(config_.bearer->keys, call.now);
             return handlers::readyz(database_, providers_, bearer_keys_.state(),
                                     bearer_keys_.has_keys());
           }},
      {.name = "metrics",
       .method = "GET",
       .pattern = "/metrics",
       .who = Who::anyone,
       .handle =
           [this](Call&) {
             return handlers::metrics_page(
                 tally_, database_,
                 {ROOMKEY_VERSION, config_.backup_directory, config_.certificate_file});
           }},
  };
}

}  // namespace roomkey::worker
