// The token route in-process as the store grows by powers of ten: CPU per token for appointments
// anywhere in it, allocations per token, memory, the file's size, and how long the audit takes to
// verify. One store grows through all sizes, so that all rows are of one run.
//
//   bench-scale FOLDER [MOST APPOINTMENTS [MOST EVENTS]]     (1,000,000 and 10,000,000)
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>

#include "roomkey/base/log.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/users.hpp"
#include "worker/app.hpp"

namespace {

// Every allocation of the process, also those of C libraries.
std::atomic<std::int64_t> allocations{0};

}  // namespace

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_realloc(void* before, std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
extern "C" void* realloc(void* before, std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(before, size);
}
extern "C" void* calloc(std::size_t count, std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}

namespace {

using namespace roomkey;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t kPeople = 1000;  // patients 1 to 1000, psychologists 1001 to 2000
constexpr int kTokens = 20000;
const base::SystemClock kClock;

access::BearerRules rules() {
  access::BearerRules made{crypto::KeySet{crypto::Algorithm::hs256, {}}, "", ""};
  made.keys.keys.push_back(crypto::Key::from_secret(kSecret, crypto::Algorithm::hs256).value());
  return made;
}

std::int64_t patient_of(std::int64_t appointment) { return appointment % kPeople + 1; }

void add_people(store::Database& database) {
  store::Transaction transaction(database);
  for (std::int64_t id = 1; id <= 2 * kPeople; ++id) {
    const auto role = id > kPeople ? access::Role::psychologist : access::Role::patient;
    store::put_user(transaction, database,
                    {id, "person." + std::to_string(id) + "@example.com", "A Person", role});
  }
  transaction.commit();
}

void add_appointments(store::Database& database, std::int64_t from, std::int64_t to) {
  while (from <= to) {
    store::Transaction transaction(database);
    for (const auto end = std::min(to, from + 9999); from <= end; ++from) {
      store::put_appointment(
          transaction, database,
          {from, patient_of(from), patient_of(from) + kPeople, kClock.now(),
           std::chrono::minutes{60}, access::Status::scheduled, access::SessionType::telehealth,
           access::Room{"apt-" + std::to_string(from) + "-1763138954-46eb915c", kClock.now()}});
    }
    transaction.commit();
  }
}

void add_events(store::Database& database, std::int64_t from, std::int64_t to,
                std::int64_t appointments) {
  while (from < to) {
    store::Transaction transaction(database);
    for (const auto end = std::min(to, from + 50000); from < end; ++from) {
      const auto appointment = from % appointments + 1;
      store::append_audit(
          transaction, database,
          {0, kClock.now(), "0123456789abcdef0123456789abcdef", patient_of(appointment),
           appointment, "video_token", store::Outcome::granted, std::nullopt, kClock.now()});
    }
    transaction.commit();
  }
}

double cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

struct Cost {
  double microseconds;
  double allocations;
};

// CPU and allocations of a token, over appointments anywhere in the store.
Cost cost_of_a_token(const worker::App& app, std::int64_t appointments) {
  std::mt19937_64 any(appointments);
  std::vector<std::pair<std::string, std::string>> asked;
  for (int i = 0; i < kTokens; ++i) {
    const auto id = static_cast<std::int64_t>(any() % static_cast<std::uint64_t>(appointments)) + 1;
    asked.emplace_back("/api/appointments/video-token/" + std::to_string(id) + "/",
                       "Bearer " + access::make_bearer(patient_of(id), rules(), kClock.now(),
                                                       std::chrono::hours{1}));
  }
  http::Request request;
  request.method = "GET";
  request.request_id = "0123456789abcdef0123456789abcdef";
  const double before = cpu_seconds();
  const auto allocations_before = allocations.load();
  for (const auto& [path, authorization] : asked) {
    request.path = path;
    request.authorization = authorization;
    if (app.answer(request).status != 200) std::abort();
  }
  return {(cpu_seconds() - before) / kTokens * 1e6,
          static_cast<double>(allocations.load() - allocations_before) / kTokens};
}

std::string resident_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return line.substr(line.find_first_of("0123456789"));
  }
  return "?";
}

void measure(store::Database& database, const worker::App& app, std::int64_t appointments,
             double& first) {
  const Cost cost = cost_of_a_token(app, appointments);
  if (first == 0) first = cost.microseconds;
  const auto started = std::chrono::steady_clock::now();
  const auto verdict = store::verify_audit(database);
  const std::chrono::duration<double> verified = std::chrono::steady_clock::now() - started;
  if (!verdict.fault.empty()) std::abort();
  std::printf(
      "| %lld | %lld | %.1f | %.2f | %.0f | %s | %.1f | %.2f |\n",
      static_cast<long long>(appointments), static_cast<long long>(verdict.events),
      cost.microseconds, cost.microseconds / first, cost.allocations, resident_memory().c_str(),
      static_cast<double>(std::filesystem::file_size(database.path())) / 1e6, verified.count());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::int64_t most_appointments = argc > 2 ? std::atoll(argv[2]) : 1'000'000;
  const std::int64_t most_events = argc > 3 ? std::atoll(argv[3]) : 10'000'000;
  base::set_up_log("error");
  const std::filesystem::path folder(argv[1]);
  std::filesystem::create_directories(folder);
  const store::Settings settings{folder / "roomkey.db", store::Sync::normal};
  store::Database database(settings);
  database.migrate();
  add_people(database);
  config::Config config;
  config.store = settings;
  config.bearer = rules();
  config.twilio.token = {"AC0123456789abcdef0123456789abcdef", "SK0123456789abcdef0123456789abcdef",
                         crypto::Secret(kSecret), "au1"};
  const worker::App app(std::move(config), kClock);
  std::puts(
      "| appointments | events | CPU us a token | of the first | allocations | memory |"
      " file MB | verify s |\n|---|---|---|---|---|---|---|---|");
  std::int64_t appointments = 0;
  double first = 0;
  for (std::int64_t size = 100; size <= most_events; size *= 10) {
    const auto wanted = std::min(size, most_appointments);
    add_appointments(database, appointments + 1, wanted);
    appointments = wanted;
    add_events(database, store::audit_head(database).id, size, appointments);
    measure(database, app, appointments, first);
  }
}
