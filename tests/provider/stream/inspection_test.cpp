#include "cli/inspect/inspected.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

constexpr const char* kStreamSecret = "not-a-real-stream-secret-0123456789";
constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT"})";

std::string with(const std::string& claims, const char* header = kHeader) {
  return signed_by(kStreamSecret, header, '{' + claims + '}');
}
std::string good(const std::string& more = "") {
  return R"("user_id":"user_2","iat":)" + from_now(-5) + R"(,"exp":)" + from_now(3600) + more;
}

TEST(what_roomkey_mints_for_stream_has_no_fault) {
  const provider::stream::Tokens stream(stream_settings());
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  const auto call = found("", accepted(stream.mint(grant, kNine)).token);
  same("stream", call.kind);
  same("user_2", value_of(call, "user"));
  same("default:" + std::string(kRoom), value_of(call, "call"));
  const auto plain = found("", accepted(stream.mint_for_user(2, kNine)).token);
  same("none named", value_of(plain, "call"));
  same("made with STREAM_API_SECRET", value_of(plain, "signature"));
}

TEST(stream_s_own_codes_are_named) {
  found("error 40", with(R"("user_id":"user_2","exp":)" + kNow));
  found("error 41", with(good(R"(,"nbf":)" + from_now(1))));
  found("error 42",
        with(R"("user_id":"user_2","iat":)" + from_now(1) + R"(,"exp":)" + from_now(60)));
  found("error 43",
        signed_by("another", kHeader, R"({"user_id":"user_2","exp":)" + from_now(60) + '}'));
  found("error 5", with(good(), R"({"alg":"HS384"})"));
  found("error 5", with(R"("exp":)" + from_now(60)), clinic_config(), "names no user");
  found("error 5", with(good(R"(,"call_cids":"apt-47")")));
  found("error 5", with(good(R"(,"call_cids":[])")));
  found("error 5", with(good(R"(,"call_cids":["default:a",7])")));
  const auto token = with(good(R"(,"call_cids":["default:a"])"));
  found("error 43", token.substr(0, token.rfind('.') + 1), clinic_config(), "not signed");
}

TEST(of_many_calls_the_first_are_shown_and_all_are_looked_at) {
  std::string calls;
  for (int i = 0; i < 20; ++i) {
    calls += (i == 0 ? "" : ",") + std::string("\"default:c") + std::to_string(i) + '"';
  }
  const auto text = text_of(with(good(R"(,"call_cids":[)" + calls + ']')));
  expect(contains(text, "default:c4") && contains(text, "and 15 more"), text);
  expect(!contains(text, "default:c5"), text);
  found("error 5", with(good(R"(,"call_cids":[)" + calls + ",7]")));
}

TEST(a_token_for_servers_must_not_be_about) {
  found("error server_token, warning no_expiry", with(R"("server":true)"));
}

TEST(what_is_unusual_for_stream_is_a_warning) {
  found("warning no_expiry", with(R"("user_id":"user_2")"));
  found("warning 5", with(R"("user_id":"Jane","exp":)" + from_now(60)));
  found("warning 40", with(R"("user_id":"user_2","exp":)" + from_now(60) + ".5"));
  found("warning spelling", with(good(R"(,"name":"???>>>")")));
}

TEST(a_stream_token_is_known_without_its_secret) {
  const config::Config none;
  same("stream", found("warning unchecked", with(good()), none).kind);
  same("stream",
       found("warning unchecked", with(good(R"(,"call_cids":["default:a"])")), none).kind);
  config::Config twilio;
  twilio.twilio.token = twilio_settings();
  found("warning unchecked, warning other_provider", with(good()), twilio, "set up for Twilio");
}

}  // namespace
