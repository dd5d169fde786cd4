// A router on its own, and what its answers say.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/http/router.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace roomkey::test {

// A router whose gate and handlers write down what they are called for.
struct Bench : private http::Gate {
  FakeClock clock;
  std::string calls;
  base::Result<std::int64_t> user = std::int64_t{2};
  int allowed = 1000;  // requests of a user
  bool locked = false;
  bool full = false;
  std::string told;  // "<route>:<status>:<code>" for each that was counted
  std::function<base::Result<http::Response>(http::Call&)> handler = [](const http::Call&) {
    return http::Response{200, "{}"};
  };

  http::Route route(std::string_view method, std::string_view pattern, std::string_view name,
                    http::Who who = http::Who::user, std::size_t body_limit = 0,
                    http::Transaction transaction = http::Transaction::own) {
    return {.name = name,
            .method = method,
            .pattern = pattern,
            .who = who,
            .transaction = transaction,
            .body_limit = body_limit,
            .handle = [this, name](http::Call& call) {
              calls += std::string(name) + '(' + std::to_string(call.id) + ") ";
              return handler(call);
            }};
  }

  // One whose body is judged.
  http::Route judged() {
    return {.name = "judged",
            .method = "PUT",
            .pattern = "/judged/{id}/",
            .transaction = http::Transaction::shared,
            .body_limit = 10,
            .judge = [this](const http::Call& asked) {
              calls += "judge(" + std::to_string(asked.id) + ") ";
              return [this, body = asked.body](http::Call& call) {
                calls += "judged(" + std::to_string(call.id) + ':' + body + ") ";
                return handler(call);
              };
            }};
  }

  http::Router router{
      {route("GET", "/things/{id}/", "thing"),
       route("PUT", "/things/{id}/", "put_thing", http::Who::user, 10),
       route("GET", "/things/{id}/parts/{id}/", "part"),
       route("POST", "/things/", "new_thing", http::Who::user, 10),
       route("PUT", "/people/{user}/", "put_person", http::Who::user, 10),
       route("GET", "/open", "open", http::Who::anyone),
       route("POST", "/open-body/", "open_body", http::Who::anyone, 10),
       route("GET", "/token/{id}/", "token", http::Who::user, 0, http::Transaction::shared),
       judged()},
      *this,
      clock};

  base::Result<std::int64_t> authenticate(const http::Request& request,
                                          std::chrono::sys_seconds /*now*/) override {
    calls += "authenticate(" + std::string(request.authorization) + ") ";
    return user;
  }
  bool may_ask(std::int64_t /*user_id*/) override { return allowed-- > 0; }
  base::Result<http::Response> serve(const http::Route& chosen, http::Call& call,
                                     std::int64_t user_id) override {
    calls += "serve(" + std::to_string(user_id) + ") ";
    call.authenticated = jane();
    return chosen.serve(call);
  }
  void expect(const http::Call& call, std::int64_t) override {
    calls += "expect(" + std::to_string(call.id) + ") ";
  }
  void together(const std::function<void()>& work) override {
    calls += "begin ";
    if (locked) throw base::Unavailable("the store: locked");
    work();
    calls += "commit ";
    if (full) throw base::Unavailable("the store: disk full");
  }
  void done(const http::Done& what) override {
    told += std::to_string(what.route) + ':' + std::to_string(what.status) + ':';
    told += what.code ? word(*what.code) : "-";
    told += what.duration.count() > 0 ? " " : " in no time";
  }

  // Several at once: "<status>" for each in the order of `paths`, and in `calls` when each was
  // sent.
  std::string statuses(const std::vector<std::string_view>& paths,
                       std::string_view method = "GET") {
    calls.clear();
    std::vector<http::Request> requests(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      requests[i].method = method;
      requests[i].path = paths[i];
      requests[i].authorization = "A";
    }
    std::vector<int> sent(paths.size());
    router.answer(requests, [&](std::size_t index, const http::Response& response) {
      calls += "send(" + std::to_string(index) + ") ";
      same(0, sent[index], "an answer is sent once");
      sent[index] = response.status;
    });
    std::string text;
    for (const int status : sent) text += std::to_string(status) + ' ';
    return text;
  }

  http::Response answer(std::string_view method, std::string_view path, std::string body = "",
                        std::optional<std::size_t> length = std::nullopt) {
    calls.clear();
    http::Request request;
    request.method = method;
    request.path = path;
    request.authorization = "A";
    request.content_length = length.value_or(body.size());
    request.read_body = [this, body](std::size_t most) {
      calls += "read(" + std::to_string(most) + ") ";
      return body.substr(0, most);
    };
    return router.answer(request);
  }
};

}  // namespace roomkey::test
