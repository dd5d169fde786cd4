#include "roomkey/http/router.hpp"

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

bool fits(std::string_view pattern, std::string_view path, std::int64_t& id) {
  while (pattern.size() > 1 && path.size() > 1 && path.front() == '/') {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted == "{id}") {
      const auto parsed = base::parse_id(given);
      if (!parsed) return false;
      id = *parsed;
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.size() <= 1 && (path.empty() || path == "/");
}

bool answers(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

// What the log line tells of a request.
struct Router::Trace {
  std::string_view route = "-";
  std::optional<std::int64_t> user_id = {};
  std::optional<std::int64_t> appointment_id = {};
  std::string_view code = "-";
  std::string fault = {};

  Response refuse(const Error& error) {
    code = base::word(error.code);
    if (fault.empty() && error.code == Code::token_failed) fault = error.detail;
    if (fault.empty() && error.code == Code::invalid_token) fault = error.detail;
    return error_response(error);
  }
};

Router::Router(std::vector<Route> routes, Hooks hooks, const base::Clock& clock)
    : routes_(std::move(routes)), hooks_(std::move(hooks)), clock_(clock) {}

Router::Match Router::match(const Request& request) const {
  Match match;
  for (const Route& route : routes_) {
    std::int64_t id = 0;
    if (!fits(route.pattern, request.path, id)) continue;
    if (answers(route, request.method)) return {&route, id, ""};
    match.allowed += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
  }
  return match;
}

base::Result<Response> Router::handle(const Route& route, Call& call, Trace& trace) const {
  if (route.body_limit > 0) {
    if (call.request.content_length > route.body_limit) return Error{Code::payload_too_large};
    call.body = call.request.read_body(route.body_limit + 1);
    if (call.body.size() > route.body_limit) return Error{Code::payload_too_large};
  }
  if (route.who == Who::anyone) return route.handle(call);
  const auto user_id = hooks_.authenticate(call.request.authorization, call.now);
  if (!user_id) return user_id.error();
  trace.user_id = *user_id;
  return hooks_.serve(route, call, *user_id);
}

Response Router::serve(const Request& request, Trace& trace) const {
  const Match found = match(request);
  if (found.route == nullptr && found.allowed.empty()) return trace.refuse({Code::not_found});
  if (found.route == nullptr) {
    Response response = trace.refuse({Code::method_not_allowed});
    response.headers.emplace_back("Allow", found.allowed + "OPTIONS");
    return response;
  }
  trace.route = found.route->name;
  if (found.id > 0) trace.appointment_id = found.id;
  Call call{request, clock_.now(), found.id};
  auto response = handle(*found.route, call, trace);
  return response ? std::move(*response) : trace.refuse(response.error());
}

Response Router::answer(const Request& request) const {
  const auto started = std::chrono::steady_clock::now();
  Trace trace;
  Response response;
  try {
    response = serve(request, trace);
  } catch (const base::Unavailable& fault) {
    trace.fault = fault.what();
    response = trace.refuse({Code::store_unavailable});
  } catch (const std::exception& fault) {
    trace.fault = fault.what();
    response = trace.refuse({Code::internal_error});
  }
  const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started);
  base::log_request({request.request_id, trace.user_id, trace.appointment_id, trace.route,
                     request.method, response.status, trace.code, trace.fault, spent});
  return response;
}

}  // namespace roomkey::http
