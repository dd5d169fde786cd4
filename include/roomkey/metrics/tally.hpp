// What the workers count, and how it is laid out in the counters that they share.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"
#include "roomkey/metrics/counters.hpp"
#include "roomkey/metrics/exposition.hpp"

namespace roomkey::metrics {

// A route that gives a provider's tokens: each answer of it that names the provider is one.
struct TokenRoute {
  std::string_view route, provider, kind;
};

// A request to a provider, by name; two providers may have one of the same name.
struct ProviderCall {
  std::string_view provider, name;
};

// A request that was answered.
struct Answered {
  std::size_t route;  // its place among Layout::routes; their number where the path is unknown
  int status;
  std::optional<base::Code> code;
  std::chrono::nanoseconds duration;
  std::string_view provider = {};  // whose token was given; empty: none was
  std::optional<base::Unavailable::Cause> store_fault = {};  // why it was 503
};

// What became of a request to a provider: it answered, or it refused, or nothing fit to read came.
enum class Outcome { answered, refused, unreachable };

struct Layout {
  std::vector<std::string_view> routes;
  std::vector<TokenRoute> tokens;
  std::vector<ProviderCall> calls;
};

class Tally {
 public:
  // The counters of all workers with this layout, in a file of `directory`; those of this process
  // alone where `directory` is empty or fault() says why. The file's name holds a hash of the
  // layout, so that two versions of roomkey never misread each other's.
  Tally(Layout layout, const std::string& directory);

  // Some atomic additions: no lock, no allocation, no system call.
  void answered(const Answered& answer) const;
  void called(std::size_t call, Outcome outcome) const;
  // Once: this process is a worker of that pool. Any name but "token" and "room" is "other".
  void started(std::string_view pool);

  // Why the workers don't count together; empty where they do.
  [[nodiscard]] std::string fault() const;

  void write(Exposition& out) const;

 private:
  void write_requests(Exposition& out) const;
  void write_refusals(Exposition& out) const;
  void write_store_faults(Exposition& out) const;
  void write_tokens(Exposition& out) const;
  void write_durations(Exposition& out) const;
  void write_calls(Exposition& out) const;
  void write_workers(Exposition& out) const;
  [[nodiscard]] std::string_view route_name(std::size_t route) const;
  [[nodiscard]] std::uint64_t requests(std::size_t route, std::size_t status) const;

  Layout layout_;
  std::size_t refusals_, store_faults_, durations_, tokens_, calls_,
      starts_;  // where each begins; requests are first
  std::string fault_;
  Counters counters_;
};

}  // namespace roomkey::metrics
