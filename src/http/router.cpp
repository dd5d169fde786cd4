#include "roomkey/http/router.hpp"

#include <algorithm>
#include <chrono>

#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::http {

namespace {

using base::Code;
using base::Error;

// The next segment of a path that begins with `/`.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

struct Captured {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string_view text;
};

bool fits(std::string_view pattern, std::string_view path, Captured& captured) {
  while (pattern.size() > 1 && path.size() > 1 && path.front() == '/') {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted == "{id}" || wanted == "{user}") {
      const auto parsed = base::parse_id(given);
      if (!parsed) return false;
      (wanted == "{id}" ? captured.id : captured.user_id) = *parsed;
    } else if (wanted == "{text}") {
      if (given.empty()) return false;
      captured.text = given;
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.size() <= 1 && (path.empty() || path == "/");
}

// The methods of a route, each with `, ` behind it.
std::string methods_of(const Route& route) {
  std::string methods = std::string(route.method) + ", ";
  if (methods.starts_with("GET, ")) methods.insert(5, "HEAD, ");
  return methods;
}

bool answers(const Route& route, std::string_view method) {
  for (std::string_view left = route.method; !left.empty();) {
    const auto one = left.substr(0, left.find(", "));
    if (method == one || (method == "HEAD" && one == "GET")) return true;
    left.remove_prefix(std::min(left.size(), one.size() + 2));
  }
  return false;
}

// Not where the store has just been waited for in vain, or what was written may stand.
bool may_be_tried_again(const std::exception& exception) {
  using Cause = base::Unavailable::Cause;
  const auto* const fault = dynamic_cast<const base::Unavailable*>(&exception);
  if (fault == nullptr) return true;
  return fault->cause() != Cause::away && fault->cause() != Cause::locked &&
         fault->cause() != Cause::unknown_outcome;
}

bool is_conflict(const std::exception& exception) {
  const auto* const fault = dynamic_cast<const base::Unavailable*>(&exception);
  return fault != nullptr && fault->cause() == base::Unavailable::Cause::conflict;
}

}  // namespace

// A request on its way through the steps, and what its log line will tell.
struct Router::Visit {
  const Request& request;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  const Route* route = nullptr;
  std::optional<Call> call = {};
  std::int64_t id = 0;       // the call's, as its path has it
  std::int64_t user_id = 0;  // 0: nobody yet
  std::optional<Response> response = {};
  std::optional<Code> code = {};
  std::string fault = {};
  std::optional<base::Unavailable::Cause> store_fault = {};

  void refuse(const Error& error) {
    code = error.code;
    const bool log_why = error.code == Code::token_failed || error.code == Code::invalid_token ||
                         error.code == Code::provider_not_configured ||
                         error.code == Code::bad_signature ||
                         error.code == Code::provider_unavailable;
    if (log_why) fault = error.detail;
    response = error_response(error);
  }
  void fail(Code why, const std::exception& exception) {
    Error error{why};
    const auto* const unavailable = dynamic_cast<const base::Unavailable*>(&exception);
    if (unavailable != nullptr && unavailable->is_servers()) {
      error.retry_after = std::chrono::seconds{1};
    }
    refuse(error);
    fault = exception.what();
    if (unavailable != nullptr) store_fault = unavailable->cause();
  }
  void take(base::Result<Response> result) {
    if (result) {
      response = std::move(*result);
    } else {
      refuse(result.error());
    }
  }
  // Back to before step 5.
  void reopen() {
    call->id = id;
    call->authenticated.reset();
    call->provider = {};
    response.reset();
    code.reset();
    fault.clear();
    store_fault.reset();
  }
  // True where nothing but step 5 is missing, in a transaction that others may share.
  [[nodiscard]] bool will_share() const {
    return !response && route != nullptr && route->transaction == Transaction::shared;
  }

  // Runs a step; what it throws is the answer.
  template <typename Step>
  void guarded(Step&& step) {
    try {
      step();
    } catch (const base::Unavailable& exception) {
      fail(Code::store_unavailable, exception);
    } catch (const std::exception& exception) {
      fail(Code::internal_error, exception);
    }
  }

