#include "roomkey/handlers/health.hpp"

#include "roomkey/base/json.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/files.hpp"

namespace roomkey::handlers {

namespace {

constexpr std::string_view kOk = "ok";

// "ok" where the store can be written now, else why not.
std::string store_check(store::Database& database) {
  try {
    database.ready();
    if (const auto* files = database.files()) files->probe_room(database);
    store::Transaction undone(database);
    store::append_audit(undone, database, {.request_id = "readyz", .action = "readyz"});
    store::write_events(undone, database);
    return std::string(kOk);
  } catch (const base::Unavailable& fault) {
    return fault.what();
  }
}

std::string schema_check(store::Database& database) {
  try {
    database.ready();
    return std::string(kOk);
  } catch (const base::Unavailable& fault) {
    return fault.what();
  }
}

}  // namespace

http::Response healthz() { return {200, base::JsonObject().add("status", kOk).text()}; }

http::Response readyz(store::Database& database, const Providers& providers,
                      std::string_view bearer_keys, bool has_keys) {
  const std::string store = store_check(database);
  const std::string schema = schema_check(database);
  bool ready = store == kOk && schema == kOk && has_keys;
  std::string checks;
  const auto line = [&](std::string_view name, std::string_view result) {
    checks += checks.empty() ? "{\n" : ",\n";
    base::append_quoted(checks, name);
    checks += ": ";
    base::append_quoted(checks, result);
  };
  line("store", store);
  line("schema", schema);
  line("bearer_keys", bearer_keys);
  for (const provider::Provider* provider : providers) {
    const bool mints = provider->fault().empty();
    line(provider->name(), provider->unused() ? "not configured" : mints ? kOk : provider->fault());
    ready = ready && (mints || provider->unused());
  }
  base::JsonObject body;
  body.add("status", ready ? kOk : "unavailable").add_raw("checks", checks + "\n}");
  http::Response response{ready ? 200 : 503, body.text() + '\n'};
  if (!ready) response.headers.emplace_back("Retry-After", "2");
  return response;
}

}  // namespace roomkey::handlers
