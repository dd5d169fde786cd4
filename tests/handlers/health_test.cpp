#include "roomkey/handlers/health.hpp"

#include "roomkey/base/json.hpp"
#include "roomkey/provider/twilio/token.hpp"
#include "support/bare.hpp"
#include "support/full_disk.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
namespace stream = roomkey::provider::stream;
namespace twilio = roomkey::provider::twilio;

std::string check(const roomkey::http::Response& response, const char* name) {
  const auto body = accepted(roomkey::base::parse_json_object(response.body), response.body);
  return body["checks"][name].asString();
}

roomkey::http::Response ready(roomkey::store::Database& database,
                              twilio::Tokens twilio = twilio::Tokens(twilio_settings()),
                              stream::Tokens stream = stream::Tokens(stream_settings())) {
  return readyz(database, roomkey::handlers::Providers({&twilio, &stream}));
}

TEST(healthz_says_ok) {
  same(200, healthz().status);
  same(R"({"status":"ok"})", healthz().body);
}

TEST(ready_where_all_is_well_a_line_a_check) {
  MemoryStore store;
  const auto response = ready(store.database);
  same(200, response.status);
  same(0, response.headers.size());
  same(
      "{\"status\":\"ok\",\"checks\":{\n\"store\": \"ok\",\n\"schema\": \"ok\",\n"
      "\"bearer_keys\": \"ok\",\n\"twilio\": \"ok\",\n\"stream\": \"ok\"\n}}\n",
      response.body);
  const roomkey::store::Transaction free(store.database);
}

TEST(ready_on_a_store_that_knows_no_files) {
  const FileStore store;
  roomkey::store::Database bare(store.database.settings(), kBareDriver);
  same(200, ready(bare).status);
  const FullDisk not_looked_at;
  same(200, ready(bare).status);
}

TEST(a_provider_that_is_not_used_is_no_failure_and_half_a_provider_is_one) {
  MemoryStore store;
  const auto unused = ready(store.database, twilio::Tokens({}));
  same(200, unused.status);
  same("not configured", check(unused, "twilio"));
  auto settings = twilio_settings();
  settings.api_key.clear();
  const auto half = ready(store.database, twilio::Tokens(settings));
  same(503, half.status);
  same("TWILIO_API_KEY is not set", check(half, "twilio"));
  same("ok", check(half, "store"));
  const auto without = ready(store.database, twilio::Tokens({}), stream::Tokens({}));
  same(200, without.status);
  same("not configured", check(without, "stream"));
  const auto half_stream =
      ready(store.database, twilio::Tokens({}), stream::Tokens({"key", {}, 60min}));
  same(503, half_stream.status);
  same("STREAM_API_SECRET is not set", check(half_stream, "stream"));
}

TEST(not_ready_without_a_store) {
  const Folder folder;
  roomkey::store::Database missing(settings_at(folder.file("roomkey.db")));
  const auto response = ready(missing);
  same(503, response.status);
  same("Retry-After", response.headers.at(0).first);
  expect(contains(check(response, "store"), "unable to open"), response.body);
  expect(!contains(response.body, folder.path()), "a path: " + response.body);
}

TEST(not_ready_while_the_store_cannot_be_written) {
  FileStore store;
  Raw other(store.database.path());
  other.run("BEGIN IMMEDIATE");
  const auto locked = ready(store.database);
  same(503, locked.status);
  expect(contains(check(locked, "store"), "locked"), locked.body);
  same("ok", check(locked, "schema"));
  other.run("ROLLBACK");
  same(200, ready(store.database).status);
}

TEST(not_ready_on_a_full_disk) {
  FileStore store;
  same(200, ready(store.database).status);
  {
    const FullDisk full;
    const auto response = ready(store.database);
    same(503, response.status);
    same("the store: its disk is full", check(response, "store"));
    same("ok", check(response, "schema"));
  }
  same(200, ready(store.database).status);
}

TEST(not_ready_with_a_schema_of_another_version) {
  FileStore store;
  Raw(store.database.path()).run("PRAGMA user_version = 99");
  roomkey::store::Database worker(settings_at(store.database.path()));
  const auto response = ready(worker);
  same(503, response.status);
  expect(contains(check(response, "schema"), "newer"), response.body);
}

TEST(what_there_is_to_say_of_the_login_s_keys_is_said) {
  MemoryStore store;
  twilio::Tokens twilio(twilio_settings());
  const roomkey::handlers::Providers providers({&twilio});
  const auto kept = readyz(store.database, providers, "kept until then", true);
  same(200, kept.status);
  same("kept until then", check(kept, "bearer_keys"));
  const auto none = readyz(store.database, providers, "none", false);
  same(503, none.status);
  same("none", check(none, "bearer_keys"));
}

}  // namespace
