#include "roomkey/base/log.hpp"

#include <algorithm>

#include "support/captured_log.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;
using namespace std::chrono_literals;

RequestLine line_with_status(int status) {
  return {"0123abcd", 2, 47, "video_token", "GET", status, "-", "", 1234us};
}

void tell(const RequestLine& line) {
  log_request(line);
  flush_log();
}

TEST(lines_of_requests_wait_for_each_other_and_for_no_other_line) {
  const CapturedLog log;
  log_request(line_with_status(200));
  log_request(line_with_status(404));
  same("", log.text());
  log_info("event=other");
  const std::string text = log.text();
  same(3, std::count(text.begin(), text.end(), '\n'), text);
  expect(text.find("status=200") < text.find("status=404") &&
             text.find("status=404") < text.find("event=other"),
         text);
  flush_log();
  same(text, log.text());
}

TEST(one_request_is_one_line_with_its_id_first) {
  const CapturedLog log;
  tell(line_with_status(200));
  const std::string text = log.text();
  same(1, std::count(text.begin(), text.end(), '\n'), text);
  expect(text.ends_with("Z info request_id=0123abcd user_id=2 appointment_id=47 route=video_token"
                        " method=GET status=200 code=- duration_us=1234\n"),
         text);
}

TEST(what_is_not_known_is_a_dash_and_a_fault_is_told) {
  const CapturedLog log;
  tell({"x", {}, {}, "-", "GET", 503, "store_unavailable", "it is locked", 5us});
  expect(contains(log.text(),
                  "Z error request_id=x user_id=- appointment_id=- route=- method=GET"
                  " status=503 code=store_unavailable duration_us=5"
                  " fault=\"it is locked\"\n"),
         log.text());
}

TEST(foreign_text_stays_inside_its_field) {
  const CapturedLog log;
  RequestLine line = line_with_status(405);
  line.request_id = "x status=200\nforged";
  line.method = "GET\r\nevent=forged";
  tell(line);
  const std::string text = log.text();
  same(1, std::count(text.begin(), text.end(), '\n'), text);
  expect(contains(text, "request_id=\"x status=200\\x0aforged\""), text);
  expect(contains(text, "method=\"GET\\x0d\\x0aevent=forged\""), text);
}

TEST(at_level_error_only_5xx_are_told) {
  const CapturedLog log("error");
  log_info("event=info");
  log_warn("event=warn");
  tell(line_with_status(404));
  same("", log.text());
  tell(line_with_status(500));
  log_error("event=error");
  expect(contains(log.text(), "status=500") && contains(log.text(), "event=error"), log.text());
}

TEST(what_is_the_provider_s_fault_is_a_warning) {
  const CapturedLog log;
  tell(line_with_status(502));
  expect(contains(log.text(), "Z warning request_id="), log.text());
  tell(line_with_status(503));
  tell(line_with_status(499));
  expect(contains(log.text(), "Z error request_id=") && contains(log.text(), "Z info request_id="),
         log.text());
}

TEST(text_with_braces_is_no_format) {
  const CapturedLog log;
  log_warn("event={} {0} {x}");
  expect(log.text().ends_with(" warning event={} {0} {x}\n"), log.text());
}

TEST(under_systemd_a_line_has_its_priority_and_no_time) {
  setenv("JOURNAL_STREAM", "1:2", 1);
  const CapturedLog log("trace");
  unsetenv("JOURNAL_STREAM");
  log_info("event=a");
  log_warn("event=b");
  log_error("event=c");
  same("<6>event=a\n<4>event=b\n<3>event=c\n", log.text());
}

TEST(knows_its_levels) {
  for (const auto level : {"trace", "debug", "info", "warn", "error"}) expect(is_log_level(level));
  for (const auto level : {"", "INFO", "warning", "off", "critical"}) {
    expect(!is_log_level(level), level);
  }
}

TEST(a_flood_of_those_who_ask_too_often_is_no_flood_of_lines) {
  const CapturedLog log;
  for (int i = 0; i < 100; ++i) tell(line_with_status(429));
  tell(line_with_status(403));
  const std::string text = log.text();
  expect(std::count(text.begin(), text.end(), '\n') <= 3, text);
  expect(contains(text, "status=403"), text);
}

}  // namespace
