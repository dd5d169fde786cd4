// `handlers` owns what each route does: one file for each group of routes. A handler is a free
// function whose arguments list what the route may touch.
#pragma once

#include <functional>

#include "roomkey/handlers/refusals.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/audit.hpp"

namespace roomkey::handlers {

// Runs a route's handler for a user: user_unknown unless the user is there and active; the refusal
// of a known user becomes an audit event, and
// that they have to wait one sign of life. All of it is committed when this returns: with
// Transaction::shared in one transaction, so that it decides on what no one else can change
// meanwhile.
[[nodiscard]] base::Result<http::Response> serve(const http::Route& route, http::Call& call,
                                                 std::int64_t user_id, store::Database& database,
                                                 Refusals& refusals);

// Within a transaction: serve() comes for it. What that reads first is asked for now, where the
// store is a server.
void expect(const http::Call& call, std::int64_t user_id, store::Database& database);

// The one that a call is about; appointment_not_found.
[[nodiscard]] base::Result<access::Appointment> appointment_of(const http::Call& call,
                                                               store::Database& database);

// What the audit keeps of a call; the caller must be known.
[[nodiscard]] store::AuditEvent event_of(const http::Call& call, std::string_view action,
                                         store::Outcome outcome);

// Runs `work`, which calls serve() for several, in one transaction that is committed when this
// returns. Throws std::logic_error, with all of it undone, where a handler refused after it had
// written: that can be undone only where it is served alone.
void serve_together(store::Database& database, Refusals& refusals,
                    const std::function<void()>& work);

}  // namespace roomkey::handlers
