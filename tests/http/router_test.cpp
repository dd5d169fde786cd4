#include "roomkey/http/router.hpp"

#include "http/router_bench.hpp"
#include "support/captured_log.hpp"
#include "support/code_of.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::http;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Error;

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

TEST(a_body_is_judged_after_its_size_and_its_bearer_token) {
  Bench bench;
  same(200, bench.answer("PUT", "/judged/7/", "{}").status);
  same("read(11) authenticate(A) judge(7) serve(2) judged(7:{}) ", bench.calls);
  same(413, bench.answer("PUT", "/judged/7/", "01234567890", 10).status);
  same("read(11) ", bench.calls);
  bench.user = Error{Code::invalid_token, "why"};
  same(401, bench.answer("PUT", "/judged/7/", "{}").status);
  same("read(11) authenticate(A) ", bench.calls);
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

TEST(who_asks_too_often_is_refused_before_anything_is_looked_up) {
  const CapturedLog log;
  Bench bench;
  bench.allowed = 1;
  same(200, bench.answer("GET", "/things/47/").status);
  for (const auto* const path : {"/things/47/", "/token/1/"}) {
    const Response response = bench.answer("GET", path);
    same(429, response.status, path);
    same("rate_limited", code_of(response), path);
    same("authenticate(A) ", bench.calls, path);
  }
  same("0:200:- 0:429:rate_limited 7:429:rate_limited ", bench.told);
  same(404, bench.answer("GET", "/nowhere/").status, "no route is no route");
  same(200, bench.answer("GET", "/open").status, "nobody's");
}

}  // namespace
