// The routes of those who have no login, and of who invites them (routes.cpp has all others).
#include "roomkey/handlers/guests.hpp"
#include "worker/app.hpp"

namespace roomkey::worker {

using http::Call;
using http::Pool;
using http::Who;

std::vector<http::Route> App::guest_routes() {
  return {
      {.name = "guest_add",
       .method = "POST",
       .pattern = "/api/appointments/video-guests/{id}/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .judge =
           [this](const Call& asked) {
             auto invitation = handlers::read_invitation(asked.body);
             return [this, invitation = std::move(invitation)](Call& call) {
               return handlers::add_guest(call, invitation, "guest_add", database_,
                                          config_.frontend_url);
             };
           }},
      {.name = "guest_list",
       .method = "GET",
       .pattern = "/api/appointments/video-guests/{id}/",
       .pool = Pool::room,
       .handle = [this](Call& call) { return handlers::list_guests(call, database_); }},
      {.name = "guest_revoke",
       .method = "POST",
       .pattern = "/api/appointments/video-guests/{id}/{user}/revoke/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .handle =
           [this](Call& call) {
             return handlers::revoke_guest(call, "guest_revoke", database_, providers_);
           }},
      {.name = "guest_unbind",
       .method = "POST",
       .pattern = "/api/appointments/video-guests/{id}/{user}/unbind/",
       .pool = Pool::room,
       .body_limit = http::kSmallBody,
       .handle =
           [this](Call& call) { return handlers::unbind_guest(call, "guest_unbind", database_); }},
      // Without a login: nothing but the code says who asks.
      {.name = "guest_token",
       .method = "POST",
       .pattern = "/api/video-guest/token/",
       .who = Who::anyone,
       .body_limit = http::kSmallBody,
       .judge =
           [this](const Call& asked) {
             auto wanted = handlers::read_guest_code(asked.body);
             return [this, wanted = std::move(wanted)](Call& call) {
               return handlers::guest_token(call, wanted, "guest_token", database_, refusals_,
                                            config_.policy, providers_);
             };
           }},
  };
}

}  // namespace roomkey::worker
