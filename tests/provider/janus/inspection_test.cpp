#include "cli/inspect/inspected.hpp"
#include "provider/janus/janus_clinic.hpp"
#include "provider/janus/token.hpp"

namespace janus_inspection_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::janus::sign_token;

config::Config with_janus() {
  auto config = clinic_config();
  config.janus = janus_settings();
  return config;
}

std::string room_token(std::chrono::seconds after = 1h, std::string_view secret = kJanusSecret,
                       const std::string& what = "room=" + std::string(kRoom)) {
  return sign_token(secret, kNine + after, provider::janus::kPlugin, what);
}

TEST(what_roomkey_mints_for_janus_has_no_fault) {
  const auto room = found("", room_token(), with_janus());
  same("janus", room.kind);
  same(kRoom, value_of(room, "room"));
  same("made with JANUS_TOKEN_SECRET", value_of(room, "signature"));
  const auto core = found("", provider::janus::core_token(kJanusSecret, kNine + 1h), with_janus());
  same("janus.plugin.videoroom", value_of(core, "plugin"));
  expect(contains(value_of(core, "for"), "every request"));
  expect(!contains(text_of(room_token(), with_janus()), room_token().substr(60)));
}

TEST(what_janus_would_refuse_is_named_with_its_code) {
  const auto config = with_janus();
  found("error 433", room_token(-1s), config, "expired");
  found("error 433", room_token(0s), config, "expired");
  found("error 403", provider::janus::core_token(kJanusSecret, kNine - 1h), config, "expired");
  found("error 433", room_token(1h, "another secret"), config, "another secret");
  found("error 433", room_token(1h, kJanusKey), config, "made with JANUS_ADMIN_KEY instead");
  found("error 433", room_token(1h, std::string(kJanusSecret) + "\n"), config, "line break");
  found("error 433", room_token(1h, kJanusSecret, "room="), config, "names no room");
  found("error 403", sign_token(kJanusSecret, kNine + 1h, "janus", "janus.plugin.sip"), config,
        "not for the VideoRoom");
  found("error 403", sign_token(kJanusSecret, kNine + 1h, "janus.plugin.sip", "room=a"), config,
        "neither");
  const auto whole = room_token();
  found("error 433", whole.substr(0, whole.size() - 1), config, "cut or changed");
  found("error 433", whole.substr(0, whole.find(':')), config, "cut or changed");
  found("error 433, error 433", "1763287200000,janus.plugin.videoroom,room=a:x", config,
        "milliseconds");
}

TEST(what_is_unusual_for_janus_is_a_warning) {
  found("warning long_life", room_token(25h), with_janus());
  found("warning several", room_token(1h, kJanusSecret, "room=a,room=b"), with_janus());
  found("warning several",
        sign_token(kJanusSecret, kNine + 1h, "janus", "janus.plugin.videoroom,janus.plugin.sip"),
        with_janus());
}

TEST(a_janus_token_is_known_without_its_secret) {
  same("janus", found("warning unchecked", room_token(), config::Config()).kind);
  found("warning unchecked, warning other_provider", room_token(), clinic_config(), "set up for");
}

TEST(a_jwt_with_janus_s_secret_is_none_of_its) {
  found("error 403", signed_by(kJanusSecret, R"({"alg":"HS256"})", R"({"room":"a"})"), with_janus(),
        "Janus takes none");
}

}  // namespace janus_inspection_test
