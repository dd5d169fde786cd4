// What a worker does while its store is locked, full, missing or changed.
#include "support/captured_log.hpp"
#include "support/code_of.hpp"
#include "support/test.hpp"
#include "worker/app_clinic.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

TEST(what_the_booking_system_puts_counts_from_the_next_request_on) {
  AppClinic clinic;
  {
    store::Transaction transaction(clinic.app.database());
    store::put_user(transaction, clinic.app.database(), someone(access::Role::service));
    transaction.commit();
  }
  same(200, clinic.ask("GET", kToken).status);
  same(200, clinic
                .put("/api/appointments/47",
                     R"({"patient_id":2,"psychologist_id":19,"status":"cancelled",)"
                     R"("appointment_date":"2025-11-16T09:00:00Z","duration_minutes":60})",
                     5)
                .status);
  same(409, clinic.ask("GET", kToken).status);
  same(200, clinic
                .put("/api/users/2/",
                     R"({"email":"j@example.com","name":"J","role":"patient","active":false})", 5)
                .status);
  same(401, clinic.ask("GET", kToken).status);
  same(403, clinic.put("/api/users/2/", "{}", 19).status);
  const auto events = audit_of(clinic.app.database());
  same("user_put", events.back().action);
  expect(!events.back().appointment_id, "a user's id is no appointment's");
}

TEST(no_token_leaves_without_its_event) {
  const CapturedLog log;
  const Folder folder;
  AppClinic clinic(folder.file("roomkey.db"));
  Raw(folder.file("roomkey.db"))
      .run("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'x'); END");
  for (const auto path : {kToken, std::string_view("/api/appointments/video-token-refresh/47/")}) {
    const auto response = clinic.ask("GET", path);
    same(503, response.status, response.body);
    same("store_unavailable", code_of(response));
    expect(!contains(response.body, "eyJ"), "a token");
  }
  same("503", std::to_string(clinic.ask("GET", "/api/appointments/video-token/99/").status),
       "nor a refusal");
  same(200, clinic.ask("GET", "/api/appointments/47/").status, "what needs no event goes on");
}

TEST(a_locked_store_gives_no_token_and_recovers) {
  const CapturedLog log;
  const Folder folder;
  AppClinic clinic(folder.file("roomkey.db"));
  Raw other(folder.file("roomkey.db"));
  other.run("BEGIN IMMEDIATE");
  const auto response = clinic.ask("GET", kToken);
  same(503, response.status);
  same("Retry-After", response.headers.at(0).first);
  expect(!contains(response.body, "eyJ") && !contains(response.body, folder.path()));
  other.run("ROLLBACK");
  same(200, clinic.ask("GET", kToken).status);
  same(1, audit_of(clinic.app.database()).size());
}

TEST(a_store_that_is_missing_is_a_503_that_heals_itself) {
  const CapturedLog log;
  const Folder folder;
  const FakeClock clock;
  worker::App app(config_at(folder.file("roomkey.db")), clock);
  http::Request request;
  request.method = "GET";
  request.path = kToken;
  const std::string header = "Bearer " + access::make_bearer(2, hs256_rules(), kNine, 5min);
  request.authorization = header;
  same(503, app.answer(request).status);
  {
    store::Database made(settings_at(folder.file("roomkey.db")));
    fill(made);
  }
  same(200, app.answer(request).status);
}

}  // namespace
