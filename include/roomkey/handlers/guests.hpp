// The routes by which guests are invited, shown the door, and let in.
#pragma once

#include <optional>
#include <string>

#include "roomkey/access/decide.hpp"
#include "roomkey/access/guest.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/handlers/refusals.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// What a body says; bad_request where it is not what is asked for. Members that are not known are
// let pass.
struct Invitation {
  std::string name;
  access::GuestKind kind = access::GuestKind::other;
  std::optional<std::chrono::sys_seconds> expires_at = {};
};
struct GuestCode {
  std::string code;
  std::optional<std::string> device = {};
};
[[nodiscard]] base::Result<Invitation> read_invitation(const std::string& body);
[[nodiscard]] base::Result<GuestCode> read_guest_code(const std::string& body);

// POST video-guests: the answer has the code, which is nowhere else and never again. bad_request
// where it would have expired already; too_many_guests.
[[nodiscard]] base::Result<http::Response> add_guest(const http::Call& call,
                                                     const base::Result<Invitation>& invitation,
                                                     std::string_view action,
                                                     store::Database& database,
                                                     const std::string& frontend_url);

// GET video-guests: all who were ever invited, without codes.
[[nodiscard]] base::Result<http::Response> list_guests(const http::Call& call,
                                                       store::Database& database);

// POST video-guests/<id>/<guest id>/revoke (call.user_id is the guest's): remembered first, then
// out of the room at its provider, where that is possible, as by a removal. And unbind, so that the
// code is good for another device. guest_not_found for who is no guest of that appointment.
[[nodiscard]] base::Result<http::Response> revoke_guest(const http::Call& call,
                                                        std::string_view action,
                                                        store::Database& database,
                                                        const Providers& providers);
[[nodiscard]] base::Result<http::Response> unbind_guest(const http::Call& call,
                                                        std::string_view action,
                                                        store::Database& database);

// POST video-guest/token, from whoever has a code and nothing else. A code that is unknown, revoked
// or expired is guest_not_found and no audit event; what access::decide_guest() refuses besides is
// one. The first token binds the code to a `device`, which the answer tells and later requests must
// bring. Like video_token_and_room(), it has the provider make the room where it may.
[[nodiscard]] base::Result<http::Response> guest_token(
    http::Call& call, const base::Result<GuestCode>& wanted, std::string_view action,
    store::Database& database, Refusals& refusals, const access::Policy& policy,
    const Providers& providers);

}  // namespace roomkey::handlers
