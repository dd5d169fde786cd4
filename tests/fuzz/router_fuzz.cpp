// The router: a method, a newline and a path, against a second reading of the same patterns.
#include <vector>

#include "fuzz.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/http/router.hpp"
#include "support/clinic.hpp"

namespace {

using namespace roomkey;

constexpr std::array kPatterns{"/api/appointments/video-token/{id}/",
                               "/api/appointments/{id}/",
                               "/api/appointments/video-participant/{id}/{text}/",
                               "/api/appointments/video-participant/{id}/{text}/remove/",
                               "/api/video-call/",
                               "/healthz"};

// The parts between slashes; the last is dropped where it is empty.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts{""};
  for (const char c : path)
    c == '/' ? static_cast<void>(parts.emplace_back()) : parts.back().push_back(c);
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  return parts;
}

bool fits(std::string_view pattern, std::string_view path) {
  const auto wanted = parts_of(pattern);
  const auto given = parts_of(path);
  if (wanted.size() != given.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "{id}" && !base::parse_id(given[i])) return false;
    if (wanted[i] == "{text}" && given[i].empty()) return false;
    if (!wanted[i].starts_with('{') && wanted[i] != given[i]) return false;
  }
  return true;
}

// All its routes are anyone's.
struct NoGate final : http::Gate {
  base::Result<std::int64_t> authenticate(const http::Request&, std::chrono::sys_seconds) override {
    return base::Error{base::Code::invalid_token};
  }
  base::Result<http::Response> serve(const http::Route&, http::Call&, std::int64_t) override {
    return base::Error{base::Code::internal_error};
  }
  void together(const std::function<void()>&) override {}
};

http::Router make_router(const base::Clock& clock) {
  static NoGate gate;
  std::vector<http::Route> routes;
  for (const char* pattern : kPatterns) {
    routes.push_back({.name = pattern,
                      .method = "GET",
                      .pattern = pattern,
                      .who = http::Who::anyone,
                      .handle = [pattern](http::Call&) {
                        return http::Response{200, pattern};
                      }});
  }
  return {std::move(routes), gate, clock};
}

}  // namespace

FUZZ(input) {
  base::set_up_log("error");
  static const test::FakeClock clock;
  static const http::Router router = make_router(clock);
  http::Request request;
  request.method = input.line();
  request.path = input.rest();
  const http::Response response = router.answer(request);
  std::string_view expected;
  for (const char* pattern : kPatterns) {
    if (expected.empty() && fits(pattern, request.path)) expected = pattern;
  }
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const int status = expected.empty() ? 404 : is_get ? 200 : 405;
  fuzz::promise(response.status == status, "both readings agree on the status", request.path);
  if (status == 200) fuzz::promise(response.body == expected, "and on the route", request.path);
}
