// `http` owns requests, responses, the error map and the router. It knows `base` and `access`; no
// FastCGI, no store, no provider.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roomkey/base/result.hpp"

namespace roomkey::http {

// What nginx hands on of a request. The views live as long as the request is being answered.
struct Request {
  std::string_view method;
  std::string_view path;  // decoded and normalized by nginx
  std::string_view query;
  std::string_view authorization;
  std::string_view content_type;
  std::string_view request_id;
  std::string_view room_pool;  // nginx's location that leads there; empty where it names none
  std::size_t content_length = 0;
  // A header by its name in CGI (RFC 3875 section 4.1.18): "HTTP_USER_AGENT".
  std::function<std::string_view(const char* name)> header = [](const char*) { return ""; };
  // The body, or its first `most` bytes where it is longer.
  std::function<std::string(std::size_t most)> read_body = [](std::size_t) { return ""; };
};

// nginx adds what every answer carries.
struct Response {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::string_view content_type = "application/json";
};

// The answer to a refusal: status, text and code of the contract's table, WWW-Authenticate (RFC
// 6750 section 3) and Retry-After where they belong.
[[nodiscard]] Response error_response(const base::Error& error);

// "OK", "Not Found", ... for the statuses that roomkey uses.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace roomkey::http
