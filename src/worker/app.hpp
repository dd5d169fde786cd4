// The one place where all is wired: routes (routes.cpp), store, providers, rules.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "roomkey/config/config.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/handlers/refusals.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/handlers/token.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/metrics/tally.hpp"
#include "worker/limits.hpp"

namespace roomkey::worker {

class App final : private http::Gate {
 public:
  // config.bearer must be set. The clock must outlive the App.
  App(config::Config config, const base::Clock& clock);
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // As Router::answer().
  void answer(std::span<const http::Request> requests, const http::Send& send) const {
    router_->answer(requests, send);
  }
  [[nodiscard]] http::Response answer(const http::Request& request) const {
    return router_->answer(request);
  }
  [[nodiscard]] bool shares_transaction(const http::Request& request) const {
    return router_->shares_transaction(request);
  }
  [[nodiscard]] store::Database& database() { return database_; }
  // Does what was put off, once all are answered. Returns when that is to be asked again, where
  // nobody comes before.
  [[nodiscard]] std::optional<std::chrono::seconds> rest();
  // At the end: whatever is put off still.
  void leave();
  // Once, by a worker: it counts among those of its pool from now on. Returns why it counts alone;
  // empty where it doesn't.
  std::string join(std::string_view pool);

 private:
  [[nodiscard]] std::vector<http::Route> routes();
  [[nodiscard]] base::Result<std::int64_t> authenticate(const http::Request& request,
                                                        std::chrono::sys_seconds now) override;
  [[nodiscard]] bool may_ask(std::int64_t user_id) override;
  [[nodiscard]] base::Result<http::Response> serve(const http::Route& route, http::Call& call,
                                                   std::int64_t user_id) override;
  void expect(const http::Call& call, std::int64_t user_id) override {
    handlers::expect(call, user_id, database_);
  }
  void together(const std::function<void()>& work) override;
  void done(const http::Done& what) override;
  template <typename Work>
  auto with_reserve(Work&& work);
  // Both return when they are to be called again.
  [[nodiscard]] std::optional<std::chrono::seconds> count_refusals();
  [[nodiscard]] std::optional<std::chrono::seconds> evict();

  [[nodiscard]] bool makes_rooms() const {
    return providers_.may_be_asked() && providers_.make_rooms();
  }
  [[nodiscard]] std::vector<http::Route> appointment_routes();
  [[nodiscard]] std::vector<http::Route> participant_routes();
  [[nodiscard]] std::vector<http::Route> guest_routes();
  [[nodiscard]] std::vector<http::Route> call_routes();
  [[nodiscard]] std::vector<http::Route> event_routes();
  [[nodiscard]] std::vector<http::Route> watch_routes();
  [[nodiscard]] base::Result<http::Response> give_token(http::Call& call, handlers::Issue issue,
                                                        std::string_view action);

  const base::Clock& clock_;
  config::Config config_;
  std::vector<std::unique_ptr<provider::Provider>> own_;
  handlers::Providers providers_;
  metrics::Tally tally_;
  Limits limits_;
  config::BearerKeys bearer_keys_;
  store::Database database_;
  handlers::Refusals refusals_;
  bool together_ = false;  // several requests are served in one transaction
  std::optional<http::Router> router_;
  std::chrono::nanoseconds evict_at_{};
  bool evicts_ = false;
  bool evicted_ = true;  // when it tried last
};

}  // namespace roomkey::worker
