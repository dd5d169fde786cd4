// The parts of the token route in-process: what each costs, and the whole answer() around them.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "roomkey/base/log.hpp"
#include "roomkey/store/appointments.hpp"
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
  explicit Folder(store::Sync sync)
      : path_(std::filesystem::temp_directory_path() /
              ("roomkey-bench-" + std::to_string(getpid()) + std::to_string(++count_))),
        settings_{(path_ / "roomkey.db").string(), sync} {
    std::filesystem::create_directories(path_);
    store::Database database(settings_);
    database.migrate();
    store::Transaction transaction(database);
    store::put_user(transaction, database, {2, "jane.doe@example.com", "Jane Doe"});
    store::put_user(transaction, database,
                    {19, "dr.sarah@example.com", "Dr. Sarah", access::Role::psychologist});
    store::put_appointment(transaction, database, appointment());
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

}  // namespace

int main(int argc, char** argv) {
  base::set_up_log("error");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
