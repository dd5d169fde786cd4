#include "roomkey/metrics/tally.hpp"

#include <filesystem>

#include "roomkey/http/message.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using namespace std::chrono_literals;
using roomkey::base::Code;
using roomkey::metrics::Exposition;
using roomkey::metrics::Layout;
using roomkey::metrics::Outcome;
using roomkey::metrics::Tally;

Layout layout() {
  return {{"thing", "token"},
          {{"token", "twilio", "first"}},
          {{"twilio", "find_room"}, {"janus", "kick"}, {"livekit", "find_room"}}};
}

// The line that begins with this, and a blank, without both; "-" where there is none.
std::string value(const Tally& tally, const std::string& series) {
  Exposition out;
  tally.write(out);
  const std::string text = "\n" + out.text();
  const auto at = text.find("\n" + series + ' ');
  if (at == text.npos) return "-";
  const auto begin = at + series.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::size_t files_in(const Folder& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(counts_by_route_status_and_code) {
  const Tally tally(layout(), "");
  same("ROOMKEY_METRICS_DIR is not set", tally.fault());
  tally.answered({0, 200, {}, 1ms});
  tally.answered({0, 200, {}, 1ms});
  tally.answered({0, 403, Code::permission_denied, 1ms});
  tally.answered({2, 404, Code::not_found, 1ms});
  tally.answered({1, 200, {}, 1ms, "twilio"});
  tally.answered({1, 200, {}, 1ms, "another"});
  tally.answered({0, 200, {}, 1ms, "twilio"});
  tally.answered({1, 418, Code::internal_error, 1ms});
  same("3", value(tally, R"(roomkey_requests_total{route="thing",status="200"})"));
  same("1", value(tally, R"(roomkey_requests_total{route="thing",status="403"})"));
  same("-", value(tally, R"(roomkey_requests_total{route="thing",status="404"})"));
  same("1", value(tally, R"(roomkey_requests_total{route="none",status="404"})"));
  same("1", value(tally, R"(roomkey_requests_total{route="token",status="other"})"));
  same("1", value(tally, R"(roomkey_refusals_total{code="permission_denied"})"));
  same("1", value(tally, R"(roomkey_refusals_total{code="internal_error"})"));
  same("0", value(tally, R"(roomkey_refusals_total{code="authentication_required"})"));
  same("1", value(tally, R"(roomkey_tokens_total{provider="twilio",kind="first"})"));
}

TEST(counts_what_the_store_refused_by_its_fault) {
  using Cause = roomkey::base::Unavailable::Cause;
  const Tally tally(layout(), "");
  tally.answered({0, 503, Code::store_unavailable, 1ms, "", Cause::unknown_outcome});
  tally.answered({0, 503, Code::store_unavailable, 1ms, "", Cause::other});
  tally.answered({1, 503, Code::store_unavailable, 1ms, "", Cause::unknown_outcome});
  tally.answered({1, 200, {}, 1ms, "twilio"});
  same("2", value(tally, R"(roomkey_store_faults_total{fault="unknown_outcome"})"));
  same("1", value(tally, R"(roomkey_store_faults_total{fault="other"})"));
  same("0", value(tally, R"(roomkey_store_faults_total{fault="alone"})"));
  same("3", value(tally, R"(roomkey_refusals_total{code="store_unavailable"})"));
  same("1", value(tally, R"(roomkey_tokens_total{provider="twilio",kind="first"})"));
}

TEST(knows_the_status_of_every_refusal) {
  const Tally tally(layout(), "");
  for (std::size_t i = 0; i < roomkey::base::kCodeCount; ++i) {
    const auto code = static_cast<Code>(i);
    tally.answered({0, roomkey::http::error_response({code, "why"}).status, code, 1ms});
  }
  same("-", value(tally, R"(roomkey_requests_total{route="thing",status="other"})"));
}

TEST(durations_fall_into_their_buckets) {
  const Tally tally(layout(), "");
  for (const auto spent : std::initializer_list<std::chrono::nanoseconds>{
           0ns, 250us, 250001ns, 1ms, 10s, 10'000'000'001ns, 3600s}) {
    tally.answered({1, 200, {}, spent});
  }
  const auto at = [&](const std::string& end) {
    return value(tally,
                 R"(roomkey_request_duration_seconds_bucket{route="token",le=")" + end + "\"}");
  };
  same("2", at("0.00025"));
  same("3", at("0.0005"));
  same("4", at("0.001"));
  same("4", at("5"));
  same("5", at("10"));
  same("7", at("+Inf"));
  same("7", value(tally, R"(roomkey_request_duration_seconds_count{route="token"})"));
  same("3620.001500002", value(tally, R"(roomkey_request_duration_seconds_sum{route="token"})"));
  same("0", value(tally, R"(roomkey_request_duration_seconds_count{route="none"})"));
}

TEST(counts_requests_to_the_provider_and_workers) {
  Tally tally(layout(), "");
  tally.called(1, Outcome::unreachable);
  tally.called(0, Outcome::answered);
  tally.started("room");
  const auto calls = [&](const std::string& of) {
    return value(tally, "roomkey_provider_calls_total{" + of + '}');
  };
  same("1", calls(R"(provider="janus",call="kick",outcome="unreachable")"));
  same("1", calls(R"(provider="twilio",call="find_room",outcome="answered")"));
  same("0", calls(R"(provider="twilio",call="find_room",outcome="refused")"));
  same("0", calls(R"(provider="livekit",call="find_room",outcome="answered")"), "another's");
  same("1", value(tally, R"(roomkey_worker_starts_total{pool="room"})"));
  same("1", value(tally, R"(roomkey_workers{pool="room"})"));
  same("0", value(tally, R"(roomkey_workers{pool="token"})"));
}

TEST(every_worker_tells_what_all_have_counted) {
  const Folder folder;
  Tally token(layout(), folder.path());
  Tally room(layout(), folder.path());
  same("", token.fault());
  token.started("token");
  room.started("room");
  Tally(layout(), folder.path()).started("anything");
  token.answered({0, 200, {}, 1ms});
  room.answered({0, 200, {}, 2ms});
  for (const Tally* tally : {&token, &room}) {
    same("2", value(*tally, R"(roomkey_requests_total{route="thing",status="200"})"));
    same("0.003000000", value(*tally, R"(roomkey_request_duration_seconds_sum{route="thing"})"));
    same("1", value(*tally, R"(roomkey_workers{pool="token"})"));
    same("1", value(*tally, R"(roomkey_worker_starts_total{pool="other"})"));
    same("0", value(*tally, R"(roomkey_workers{pool="other"})"));
  }
  same(1, files_in(folder));
}

TEST(another_layout_has_a_file_of_its_own) {
  const Folder folder;
  const Tally one(layout(), folder.path());
  one.answered({0, 200, {}, 1ms});
  auto swapped = layout();
  std::swap(swapped.routes[0], swapped.routes[1]);
  auto joined = layout();
  joined.routes = {"thingtoken", ""};
  auto more = layout();
  more.calls.push_back({"twilio", "create_room"});
  for (const auto& other : {swapped, joined, more}) {
    const Tally tally(other, folder.path());
    same("", tally.fault());
    same("-", value(tally, R"(roomkey_requests_total{route="thing",status="200"})"));
  }
  same(4, files_in(folder));
}

TEST(where_the_folder_is_no_good_it_counts_alone_and_says_why) {
  const Folder folder;
  const Tally missing(layout(), folder.file("missing"));
  same("ROOMKEY_METRICS_DIR: No such file or directory", missing.fault());
  missing.answered({0, 200, {}, 1ms});
  same("1", value(missing, R"(roomkey_requests_total{route="thing",status="200"})"));
  const Tally here(layout(), folder.path());
  std::filesystem::remove_all(std::filesystem::directory_iterator(folder.path())->path());
  same("ROOMKEY_METRICS_DIR: the file was taken away", here.fault());
}

}  // namespace
