#include "roomkey/access/bearer.hpp"

#include <filesystem>
#include <iostream>

#include "cli/commands.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli {

namespace {

// On a server: one that was migrated. Throws base::Unavailable where nobody can tell.
bool is_made(const store::Settings& settings) {
  store::Database database(settings);
  database.ready(store::Schema::any);
  return database.schema() > 0;
}

// A token for testing needs no store, only a key; but where there is one, its audit knows of it.
bool has_store(const Session& session) {
  if (session.database.files() == nullptr) return is_made(session.database.settings());
  std::error_code fault;
  const bool there = std::filesystem::exists(session.database.path(), fault);
  return there || fault;  // one that can't even be looked at may be there
}

void note(Session& session, std::int64_t user_id, std::chrono::sys_seconds expires_at) {
  session.database.ready();
  store::append_audit(session.database,
                      {0, session.now, "cli", std::nullopt, std::nullopt, "bearer_made",
                       store::Outcome::changed, "user " + std::to_string(user_id), expires_at});
}

}  // namespace

int bearer(Session& session, std::int64_t user_id, std::chrono::minutes validity) {
  if (!session.config.bearer) {
    return fail(config::kExitConfig, session.config.bearer_missing.value().text());
  }
  if (!crypto::is_hmac(session.config.bearer->keys.algorithm)) {
    return fail(kFailed, "no bearer token can be made with a public key",
                "take one from the clinic's login, which has the private key");
  }
  const auto expires_at = session.now + validity;
  if (has_store(session)) note(session, user_id, expires_at);
  const std::string token =
      access::make_bearer(user_id, *session.config.bearer, session.now, validity);
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("token", token)
                     .add("user_id", user_id)
                     .add("expires_at", base::format_utc(expires_at))
                     .text()
              << '\n';
  } else {
    std::cout << token << '\n';
  }
  return kDone;
}

}  // namespace roomkey::cli
