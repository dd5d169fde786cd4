#include "roomkey/handlers/serve.hpp"

#include "handlers/door.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

base::Result<access::Appointment> appointment_of(const http::Call& call,
                                                 store::Database& database) {
  auto appointment = store::find_appointment(database, call.id);
  if (!appointment) return base::Error{base::Code::appointment_not_found};
  return std::move(*appointment);
}

store::AuditEvent event_of(const http::Call& call, std::string_view action,
                           store::Outcome outcome) {
  return {.at = call.now,
          .request_id = std::string(call.request.request_id),
          .user_id = call.caller().id,
          .appointment_id = call.id > 0 ? std::optional(call.id) : std::nullopt,
          .action = std::string(action),
          .outcome = outcome};
}

void expect(const http::Call& call, std::int64_t user_id, store::Database& database) {
  store::expect_user(database, user_id);
  if (call.id > 0) store::expect_appointment(database, call.id);
}

base::Result<http::Response> serve(const http::Route& route, http::Call& call, std::int64_t user_id,
                                   store::Database& database, Refusals& refusals) {
  database.ready();
  std::optional<store::Transaction> transaction;
  if (route.transaction == http::Transaction::shared) {
    transaction.emplace(database, store::Lock::last);
    expect(call, user_id, database);
  }
  call.authenticated = store::find_user(database, user_id);
  if (!call.authenticated || !call.authenticated->active) {
    return base::Error{base::Code::user_unknown, "The token's user is unknown or inactive"};
  }
  auto response = route.serve(call);
  if (!response) {
    // Whatever the handler did before it refused is undone.
    if (transaction) transaction->roll_back();
    store::AuditEvent refusal = event_of(call, route.name, store::Outcome::refused);
    refusal.reason = std::string(base::word(response.error().code));
    if (response.error().code == base::Code::waiting) {
      note_waiting(database, call.id, visitor_name(user_id), refusal);
    } else {
      refusals.note(database, refusal);
    }
  } else if (transaction) {
    transaction->commit();
  }
  return response;
}

void serve_together(store::Database& database, Refusals& refusals,
                    const std::function<void()>& work) {
  database.ready();
  store::Transaction transaction(database, store::Lock::last);
  refusals.begin();
  try {
    work();
    transaction.commit();
  } catch (...) {
    refusals.end(false);
    throw;
  }
  refusals.end(true);
}

}  // namespace roomkey::handlers
