// Several requests at once.
#include <algorithm>

#include "http/router_bench.hpp"
#include "support/captured_log.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::http;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Error;
using roomkey::base::Result;

TEST(those_that_share_a_transaction_are_served_in_one_and_answered_after_it) {
  Bench bench;
  same("200 200 404 200 ", bench.statuses({"/token/1/", "/things/5/", "/nowhere/", "/token/2/"}));
  same(
      "authenticate(A) authenticate(A) authenticate(A) begin expect(1) expect(2) serve(2) token(1) "
      "serve(2) token(2) "
      "commit send(0) send(2) send(3) serve(2) thing(5) send(1) ",
      bench.calls);
  same("200 200 ", bench.statuses({"/token/1/", "/things/5/"}));
  expect(!contains(bench.calls, "begin"), "one alone has a transaction of its own");
}

TEST(bodies_are_judged_before_the_transaction_begins_and_refused_within_it) {
  Bench bench;
  bench.handler = [](const Call& call) -> Result<Response> {
    if (call.id == 2) return Error{Code::bad_request};
    return Response{200, "{}"};
  };
  same("200 400 ", bench.statuses({"/judged/1/", "/judged/2/"}, "PUT"));
  same(
      "authenticate(A) judge(1) authenticate(A) judge(2) begin expect(1) expect(2) serve(2) "
      "judged(1:) serve(2) "
      "judged(2:) commit send(0) send(1) ",
      bench.calls);
}

TEST(what_was_judged_can_be_served_a_second_time) {
  const CapturedLog log;
  Bench bench;
  bench.full = true;
  same("200 200 ", bench.statuses({"/judged/1/", "/judged/2/"}, "PUT"));
  same(
      "authenticate(A) judge(1) authenticate(A) judge(2) begin expect(1) expect(2) serve(2) "
      "judged(1:) serve(2) "
      "judged(2:) commit serve(2) judged(1:) send(0) serve(2) judged(2:) send(1) ",
      bench.calls);
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
        "authenticate(A) authenticate(A) authenticate(A) begin expect(1) expect(2) expect(3) "
        "serve(2) token(1) serve(2) token(2) "
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
      "authenticate(A) authenticate(A) begin expect(1) expect(2) serve(2) token(1) serve(2) "
      "token(2) commit serve(2) "
      "token(1) send(0) serve(2) token(2) send(1) ",
      bench.calls);
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

TEST(what_is_served_a_second_time_is_served_as_it_came) {
  const CapturedLog log;
  Bench bench;
  bench.full = true;
  std::vector<std::int64_t> seen;
  bench.handler = [&](Call& call) -> Result<Response> {
    seen.push_back(std::exchange(call.id, 47));
    return Response{200, "{}"};
  };
  same("200 200 ", bench.statuses({"/token/1/", "/token/2/"}));
  expect(seen == std::vector<std::int64_t>{1, 2, 1, 2});
}

TEST(knows_which_requests_may_share_a_transaction) {
  Bench bench;
  const auto shares = [&](std::string_view method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    return bench.router.shares_transaction(request);
  };
  expect(shares("GET", "/token/1/") && shares("HEAD", "/token/1"));
  expect(!shares("GET", "/things/1/") && !shares("POST", "/token/1/") &&
         !shares("GET", "/token/0/"));
}

}  // namespace
