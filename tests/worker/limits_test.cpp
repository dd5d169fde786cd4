#include "worker/limits.hpp"

#include "support/code_of.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"
#include "worker/app_clinic.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using worker::key_of_address;
using worker::Limits;

std::string retry_after(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Retry-After") return value;
  }
  return "";
}

// A clinic with a limit of one request a second, ten at once.
struct BusyClinic {
  FakeClock clock;
  worker::App app;

  BusyClinic() : app(config(), clock) {
    fill(app.database());
    store::Transaction transaction(app.database());
    store::put_user(transaction, app.database(), someone(access::Role::service));
    transaction.commit();
  }
  static config::Config config() {
    config::Config config = config_at(":memory:");
    config.person_rate = 1;
    return config;
  }

  http::Response ask(const std::string& authorization, std::string_view address = "192.0.2.7",
                     std::string_view path = kToken) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.request_id = "0123456789abcdef";
    request.authorization = authorization;
    request.header = [&](const char* name) {
      return std::string_view(name) == "REMOTE_ADDR" ? address : std::string_view();
    };
    return app.answer(request);
  }
  [[nodiscard]] std::string bearer(std::int64_t user_id) const {
    return "Bearer " + access::make_bearer(user_id, hs256_rules(), clock.now(), 5min);
  }
  // The status of each of `count` requests, those that are the same said once: "10 x 200, 2 x 429".
  std::string statuses(int count, const std::string& authorization,
                       std::string_view address = "192.0.2.7", std::string_view path = kToken) {
    std::string text;
    for (int same_before = 0, i = 0, last = 0; i <= count; ++i) {
      const int status = i < count ? ask(authorization, address, path).status : 0;
      if (i > 0 && status != last) {
        text +=
            (text.empty() ? "" : ", ") + std::to_string(same_before) + " x " + std::to_string(last);
        same_before = 0;
      }
      ++same_before;
      last = status;
    }
    return text;
  }
};

TEST(who_asks_too_often_gets_429_and_no_event_and_others_get_their_tokens) {
  BusyClinic clinic;
  same("10 x 200, 30 x 429", clinic.statuses(40, clinic.bearer(2)));
  const auto refused = clinic.ask(clinic.bearer(2));
  same("rate_limited", code_of(refused));
  same("1", retry_after(refused));
  same(10, audit_of(clinic.app.database()).size());
  same(200, clinic.ask(clinic.bearer(19)).status);
  clinic.clock.time += 1s;
  same("1 x 200, 1 x 429", clinic.statuses(2, clinic.bearer(2)));
  clinic.clock.time += 1h;
  same("10 x 200, 1 x 429", clinic.statuses(11, clinic.bearer(2)));
}

TEST(refusals_count_as_tokens_do) {
  BusyClinic clinic;
  same("10 x 404, 5 x 429",
       clinic.statuses(15, clinic.bearer(2), "192.0.2.7", "/api/appointments/48/"));
}

TEST(a_service_asks_as_often_as_it_likes) {
  BusyClinic clinic;
  same("40 x 403", clinic.statuses(40, clinic.bearer(5)));
}

TEST(who_is_unknown_is_limited_too) {
  BusyClinic clinic;
  same("10 x 401, 5 x 429", clinic.statuses(15, clinic.bearer(77)));
}

TEST(refused_tokens_are_counted_by_address_and_good_ones_come_through_from_it) {
  BusyClinic clinic;
  const std::string forged =
      "Bearer " + clinic.bearer(2).substr(7, 60) + ".x." + std::string(43, 'y');
  same("200 x 401, 20 x 429", clinic.statuses(220, forged, "2001:db8:1:2::1"));
  same(429, clinic.ask(forged, "2001:db8:1:2:3:4:5:6").status, "the same /64");
  same("1", retry_after(clinic.ask("", "2001:db8:1:2::1")));
  same(200, clinic.ask(clinic.bearer(2), "2001:db8:1:2::1").status);
  same(401, clinic.ask(forged, "2001:db8:1:3::1").status, "another /64");
  clinic.clock.time += 1s;
  same("20 x 401, 1 x 429", clinic.statuses(21, forged, "2001:db8:1:2::1"));
  same(401,
       clinic.ask("Bearer " + bearer_with(R"({"user_id":2,"exp":1})"), "2001:db8:1:2::1").status,
       "an expired one tells its owner to log in");
}

TEST(without_a_rate_nothing_is_limited) {
  const Limits limits(std::nullopt, "");
  for (int i = 0; i < 1000; ++i) {
    expect(limits.ask(2, 1h) && limits.refuse("192.0.2.7", 1h));
  }
}

TEST(workers_with_one_folder_count_together) {
  const Folder folder;
  const Limits one(1, folder.path()), two(1, folder.path());
  const Limits elsewhere(1, folder.path() + "/nowhere");
  for (int i = 0; i < 10; ++i) expect((i % 2 == 0 ? one : two).ask(2, 1h));
  expect(!one.ask(2, 1h) && !two.ask(2, 1h));
  expect(elsewhere.ask(2, 1h));
}

TEST(all_addresses_of_a_64_are_one) {
  same(key_of_address("2001:db8::1"), key_of_address("2001:db8:0:0:ffff:ffff:ffff:ffff"));
  expect(key_of_address("2001:db8::1") != key_of_address("2001:db8:0:1::1"));
  same(0xC0000207U, key_of_address("192.0.2.7"));
  expect(key_of_address("192.0.2.7") != key_of_address("192.0.2.8"));
  for (const auto* const odd : {"", "unix:", "localhost", "192.0.2", "::1::2"}) {
    same(0, key_of_address(odd), odd);
  }
}

}  // namespace