  void log(std::chrono::nanoseconds spent) const {
    base::log_request({request.request_id, user_id > 0 ? std::optional(user_id) : std::nullopt,
                       call && call->id > 0 ? std::optional(call->id) : std::nullopt,
                       route == nullptr ? "-" : route->name, request.method, response->status,
                       code ? base::word(*code) : "-", fault,
                       std::chrono::duration_cast<std::chrono::microseconds>(spent)});
  }
};

Router::Router(std::vector<Route> routes, Gate& gate, const base::Clock& clock)
    : routes_(std::move(routes)), gate_(gate), clock_(clock) {}

Router::Match Router::match(const Request& request) const {
  Match match;
  for (const Route& route : routes_) {
    Captured captured;
    if (!fits(route.pattern, request.path, captured)) continue;
    if (answers(route, request.method)) {
      return {&route, captured.id, captured.user_id, captured.text, ""};
    }
    match.allowed += methods_of(route);
  }
  return match;
}

bool Router::shares_transaction(const Request& request) const {
  const Match found = match(request);
  return found.route != nullptr && found.route->transaction == Transaction::shared;
}

void Router::admit(Visit& visit) const {
  const Match found = match(visit.request);
  if (found.route == nullptr && found.allowed.empty()) return visit.refuse({Code::not_found});
  if (found.route == nullptr) {
    visit.refuse({Code::method_not_allowed});
    visit.response->headers.emplace_back("Allow", found.allowed + "OPTIONS");
    return;
  }
  visit.route = found.route;
  visit.id = found.id;
  visit.call.emplace(Call{visit.request, clock_.now(), found.id, found.text});
  visit.call->user_id = found.user_id;
  check(visit);
}

void Router::check(Visit& visit) const {
  const std::size_t limit = visit.route->body_limit;
  if (limit > 0) {
    if (visit.request.content_length > limit) return visit.refuse({Code::payload_too_large});
    visit.call->body = visit.request.read_body(limit + 1);
    if (visit.call->body.size() > limit) return visit.refuse({Code::payload_too_large});
  }
  if (visit.route->who == Who::user) authenticate(visit);
  if (!visit.response && visit.route->judge) visit.call->judged = visit.route->judge(*visit.call);
}

void Router::authenticate(Visit& visit) const {
  const auto user_id = gate_.authenticate(visit.request, visit.call->now);
  if (!user_id) return visit.refuse(user_id.error());
  visit.user_id = *user_id;
  if (!gate_.may_ask(*user_id)) visit.refuse({Code::rate_limited});
}

void Router::serve(Visit& visit) const {
  if (visit.route->who == Who::anyone) return visit.take(visit.route->serve(*visit.call));
  visit.take(gate_.serve(*visit.route, *visit.call, visit.user_id));
}

// After this each of them has its answer, or none has: then each is to be served alone, so that one
// which breaks its handler, or a row of the store that can't be read, does not break the others.
void Router::serve_together(std::span<Visit> visits) const {
  if (visits.size() < 2) return;
  std::vector<Visit*> sharing;
  for (Visit& visit : visits) {
    if (visit.will_share()) sharing.push_back(&visit);
  }
  if (sharing.size() < 2) return;
  for (bool last = false, done = false; !done;) {
    bool begun = false;
    try {
      gate_.together([&] {
        begun = true;
        for (Visit* visit : sharing) gate_.expect(*visit->call, visit->user_id);
        for (Visit* visit : sharing) serve(*visit);
      });
      done = true;
    } catch (const std::exception& exception) {
      // Where the lock can't be had, waiting for it once is enough.
      const bool again = begun && may_be_tried_again(exception);
      for (Visit* visit : sharing) {
        again ? visit->reopen() : visit->fail(Code::store_unavailable, exception);
      }
      done = !again || last || !is_conflict(exception);
      last = true;
    }
  }
}

// Step 7.
void Router::tell(const Visit& visit) const {
  const auto spent = std::chrono::steady_clock::now() - visit.started;
  const auto index = visit.route == nullptr
                         ? routes_.size()
                         : static_cast<std::size_t>(visit.route - routes_.data());
  visit.log(spent);
  const bool gave = visit.call && !visit.code;
  gate_.done({index, visit.response->status, visit.code, spent,
              gave ? visit.call->provider : std::string_view(), visit.store_fault});
}

void Router::answer(std::span<const Request> requests, const Send& send) const {
  std::vector<Visit> visits;
  visits.reserve(requests.size());
  for (const Request& request : requests) {
    Visit& visit = visits.emplace_back(Visit{request});
    visit.guarded([&] { admit(visit); });
  }
  serve_together(visits);
  const auto send_answer = [&](const Visit& visit) {
    send(static_cast<std::size_t>(&visit - visits.data()), *visit.response);
  };
  std::vector<Visit*> answered;
  std::vector<Visit*> alone;
  for (Visit& visit : visits) (visit.response ? answered : alone).push_back(&visit);
  for (const Visit* visit : answered) tell(*visit);
  base::flush_log();
  for (const Visit* visit : answered) send_answer(*visit);
  for (Visit* visit : alone) {  // what takes its time comes last
    visit->guarded([&] { serve(*visit); });
    tell(*visit);
    base::flush_log();
    send_answer(*visit);
  }
}

Response Router::answer(const Request& request) const {
  Response answer;
  const auto keep = [&](std::size_t, const Response& response) { answer = response; };
  this->answer({&request, 1}, keep);
  return answer;
}

}  // namespace roomkey::http
