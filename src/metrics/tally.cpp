#include "roomkey/metrics/tally.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace roomkey::metrics {

namespace {

using base::Code;
using base::Unavailable;
using Cause = Unavailable::Cause;

// What a worker answers with; whatever else it might is "other".
constexpr std::array kStatuses{200, 201, 400, 401, 403, 404, 405,
                               409, 413, 422, 429, 500, 502, 503};
constexpr std::size_t kStatusCount = kStatuses.size() + 1;

struct Bucket {
  std::string_view name;  // its upper end, in seconds
  std::chrono::nanoseconds end;
};

using std::chrono::microseconds;
using std::chrono::milliseconds;
constexpr std::array kBuckets{
    Bucket{"0.00025", microseconds{250}}, Bucket{"0.0005", microseconds{500}},
    Bucket{"0.001", milliseconds{1}},     Bucket{"0.0025", microseconds{2500}},
    Bucket{"0.005", milliseconds{5}},     Bucket{"0.01", milliseconds{10}},
    Bucket{"0.025", milliseconds{25}},    Bucket{"0.05", milliseconds{50}},
    Bucket{"0.1", milliseconds{100}},     Bucket{"0.25", milliseconds{250}},
    Bucket{"0.5", milliseconds{500}},     Bucket{"1", milliseconds{1000}},
    Bucket{"2.5", milliseconds{2500}},    Bucket{"5", milliseconds{5000}},
    Bucket{"10", milliseconds{10000}}};
// Of each route: the buckets, what is beyond the last of them, and the sum in nanoseconds.
constexpr std::size_t kDurationCount = kBuckets.size() + 2;
constexpr std::size_t kSum = kDurationCount - 1;

constexpr std::array<std::string_view, 3> kOutcomes{"answered", "refused", "unreachable"};
constexpr std::array<std::string_view, 3> kPools{"token", "room", "other"};

std::size_t status_index(int status) {
  return static_cast<std::size_t>(std::find(kStatuses.begin(), kStatuses.end(), status) -
                                  kStatuses.begin());
}

std::string status_name(std::size_t index) {
  return index < kStatuses.size() ? std::to_string(kStatuses.at(index)) : "other";
}

// FNV-1a. The names come in the counters' order: with another layout they make another hash.
std::string hash_of(const Layout& layout) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xFF) * 0x100000001b3;
  };
  const auto add_all = [&](const auto& list) {
    for (const std::string_view name : list) add(name);
    add("");
  };
  add_all(layout.routes);
  for (std::size_t i = 0; i < kStatusCount; ++i) add(status_name(i));
  for (std::size_t i = 0; i < base::kCodeCount; ++i) add(word(static_cast<Code>(i)));
  for (std::size_t i = 0; i < Unavailable::kCauseCount; ++i) add(word(static_cast<Cause>(i)));
  for (const Bucket& bucket : kBuckets) add(bucket.name);
  for (const auto& [route, provider, kind] : layout.tokens) {
    for (const std::string_view part : {route, provider, kind}) add(part);
  }
  add("");
  for (const auto& [provider, name] : layout.calls) {
    for (const std::string_view part : {provider, name}) add(part);
  }
  add("");
  add_all(kOutcomes);
  add_all(kPools);
  std::array<char, 17> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "%016" PRIx64, hash));
  return text.data();
}

Counters counters_in(const std::string& directory, const Layout& layout, std::size_t size,
                     std::string& fault) {
  if (directory.empty()) {
    fault = "ROOMKEY_METRICS_DIR is not set";
    return Counters(size);
  }
  auto counters = Counters::open(directory + "/counters-" + hash_of(layout), size);
  if (counters) return std::move(*counters);
  fault = "ROOMKEY_METRICS_DIR: " + counters.error().detail;
  return Counters(size);
}

}  // namespace

Tally::Tally(Layout layout, const std::string& directory)
    : layout_(std::move(layout)),
      refusals_((layout_.routes.size() + 1) * kStatusCount),
      store_faults_(refusals_ + base::kCodeCount),
      durations_(store_faults_ + Unavailable::kCauseCount),
      tokens_(durations_ + (layout_.routes.size() + 1) * kDurationCount),
      calls_(tokens_ + layout_.tokens.size()),
      starts_(calls_ + layout_.calls.size() * kOutcomes.size()),
      counters_(counters_in(directory, layout_, starts_ + kPools.size(), fault_)) {}

void Tally::answered(const Answered& answer) const {
  counters_.add(answer.route * kStatusCount + status_index(answer.status));
  if (answer.code) counters_.add(refusals_ + static_cast<std::size_t>(*answer.code));
  if (answer.store_fault) {
    counters_.add(store_faults_ + static_cast<std::size_t>(*answer.store_fault));
  }
  const std::size_t durations = durations_ + answer.route * kDurationCount;
  const auto* const bucket = std::find_if(
      kBuckets.begin(), kBuckets.end(), [&](const Bucket& b) { return answer.duration <= b.end; });
  counters_.add(durations + static_cast<std::size_t>(bucket - kBuckets.begin()));
  counters_.add(durations + kSum, static_cast<std::uint64_t>(answer.duration.count()));
  for (std::size_t i = 0; !answer.provider.empty() && i < layout_.tokens.size(); ++i) {
    const TokenRoute& token = layout_.tokens[i];
    if (token.route != route_name(answer.route) || token.provider != answer.provider) continue;
    counters_.add(tokens_ + i);
  }
}

