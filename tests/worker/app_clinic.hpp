// The clinic's worker without its socket, and requests to it.
#pragma once

#include <string>

#include "support/store.hpp"
#include "worker/app.hpp"

namespace roomkey::test {

constexpr std::string_view kToken = "/api/appointments/video-token/47/";

inline config::Config config_at(const std::string& path) {
  config::Config config;
  config.store = settings_at(path);
  config.bearer = hs256_rules();
  config.twilio.token = twilio_settings();
  config.stream = stream_settings();
  config.meeting_url = "https://app.example/video-session/{room}";
  return config;
}

struct AppClinic {
  FakeClock clock;
  worker::App app;
  explicit AppClinic(const std::string& path = ":memory:") : app(config_at(path), clock) {
    fill(app.database());
  }

  http::Response ask(std::string_view method, std::string_view path,
                     const std::string& authorization) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = "_t=1763138954000";
    request.request_id = "0123456789abcdef";
    request.authorization = authorization;
    return app.answer(request);
  }
  http::Response put(std::string_view path, const std::string& body, std::int64_t user_id) {
    const std::string authorization =
        "Bearer " + access::make_bearer(user_id, hs256_rules(), clock.now(), 5min);
    http::Request request;
    request.method = "PUT";
    request.path = path;
    request.request_id = "0123456789abcdef";
    request.authorization = authorization;
    request.content_length = body.size();
    request.read_body = [&](std::size_t most) { return body.substr(0, most); };
    return app.answer(request);
  }
  http::Response ask(std::string_view method, std::string_view path, std::int64_t user_id = 2) {
    return ask(method, path,
               "Bearer " + access::make_bearer(user_id, hs256_rules(), clock.now(), 5min));
  }
};

}  // namespace roomkey::test
