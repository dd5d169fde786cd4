// What the client, the log and the metrics are told of a request.
#include "http/router_bench.hpp"
#include "support/captured_log.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::http;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Error;
using roomkey::base::Result;

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
      "0:200:- 0:200:- 9:404:not_found 9:405:method_not_allowed 1:413:payload_too_large "
      "7:409:appointment_closed 5:500:internal_error 3:401:token_expired ",
      bench.told);
}

}  // namespace
