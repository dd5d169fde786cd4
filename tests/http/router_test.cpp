#include "roomkey/http/router.hpp"

#include <algorithm>

#include "roomkey/base/json.hpp"
#include "support/captured_log.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::http;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Error;
using roomkey::base::Result;

// A router whose hooks and handlers write down what they are called for.
struct Bench {
  FakeClock clock;
  std::string calls;
  Result<std::int64_t> user = std::int64_t{2};
  bool locked = false;
  bool full = false;
  std::string told;  // "<route>:<status>:<code>" for each that was counted
  std::function<Result<Response>(const Call&)> handler = [](const Call&) {
    return Response{200, "{}"};
  };

  Route route(std::string_view method, std::string_view pattern, std::string_view name,
              Who who = Who::user, std::size_t body_limit = 0, Effect effect = Effect::reads) {
    return {method, pattern, name, who, effect, body_limit, [this, name](const Call& call) {
              calls += std::string(name) + '(' + std::to_string(call.id) + ") ";
              return handler(call);
            }};
  }

  Router router{{route("GET", "/things/{id}/", "thing"),
                 route("PUT", "/things/{id}/", "put_thing", Who::user, 10),
                 route("GET", "/things/{id}/parts/{id}/", "part"),
                 route("POST", "/things/", "new_thing", Who::user, 10),
                 route("PUT", "/people/{user}/", "put_person", Who::user, 10),
                 route("GET", "/open", "open", Who::anyone),
                 route("POST", "/open-body/", "open_body", Who::anyone, 10),
                 route("GET", "/token/{id}/", "token", Who::user, 0, Effect::writes)},
                {[this](std::string_view header, std::chrono::sys_seconds) {
                   calls += "authenticate(" + std::string(header) + ") ";
                   return user;
                 },
                 [this](const Route& chosen, Call& call, std::int64_t user_id) {
                   calls += "serve(" + std::to_string(user_id) + ") ";
                   call.authenticated = jane();
                   return chosen.handle(call);
                 },
                 [this](const std::function<void()>& work) {
                   calls += "begin ";
                   if (locked) throw roomkey::base::Unavailable("the store: locked");
                   work();
                   calls += "commit ";
                   if (full) throw roomkey::base::Unavailable("the store: disk full");
                 },
                 [this](const roomkey::http::Done& done) {
                   told += std::to_string(done.route) + ':' + std::to_string(done.status) + ':';
                   told += done.code ? word(*done.code) : "-";
                   told += done.duration.count() > 0 ? " " : " in no time";
                 }},
                clock};

  // Several GETs at once: "<status>" for each in the order of `paths`, and in `calls` when each was
  // sent.
  std::string statuses(const std::vector<std::string_view>& paths) {
    calls.clear();
    std::vector<Request> requests(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      requests[i].method = "GET";
      requests[i].path = paths[i];
      requests[i].authorization = "A";
    }
    std::vector<int> sent(paths.size());
    router.answer(requests, [&](std::size_t index, const Response& response) {
      calls += "send(" + std::to_string(index) + ") ";
      same(0, sent[index], "an answer is sent once");
      sent[index] = response.status;
    });
    std::string text;
    for (const int status : sent) text += std::to_string(status) + ' ';
    return text;
  }

