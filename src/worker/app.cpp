#include "worker/app.hpp"

#include <algorithm>
#include <utility>

#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/evictions.hpp"
#include "roomkey/store/files.hpp"
#include "roomkey/store/users.hpp"
#include "worker/layout.hpp"

namespace roomkey::worker {

namespace {

using namespace std::chrono_literals;

// While it lives, the flag is up.
class Together {
 public:
  explicit Together(bool& flag) : flag_(flag) { flag_ = true; }
  ~Together() { flag_ = false; }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

 private:
  bool& flag_;
};

metrics::Outcome outcome_of(provider::Outcome outcome) {
  switch (outcome) {
    case provider::Outcome::answered: return metrics::Outcome::answered;
    case provider::Outcome::refused: return metrics::Outcome::refused;
    case provider::Outcome::unreachable: return metrics::Outcome::unreachable;
  }
  throw std::logic_error("an outcome without a name");
}

// One of each kind. What they ask is counted, the kinds' requests one after the other.
std::vector<std::unique_ptr<provider::Provider>> make_all(const provider::Settings& settings,
                                                          const metrics::Tally& tally) {
  std::vector<std::unique_ptr<provider::Provider>> all;
  std::size_t first = 0;
  for (const provider::Kind* const kind : provider::all()) {
    all.push_back(
        kind->make(settings, [&tally, first](std::size_t request, provider::Outcome outcome) {
          tally.called(first + request, outcome_of(outcome));
        }));
    first += kind->requests().size();
  }
  return all;
}

// Somebody waits: what the store can't do by then is answered with 503.
store::Settings settings_of_a_worker(store::Settings settings) {
  settings.checkpoints_beside = true;
  settings.answer_within = 1500ms;
  return settings;
}

std::vector<provider::Provider*> pointers_to(
    const std::vector<std::unique_ptr<provider::Provider>>& all) {
  std::vector<provider::Provider*> pointers;
  pointers.reserve(all.size());
  for (const auto& one : all) pointers.push_back(one.get());
  return pointers;
}

// SQLite can't always tell a disk that is full from one that fails.
bool is_out_of_room(base::Unavailable::Cause cause) {
  using Cause = base::Unavailable::Cause;
  return cause == Cause::disk_full || cause == Cause::quota || cause == Cause::disk_fails;
}

}  // namespace

using handlers::Issue;
using http::Call;

App::App(config::Config config, const base::Clock& clock)
    : clock_(clock),
      config_(std::move(config)),
      own_(make_all(config_, tally_)),
      providers_(pointers_to(own_)),
      tally_(layout_of(routes()), config_.metrics_directory),
      limits_(config_.person_rate, config_.metrics_directory),
      bearer_keys_(config_.bearer_files),
      database_(settings_of_a_worker(config_.store)),
      router_(std::in_place, routes(), static_cast<http::Gate&>(*this), clock) {
  // Those who use them have them by now.
  static_cast<provider::Settings&>(config_) = {};
}

base::Result<http::Response> App::give_token(Call& call, Issue issue, std::string_view action) {
  if (!makes_rooms()) {
    return handlers::video_token(call, issue, action, database_, config_.policy, providers_);
  }
  return handlers::video_token_and_room(call, issue, action, database_, config_.policy, providers_);
}

// Where the disk is full, its reserve is let go: what comes next is served, and somebody must hear
// of it.
template <typename Work>
auto App::with_reserve(Work&& work) {
  try {
    return work();
  } catch (const base::Unavailable& fault) {
    const auto* const files = database_.files();
    if (is_out_of_room(fault.cause()) && files != nullptr && files->let_reserve_go(database_)) {
      base::log_error("event=reserve_let_go fault=" + base::log_value(fault.what()));
    }
    throw;
  }
}

// Who is refused too often hears so from then on. But an expired token was somebody's once, and
// nginx counts each token by itself: those who share an address with a forger are told to log in
// anew.
base::Result<std::int64_t> App::authenticate(const http::Request& request,
                                             std::chrono::sys_seconds now) {
  bearer_keys_.renew(config_.bearer->keys, now);
  auto user_id = access::authenticate(request.authorization, *config_.bearer, now);
  if (user_id || user_id.error().code == base::Code::token_expired) return user_id;
  if (limits_.refuse(request.header("REMOTE_ADDR"), clock_.steady())) return user_id;
  return base::Error{base::Code::rate_limited};
}

// The store is asked who it is only where the limit is reached, and never for its lock.
bool App::may_ask(std::int64_t user_id) {
  if (limits_.ask(user_id, clock_.steady())) return true;
  database_.ready();
  const auto user = store::find_user(database_, user_id);
  return user && user->role == access::Role::service;
}

// A transaction that others share is tried once more as a whole (Router), never a part of it.
base::Result<http::Response> App::serve(const http::Route& route, Call& call,
                                        std::int64_t user_id) {
  const auto id = call.id;
  const auto serve_once = [&] {
    return with_reserve(
        [&] { return handlers::serve(route, call, user_id, database_, refusals_); });
  };
  try {
    return serve_once();
  } catch (const base::Unavailable& fault) {
    const bool undone = route.transaction == http::Transaction::shared && !together_;
    if (fault.cause() != base::Unavailable::Cause::conflict || !undone) throw;
  }
  call.id = id;
  return serve_once();
}

void App::together(const std::function<void()>& work) {
  const Together together(together_);
  with_reserve([&] { handlers::serve_together(database_, refusals_, work); });
}

std::optional<std::chrono::seconds> App::rest() {
  const auto refusals = count_refusals();
  const auto evictions = evict();
  return refusals && evictions ? std::min(refusals, evictions) : std::max(refusals, evictions);
}

// Another worker, or the command, may have left something to do.
std::optional<std::chrono::seconds> App::evict() {
  if (!evicts_) return std::nullopt;
  if (clock_.steady() < evict_at_) return 1s;
  try {
    handlers::carry_on(database_, providers_, clock_.now());
    evicted_ = true;
  } catch (const base::Unavailable& fault) {  // said once, not once a second
    if (std::exchange(evicted_, false)) {
      base::log_warn("event=evictions_put_off fault=" + base::log_value(fault.what()));
    }
  }
  evict_at_ = clock_.steady() + 1s;
  return 1s;
}

std::optional<std::chrono::seconds> App::count_refusals() {
  if (!refusals_.due()) return std::nullopt;
  try {
    refusals_.commit(database_, clock_.now());
  } catch (const base::Unavailable&) {  // as each request says; then it is tried again
  }
  const auto due = refusals_.due();
  if (!due) return std::nullopt;
  return std::clamp(*due - clock_.now(), 1s, handlers::Refusals::kApart);
}

void App::leave() {
  try {
    refusals_.commit_all(database_);
  } catch (const base::Unavailable& fault) {
    base::log_error(std::string("event=refusals_not_counted fault=") +
                    base::log_value(fault.what()));
  }
}

void App::done(const http::Done& what) {
  tally_.answered(
      {what.route, what.status, what.code, what.duration, what.provider, what.store_fault});
}

std::string App::join(std::string_view pool) {
  evicts_ = pool != "token";
  providers_ = handlers::Providers(pointers_to(own_), evicts_);
  router_.emplace(routes(), static_cast<http::Gate&>(*this),
                  clock_);  // whether it makes rooms is known by now
  tally_.started(pool);
  return tally_.fault();
}

}  // namespace roomkey::worker
