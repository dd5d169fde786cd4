// The parts of the token route in-process: what each costs, and the whole answer() around them.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "roomkey/base/file.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/config/config.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/rooms.hpp"
#include "roomkey/store/users.hpp"
#include "worker/app.hpp"

namespace {

using namespace roomkey;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
const base::SystemClock kClock;

access::BearerRules rules() {
  access::BearerRules made{crypto::KeySet{crypto::Algorithm::hs256, {}}, "", ""};
  made.keys.keys.push_back(crypto::Key::from_secret(kSecret, crypto::Algorithm::hs256).value());
  return made;
}

provider::twilio::TokenSettings twilio() {
  return {"AC0123456789abcdef0123456789abcdef", "SK0123456789abcdef0123456789abcdef",
          crypto::Secret(kSecret), "au1"};
}

// A store file of its own for each benchmark, with one appointment.
class Folder {
 public:
  explicit Folder(store::Sync sync, const std::string& provider = "twilio")
      : path_(std::filesystem::temp_directory_path() /
              ("roomkey-bench-" + std::to_string(getpid()) + std::to_string(++count_))),
        settings_{(path_ / "roomkey.db").string(), sync} {
    settings_.room_provider = provider;
    std::filesystem::create_directories(path_);
    store::Database database(settings_);
    database.migrate();
    store::Transaction transaction(database);
    store::put_user(transaction, database, {2, "jane.doe@example.com", "Jane Doe"});
    store::put_user(transaction, database,
                    {19, "dr.sarah@example.com", "Dr. Sarah", access::Role::psychologist});
    store::put_appointment(transaction, database, appointment());
    // For long, where rooms have to be made first.
    const auto later = kClock.now() + std::chrono::hours{1};
    if (provider == "janus") {
      store::put_room_answer(
          transaction, database, 47,
          {"apt-47", access::SessionStatus::in_progress, kClock.now(), {}, {}, later});
    }
    transaction.commit();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  static access::Appointment appointment() {
    return {47,
            2,
            19,
            kClock.now(),
            std::chrono::minutes{60},
            access::Status::scheduled,
            access::SessionType::telehealth,
            access::Room{"apt-47-1763138954-46eb915c", kClock.now()},
            {},
            access::Door{}};
  }
  [[nodiscard]] const store::Settings& settings() const { return settings_; }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
  store::Settings settings_;
};

void verify_bearer(benchmark::State& state) {
  const auto known = rules();
  const auto token = access::make_bearer(2, known, kClock.now(), std::chrono::hours{1});
  for (auto _ : state) {
    benchmark::DoNotOptimize(access::verify_bearer(token, known, kClock.now()).value());
  }
}
BENCHMARK(verify_bearer);

void decide(benchmark::State& state) {
  const auto appointment = Folder::appointment();
  const access::User caller{2, "jane.doe@example.com", "Jane Doe"};
  for (auto _ : state) {
    benchmark::DoNotOptimize(access::decide(appointment, caller, kClock.now(), {}).value());
  }
}
BENCHMARK(decide);

void mint(benchmark::State& state) {
  const provider::twilio::Tokens provider(twilio());
  const access::Grant grant{47, "apt-47-1763138954-46eb915c", 2, "jane.doe@example.com",
                            std::chrono::minutes{90}};
  for (auto _ : state) benchmark::DoNotOptimize(provider.mint(grant, kClock.now()).value());
}
BENCHMARK(mint);

void store_read(benchmark::State& state) {
  const Folder folder(store::Sync::normal);
  store::Database database(folder.settings());
  for (auto _ : state) {
    database.ready();
    benchmark::DoNotOptimize(store::find_user(database, 2));
    benchmark::DoNotOptimize(store::find_appointment(database, 47));
  }
}
BENCHMARK(store_read);

void audit_commit(benchmark::State& state) {
  const Folder folder(state.range(0) == 0 ? store::Sync::normal : store::Sync::full);
  store::Database database(folder.settings());
  database.ready();
  const store::AuditEvent event{.at = kClock.now(),
                                .request_id = "0123456789abcdef0123456789abcdef",
                                .user_id = 2,
                                .appointment_id = 47,
                                .action = "video_token",
                                .outcome = store::Outcome::granted,
                                .expires_at = kClock.now()};
  for (auto _ : state) store::append_audit(database, event);
}
BENCHMARK(audit_commit)->ArgName("full")->Arg(0)->Arg(1);

void count_answer(benchmark::State& state) {
  const Folder folder(store::Sync::normal);
  const auto directory = std::filesystem::path(folder.settings().path).parent_path().string();
  const metrics::Tally tally({{"video_token"}, {}, {}}, directory);
  for (auto _ : state) tally.answered({0, 200, {}, std::chrono::microseconds{300}});
}
BENCHMARK(count_answer);

void whole_answer(benchmark::State& state) {
  const Folder folder(store::Sync::normal);
  config::Config config;
  config.store = folder.settings();
  config.bearer = rules();
  config.twilio.token = twilio();
  const std::string header =
      "Bearer " + access::make_bearer(2, *config.bearer, kClock.now(), std::chrono::hours{1});
  const worker::App app(std::move(config), kClock);
  http::Request request;
  request.method = "GET";
  request.path = "/api/appointments/video-token/47/";
  request.authorization = header;
  request.request_id = "0123456789abcdef0123456789abcdef";
  for (auto _ : state) {
    if (app.answer(request).status != 200) state.SkipWithError("no token");
  }
}
BENCHMARK(whole_answer);

// What each provider's tokens need; Twilio's are there besides.
std::vector<std::pair<std::string, std::string>> variables_of(const std::string& provider) {
  const std::string secret(kSecret);
  if (provider == "stream") return {{"STREAM_API_KEY", "key"}, {"STREAM_API_SECRET", secret}};
  if (provider == "livekit") {
    return {{"LIVEKIT_URL", "wss://live.clinic.example"},
            {"LIVEKIT_API_KEY", "APIclinic"},
            {"LIVEKIT_API_SECRET", secret}};
  }
  if (provider == "jitsi") {
    return {{"JITSI_DOMAIN", "meet.clinic.example"},
            {"JITSI_APP_ID", "clinic"},
            {"JITSI_APP_SECRET", secret}};
  }
  if (provider == "janus") {
    return {{"JANUS_URL", "wss://video.clinic.example/janus"}, {"JANUS_TOKEN_SECRET", secret}};
  }
  if (provider == "custom") {
    return {{"ROOMKEY_TOKEN_TEMPLATE_FILE", "tests/support/template.json"},
            {"ROOMKEY_TOKEN_KEY", secret}};
  }
  return {};
}

// By RS256, with a key of the golden tokens'.
std::vector<std::pair<std::string, std::string>> jaas() {
  const auto golden = base::parse_json(base::read_file("tests/vendor/jitsi_golden.json").value());
  for (const Json::Value& one : *golden) {
    if (one["private_key"].asString().empty()) continue;
    return {{"JITSI_DOMAIN", "8x8.vc"},
            {"JITSI_APP_ID", one["app_id"].asString()},
            {"JITSI_KEY_ID", one["key_id"].asString()},
            {"JITSI_PRIVATE_KEY", one["private_key"].asString()}};
  }
  throw std::runtime_error("no golden token of JaaS's");
}

config::Config configured(const std::string& provider) {
  config::Environment environment;
  environment.set("ROOMKEY_JWT_SECRET", std::string(kSecret));
  const bool guarded = provider == "guarded";
  environment.set("ROOMKEY_PERSON_RATE", guarded ? "10000" : "off");
  if (guarded) environment.set("ROOMKEY_AUDIT_KEY", std::string(64, 'a'));
  environment.set("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef");
  environment.set("TWILIO_API_KEY", "SK0123456789abcdef0123456789abcdef");
  environment.set("TWILIO_API_SECRET", std::string(kSecret));
  environment.set("ROOMKEY_PROVIDER", provider == "jaas" ? "jitsi" : guarded ? "twilio" : provider);
  for (const auto& [name, value] : provider == "jaas" ? jaas() : variables_of(provider)) {
    environment.set(name, value);
  }
  config::Faults faults;
  auto config = config::read_config(environment, faults);
  for (const auto& fault : faults) throw std::runtime_error(fault.text());
  return config;
}

// As a worker of the token pool answers, where the room's provider is this one, and the room is
// there.
void answer_of(benchmark::State& state, const std::string& provider) {
  auto config = configured(provider);
  auto settings = config.store;
  const Folder folder(store::Sync::normal, settings.room_provider);
  settings.path = folder.settings().path;
  settings.sync = store::Sync::normal;
  config.store = settings;
  const std::string header =
      "Bearer " + access::make_bearer(2, *config.bearer, kClock.now(), std::chrono::hours{1});
  worker::App app(std::move(config), kClock);
  app.join("token");
  http::Request request;
  request.method = "GET";
  request.path = "/api/appointments/video-token/47/";
  request.authorization = header;
  request.request_id = "0123456789abcdef0123456789abcdef";
  request.room_pool = "/room-pool";
  for (auto _ : state) {
    if (app.answer(request).status != 200) state.SkipWithError("no token");
  }
}
BENCHMARK_CAPTURE(answer_of, twilio, "twilio");
BENCHMARK_CAPTURE(answer_of, guarded,
                  "guarded");  // Twilio's, each person counted, each event with a MAC
BENCHMARK_CAPTURE(answer_of, stream, "stream");
BENCHMARK_CAPTURE(answer_of, livekit, "livekit");
BENCHMARK_CAPTURE(answer_of, jitsi, "jitsi");
BENCHMARK_CAPTURE(answer_of, jaas, "jaas");
BENCHMARK_CAPTURE(answer_of, janus, "janus");
BENCHMARK_CAPTURE(answer_of, custom, "custom");

}  // namespace

int main(int argc, char** argv) {
  base::set_up_log("error");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