  Response answer(std::string_view method, std::string_view path, std::string body = "",
                  std::optional<std::size_t> length = std::nullopt) {
    calls.clear();
    Request request;
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

std::string code_of(const Response& response) {
  return accepted(roomkey::base::parse_json_object(response.body))["code"].asString();
}

std::string allow_of(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Allow") return value;
  }
  return "";
}

TEST(a_user_in_the_path_is_not_taken_for_an_appointment) {
  Bench bench;
  std::int64_t user_id = 0;
  bench.handler = [&](const Call& call) {
    user_id = call.user_id;
    return Response{200, "{}"};
  };
  const CapturedLog log;
  same(200, bench.answer("PUT", "/people/7/").status);
  same(7, user_id);
  expect(contains(bench.calls, "put_person(0)"), bench.calls);
  expect(contains(log.text(), " user_id=2 appointment_id=- route=put_person "), log.text());
  for (const auto path : {"/people/0/", "/people/x/", "/people//", "/people/-7/"}) {
    same("not_found", code_of(bench.answer("PUT", path)), path);
  }
}

TEST(finds_the_route_and_its_id_with_and_without_a_final_slash) {
  struct Case {
    const char *method, *path, *calls;
  };
  Bench bench;
  for (const auto& [method, path, calls] :
       {Case{"GET", "/things/47/", "authenticate(A) serve(2) thing(47) "},
        Case{"GET", "/things/47", "authenticate(A) serve(2) thing(47) "},
        Case{"HEAD", "/things/47", "authenticate(A) serve(2) thing(47) "},
        Case{"GET", "/things/9223372036854775807",
             "authenticate(A) serve(2) "
             "thing(9223372036854775807) "},
        Case{"POST", "/things", "read(11) authenticate(A) serve(2) new_thing(0) "},
        Case{"POST", "/things/", "read(11) authenticate(A) serve(2) new_thing(0) "},
        Case{"GET", "/open", "open(0) "}, Case{"GET", "/open/", "open(0) "}}) {
    same(200, bench.answer(method, path).status, path);
    same(calls, bench.calls, path);
  }
}

TEST(anything_but_an_id_in_its_place_is_no_route) {
  Bench bench;
  for (const auto path : {"/things/0/",
                          "/things/007/",
                          "/things/-1/",
                          "/things/+1/",
                          "/things/1.0/",
                          "/things/9223372036854775808/",
                          "/things/abc/",
                          "/things/ 1/",
                          "/things/1 /",
                          "/things//",
                          "/things/47//",
                          "//things/47/",
                          "/things/47/parts",
                          "/things/47/other/",
                          "/thing/47/",
                          "/Things/47/",
                          "/things/{id}/",
                          "/open//",
                          "/openx",
                          "/ope",
                          "/",
                          "",
                          "things/47/",
                          "/things/47/parts/0/",
                          "/api/things/47/"}) {
    const Response response = bench.answer("GET", path);
    same(404, response.status, path);
    same("not_found", code_of(response), path);
    same("", bench.calls, path);
  }
}

TEST(another_method_is_told_which_there_are) {
  struct Case {
    const char *method, *path, *allow;
  };
  Bench bench;
  for (const auto& [method, path, allow] :
       {Case{"POST", "/things/47/", "GET, HEAD, PUT, OPTIONS"},
        Case{"DELETE", "/things/47", "GET, HEAD, PUT, OPTIONS"},
        Case{"get", "/things/47", "GET, HEAD, PUT, OPTIONS"},
        Case{"OPTIONS", "/things/47", "GET, HEAD, PUT, OPTIONS"},
        Case{"", "/things/47", "GET, HEAD, PUT, OPTIONS"}, Case{"GET", "/things/", "POST, OPTIONS"},
        Case{"HEAD", "/things/", "POST, OPTIONS"}, Case{"PUT", "/open", "GET, HEAD, OPTIONS"}}) {
    const Response response = bench.answer(method, path);
    same(405, response.status, path);
    same("method_not_allowed", code_of(response));
    same(allow, allow_of(response), std::string(method) + ' ' + path);
    same("", bench.calls, "nothing is asked before the method is right");
  }
  same(404, bench.answer("DELETE", "/things/0/").status, "the route is checked first");
}

TEST(checks_the_size_by_what_is_said_and_by_what_comes) {
  Bench bench;
  std::string seen;
  bench.handler = [&](const Call& call) {
    seen = call.body;
    return Response{200, "{}"};
  };
  same(200, bench.answer("PUT", "/things/47/", "0123456789").status);
  same("0123456789", seen);
  const Response said = bench.answer("PUT", "/things/47/", "{}", 11);
  same(413, said.status);
  same("payload_too_large", code_of(said));
  same("", bench.calls, "neither read nor authenticated");
  same(413, bench.answer("PUT", "/things/47/", "01234567890", 10).status, "more than was said");
  same("read(11) ", bench.calls);
  same(413, bench.answer("PUT", "/things/47/", "01234567890", 0).status, "nothing was said");
  same(413, bench.answer("PUT", "/things/47/", "", SIZE_MAX).status);
}

TEST(a_body_that_a_route_does_not_take_is_not_read) {
  Bench bench;
  same(200, bench.answer("GET", "/things/47/", std::string(1'000'000, 'x')).status);
  same("authenticate(A) serve(2) thing(47) ", bench.calls);
}

TEST(a_stranger_is_refused_before_anything_is_served) {
  Bench bench;
  for (const auto code :
       {Code::authentication_required, Code::invalid_token, Code::token_expired}) {
    bench.user = Error{code, "why"};
    const Response response = bench.answer("GET", "/things/47/");
    same(401, response.status);
    same(word(code), code_of(response));
    same("authenticate(A) ", bench.calls);
  }
  same(200, bench.answer("GET", "/open").status, "a route for anyone asks for nothing");
}

TEST(a_handler_knows_the_caller_the_time_and_the_request) {
  Bench bench;
  bench.clock.time = kNine + 7s;
  bench.handler = [](const Call& call) {
    same(2, call.caller().id);
    same(kNine + 7s, call.now);
    same("/things/47/", call.request.path);
    return Response{201, "{\"a\":1}", {{"X-Test", "1"}}};
  };
  const Response response = bench.answer("GET", "/things/47/");
  same(201, response.status);
  same("{\"a\":1}", response.body);
  same(1, response.headers.size());
}

TEST(a_refusal_becomes_its_answer) {
  Bench bench;
  bench.handler = [](const Call&) { return Error{Code::appointment_closed, "It is over"}; };
  const Response response = bench.answer("GET", "/things/47/");
  same(409, response.status);
  same(R"({"error":"It is over","code":"appointment_closed"})", response.body);
}

TEST(why_a_provider_is_unavailable_is_for_the_log_alone) {
  const CapturedLog log;
  Bench bench;
  bench.handler = [](const Call&) { return Error{Code::provider_unavailable, "HTTP 500"}; };
  const Response response = bench.answer("GET", "/things/47/");
  same(502, response.status);
  same(R"({"error":"Video provider is unavailable","code":"provider_unavailable"})", response.body);
  expect(contains(log.text(), "code=provider_unavailable "), log.text());
  expect(contains(log.text(), "fault=\"HTTP 500\""), log.text());
}

TEST(a_broken_machine_is_a_503_or_500_and_nothing_more_is_said) {
  const CapturedLog log;
  Bench bench;
  bench.handler = [](const Call&) -> Result<Response> {
    throw roomkey::base::Unavailable("the store: disk full");
  };
  const Response unavailable = bench.answer("GET", "/things/47/");
  same(503, unavailable.status);
  same(R"({"error":"Service temporarily unavailable","code":"store_unavailable"})",
       unavailable.body);
  expect(contains(log.text(), "fault=\"the store: disk full\""), log.text());
  bench.handler = [](const Call&) -> Result<Response> { throw std::bad_alloc(); };
  same(500, bench.answer("GET", "/open").status);
  bench.handler = [](const Call&) -> Result<Response> { throw std::logic_error("secret reason"); };
  const Response broken = bench.answer("GET", "/things/47/");
  same(R"({"error":"Internal server error","code":"internal_error"})", broken.body);
  expect(contains(log.text(), "code=internal_error") && contains(log.text(), "secret reason"));
}

TEST(a_body_that_cannot_be_read_is_a_500) {
  const CapturedLog log;
  Bench bench;
  Request request;
  request.method = "PUT";
  request.path = "/things/47/";
  request.read_body = [](std::size_t) -> std::string { throw std::runtime_error("gone"); };
  same(500, bench.router.answer(request).status);
}

TEST(each_request_is_one_log_line_with_route_user_and_code) {
  const CapturedLog log;
  Bench bench;
  bench.answer("GET", "/things/47/");
  bench.answer("GET", "/nowhere/");
  bench.answer("PATCH", "/things/47/");
  bench.user = Error{Code::invalid_token, "The token is too long"};
  bench.answer("GET", "/things/47/");
  const std::string text = log.text();
  for (const auto part :
       {"user_id=2 appointment_id=47 route=thing method=GET status=200 code=- ",
        "user_id=- appointment_id=- route=- method=GET status=404 code=not_found ",
        "user_id=- appointment_id=- route=- method=PATCH status=405 code=method_not_allowed ",
        "user_id=- appointment_id=47 route=thing method=GET status=401 code=invalid_token "}) {
    expect(contains(text, part), part + ("\n" + text));
  }
  expect(contains(text, "fault=\"The token is too long\"\n"), text);
}

TEST(each_answer_is_counted_once_by_route_status_and_code) {
  const CapturedLog log;
  Bench bench;
  bench.answer("GET", "/things/47/");
  bench.answer("HEAD", "/things/47");
  bench.answer("GET", "/nowhere/");
  bench.answer("PATCH", "/things/47/");
  bench.answer("PUT", "/things/47/", std::string(11, 'x'));
  bench.handler = [](const Call&) { return Error{Code::appointment_closed, "It is over"}; };
  bench.answer("GET", "/token/1/");
  bench.handler = [](const Call&) -> Result<Response> { throw std::bad_alloc(); };
  bench.answer("GET", "/open");
  bench.user = Error{Code::token_expired};
  bench.answer("POST", "/things/", "{}");
  same(
      "0:200:- 0:200:- 8:404:not_found 8:405:method_not_allowed 1:413:payload_too_large "
      "7:409:appointment_closed 5:500:internal_error 3:401:token_expired ",
      bench.told);
}

TEST(what_is_served_a_second_time_alone_is_counted_once) {
  const CapturedLog log;
  Bench bench;
  bench.handler = [](const Call& call) -> Result<Response> {
    if (call.id == 2) throw std::logic_error("broken");
    return Response{200, "{}"};
  };
  bench.statuses({"/token/1/", "/token/2/", "/token/3/"});
  same("7:200:- 7:500:internal_error 7:200:- ", bench.told);
}

TEST(those_that_write_are_served_in_one_transaction_and_answered_after_it) {
  Bench bench;
  same("200 200 404 200 ", bench.statuses({"/token/1/", "/things/5/", "/nowhere/", "/token/2/"}));
  same(
      "authenticate(A) authenticate(A) authenticate(A) begin serve(2) token(1) serve(2) token(2) "
      "commit send(0) send(2) send(3) serve(2) thing(5) send(1) ",
      bench.calls);
  same("200 200 ", bench.statuses({"/token/1/", "/things/5/"}));
  expect(!contains(bench.calls, "begin"), "one alone has a transaction of its own");
}

TEST(a_stranger_among_several_is_not_served) {
  Bench bench;
  bench.user = Error{Code::authentication_required};
  same("401 401 ", bench.statuses({"/token/1/", "/token/2/"}));
  same("authenticate(A) authenticate(A) send(0) send(1) ", bench.calls);
}

TEST(a_refusal_among_several_is_that_one_s_alone) {
  Bench bench;
  bench.handler = [](const Call& call) -> Result<Response> {
    if (call.id == 2) return Error{Code::permission_denied};
    return Response{200, "{}"};
  };
  same("200 403 200 ", bench.statuses({"/token/1/", "/token/2/", "/token/3/"}));
  expect(!contains(bench.calls, "commit send(0) send(1) send(2) serve"), bench.calls);
}

TEST(where_one_of_several_breaks_each_is_served_alone) {
  const CapturedLog log;
  for (const bool unavailable : {false, true}) {
    Bench bench;
    bench.handler = [&](const Call& call) -> Result<Response> {
      if (call.id == 2 && unavailable) throw roomkey::base::Unavailable("the store: a bad row");
      if (call.id == 2) throw std::logic_error("broken");
      return Response{200, "{}"};
    };
    same(unavailable ? "200 503 200 " : "200 500 200 ",
         bench.statuses({"/token/1/", "/token/2/", "/token/3/"}));
    same(
        "authenticate(A) authenticate(A) authenticate(A) begin serve(2) token(1) serve(2) token(2) "
        "serve(2) token(1) send(0) serve(2) token(2) send(1) serve(2) token(3) send(2) ",
        bench.calls);
  }
  const std::string text = log.text();
  same(6, std::count(text.begin(), text.end(), '\n'), "one line for each request");
}

TEST(the_lock_of_the_store_is_waited_for_once) {
  const CapturedLog log;
  Bench bench;
  bench.locked = true;
  same("503 503 ", bench.statuses({"/token/1/", "/token/2/"}));
  same("authenticate(A) authenticate(A) begin send(0) send(1) ", bench.calls);
  expect(contains(log.text(), "the store: locked"), log.text());
}

TEST(without_its_commit_no_answer_is_sent) {
  const CapturedLog log;
  Bench bench;
  bench.full = true;
  same("200 200 ", bench.statuses({"/token/1/", "/token/2/"}));
  same(
      "authenticate(A) authenticate(A) begin serve(2) token(1) serve(2) token(2) commit serve(2) "
      "token(1) send(0) serve(2) token(2) send(1) ",
      bench.calls);
}

TEST(knows_which_requests_write) {
  Bench bench;
  const auto writes = [&](std::string_view method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    return bench.router.writes(request);
  };
  expect(writes("GET", "/token/1/") && writes("HEAD", "/token/1"));
  expect(!writes("GET", "/things/1/") && !writes("POST", "/token/1/") &&
         !writes("GET", "/token/0/"));
}

}  // namespace
