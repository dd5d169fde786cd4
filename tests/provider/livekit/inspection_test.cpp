#include "cli/inspect/inspected.hpp"
#include "roomkey/provider/livekit/token.hpp"

namespace livekit_inspection_test {

using namespace roomkey;
using namespace roomkey::test;

constexpr const char* kLivekitSecret = "not-a-real-livekit-secret-0123456789abcdefg";
constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr const char* kVideo = R"("video":{"room":"apt-47","roomJoin":true})";

provider::livekit::TokenSettings settings() {
  return {"wss://video.clinic.example", "APIgoldenKey0047", crypto::Secret(kLivekitSecret)};
}

config::Config config() {
  auto config = clinic_config();
  config.livekit.token = settings();
  return config;
}

std::string with(const std::string& claims, const char* header = kHeader,
                 const char* secret = kLivekitSecret) {
  return signed_by(secret, header, '{' + claims + '}');
}
std::string claims(const std::string& video = kVideo, const std::string& key = "APIgoldenKey0047") {
  return R"("iss":")" + key + R"(","sub":"2-jane.doe@example.com","nbf":)" + kNow + R"(,"exp":)" +
         from_now(3600) + ',' + video;
}

TEST(what_roomkey_mints_for_livekit_has_no_fault) {
  const provider::livekit::Tokens livekit(settings());
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min, "Jane Doe"};
  const auto report = found("", accepted(livekit.mint(grant, kNine)).token, config());
  same("livekit", report.kind);
  same("2-jane.doe@example.com", value_of(report, "identity"));
  same("Jane Doe", value_of(report, "name"));
  same(std::string(kRoom), value_of(report, "room"));
  same("APIgoldenKey0047 (LIVEKIT_API_KEY)", value_of(report, "API key"));
  same("made with LIVEKIT_API_SECRET", value_of(report, "signature"));
}

TEST(what_livekit_would_refuse_is_said_with_its_status) {
  const auto all = config();
  found("error 401", with(claims(), R"({"alg":"HS384"})"), all, "must be HS256");
  found("error 401", with(claims(kVideo, "APIother")), all, "another API key");
  found("error 401", with(claims(R"("video":{"room":"apt-47"})")), all, "permissions denied");
  found("error 401", with(claims(R"("video":7)")), all, "no video grant");
  found("error 401", with(claims(), kHeader, "another"), all, "another secret");
  found("error 401",
        with(R"("iss":"APIgoldenKey0047","sub":"x","nbf":1,"exp":)" + from_now(-60) + ',' + kVideo),
        all);
  found("error 400",
        with(R"("iss":"APIgoldenKey0047","nbf":1,"exp":)" + from_now(9) + ',' + kVideo), all,
        "names nobody");
  const auto token = with(claims());
  found("error 401", token.substr(0, token.rfind('.') + 1), all, "not signed");
  found("error 401",
        with(R"("iss":"APIgoldenKey0047","sub":"x","nbf":)" + from_now(61) + R"(,"exp":)" +
             from_now(99) + ',' + kVideo),
        all);
}

TEST(what_gives_too_much_or_too_little_is_said) {
  const auto all = config();
  found("error any_room", with(claims(R"("video":{"roomJoin":true})")), all, "chooses one");
  found("error administers",
        with(claims(R"("video":{"room":"a","roomJoin":true,"roomAdmin":true,"hidden":true})")), all,
        "roomAdmin, hidden");
  found("warning permissions",
        with(claims(R"("video":{"room":"a","roomJoin":true,"canPublish":false})")), all,
        "not seen or heard");
  found("warning nbf",
        with(R"("iss":"APIgoldenKey0047","sub":"x","exp":)" + from_now(9) + ',' + kVideo), all);
  found("warning webhook",
        with(R"("iss":"APIgoldenKey0047","sha256":"x","nbf":)" + kNow + R"(,"exp":)" + from_now(9)),
        all, "webhook");
}

TEST(a_livekit_secret_in_another_spelling_or_place_is_found) {
  found("error 401", with(claims(), kHeader, "not-a-real-livekit-secret-0123456789abcdefg\n"),
        config(), "line break behind it");
  found("error 401", with(claims(), kHeader, "APIgoldenKey0047"), config(),
        "LIVEKIT_API_KEY instead");
  found("warning unchecked, warning other_provider", with(claims()), clinic_config(),
        "LIVEKIT_API_SECRET is not set");
}

}  // namespace livekit_inspection_test