void Tally::called(std::size_t call, Outcome outcome) const {
  counters_.add(calls_ + call * kOutcomes.size() + static_cast<std::size_t>(outcome));
}

void Tally::started(std::string_view pool) {
  const auto* const last = kPools.end() - 1;
  const auto index =
      static_cast<std::size_t>(std::find(kPools.begin(), last, pool) - kPools.begin());
  counters_.add(starts_ + index);
  counters_.join(index);
}

std::string Tally::fault() const {
  return counters_.in_place() ? fault_ : "ROOMKEY_METRICS_DIR: the file was taken away";
}

std::string_view Tally::route_name(std::size_t route) const {
  return route < layout_.routes.size() ? layout_.routes[route] : "none";
}

std::uint64_t Tally::requests(std::size_t route, std::size_t status) const {
  return counters_.read(route * kStatusCount + status);
}

void Tally::write(Exposition& out) const {
  write_requests(out);
  write_refusals(out);
  write_store_faults(out);
  write_tokens(out);
  write_durations(out);
  write_calls(out);
  write_workers(out);
}

void Tally::write_requests(Exposition& out) const {
  out.family("roomkey_requests_total", "counter",
             "Requests that a worker answered, by route and HTTP status; those above 0.");
  for (std::size_t route = 0; route <= layout_.routes.size(); ++route) {
    for (std::size_t status = 0; status < kStatusCount; ++status) {
      const std::uint64_t count = requests(route, status);
      if (count == 0) continue;
      out.sample({{"route", route_name(route)}, {"status", status_name(status)}}, count);
    }
  }
}

void Tally::write_refusals(Exposition& out) const {
  out.family("roomkey_refusals_total", "counter", "Requests that were refused, by code.");
  for (std::size_t i = 0; i < base::kCodeCount; ++i) {
    out.sample({{"code", word(static_cast<Code>(i))}}, counters_.read(refusals_ + i));
  }
}

void Tally::write_store_faults(Exposition& out) const {
  out.family("roomkey_store_faults_total", "counter",
             "Requests that the store refused, by what it was.");
  for (std::size_t i = 0; i < Unavailable::kCauseCount; ++i) {
    out.sample({{"fault", word(static_cast<Cause>(i))}}, counters_.read(store_faults_ + i));
  }
}

void Tally::write_tokens(Exposition& out) const {
  out.family("roomkey_tokens_total", "counter", "Access tokens that were given.");
  for (std::size_t i = 0; i < layout_.tokens.size(); ++i) {
    const TokenRoute& token = layout_.tokens[i];
    out.sample({{"provider", token.provider}, {"kind", token.kind}}, counters_.read(tokens_ + i));
  }
}

void Tally::write_durations(Exposition& out) const {
  out.family("roomkey_request_duration_seconds", "histogram",
             "From a worker's taking a request to its answer, by route.");
  for (std::size_t route = 0; route <= layout_.routes.size(); ++route) {
    const std::string_view name = route_name(route);
    const std::size_t first = durations_ + route * kDurationCount;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kBuckets.size(); ++i) {
      count += counters_.read(first + i);
      out.sample({{"route", name}, {"le", kBuckets.at(i).name}}, count, "_bucket");
    }
    count += counters_.read(first + kBuckets.size());
    out.sample({{"route", name}, {"le", "+Inf"}}, count, "_bucket");
    const std::string sum = seconds_of(counters_.read(first + kSum));
    out.sample({{"route", name}}, std::string_view(sum), "_sum");
    out.sample({{"route", name}}, count, "_count");
  }
}

void Tally::write_calls(Exposition& out) const {
  out.family("roomkey_provider_calls_total", "counter",
             "Requests to the providers' APIs, by what became of them.");
  for (std::size_t call = 0; call < layout_.calls.size(); ++call) {
    const auto& [provider, name] = layout_.calls[call];
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
      out.sample({{"provider", provider}, {"call", name}, {"outcome", kOutcomes.at(i)}},
                 counters_.read(calls_ + call * kOutcomes.size() + i));
    }
  }
}

void Tally::write_workers(Exposition& out) const {
  out.family("roomkey_worker_starts_total", "counter", "Workers that were started, by pool.");
  for (std::size_t i = 0; i < kPools.size(); ++i) {
    out.sample({{"pool", kPools.at(i)}}, counters_.read(starts_ + i));
  }
  out.family("roomkey_workers", "gauge", "Workers that run now, by pool.");
  for (std::size_t i = 0; i < kPools.size(); ++i) {
    out.sample({{"pool", kPools.at(i)}}, counters_.present(i));
  }
}

}  // namespace roomkey::metrics
