#include "provider/janus/form.hpp"

#include "roomkey/base/counted.hpp"

namespace roomkey::provider::janus {

namespace {

constexpr std::size_t kShortest = 20;

constexpr const char* kMakeSecret =
    "Make one with `openssl rand -hex 32`, put it into Janus's configuration and here, and restart "
    "both (docs/janus.md).";

// A secret in base64 may end with `=`, which is nothing that was pasted along.
std::string wrong_secret(std::string_view value) {
  return pasted_along(value.substr(0, value.find_last_not_of('=') + 1));
}

// Those of Janus's own examples.
bool is_known_to_all(std::string_view value) {
  return value == "janus" || value == "janusrocks" || value == "supersecret" ||
         value == "adminpwd" || value == "janusoverlord";
}

bool check_secret(base::Findings& findings, const std::string& name, const crypto::Secret& secret,
                  const char* theirs) {
  const std::string_view value = secret.reveal();
  if (value.empty()) {
    findings.error(name, name + " is not set.",
                   "Set it to the " + std::string(theirs) +
                       " of Janus's configuration, and restart the workers.");
    return false;
  }
  if (const auto wrong = wrong_secret(value); !wrong.empty()) {
    findings.error(name, name + ' ' + wrong + '.',
                   "Copy it again, as Janus's configuration has it between its quotes.");
    return false;
  }
  const std::string size = base::counted(static_cast<std::int64_t>(value.size()), "character");
  if (is_known_to_all(value)) {
    findings.error(name, name + " is the one of Janus's examples, which everybody knows.",
                   kMakeSecret);
  } else if (value.size() < kShortest) {
    findings.warn(name, name + " has only " + size + ": who has a token can try until it is found.",
                  kMakeSecret);
  } else {
    findings.ok(name, name + " is set: " + size + " (not shown)");
  }
  return true;
}

bool check_url(base::Findings& findings, const std::string& url) {
  if (url.empty()) {
    findings.error("JANUS_URL", "JANUS_URL is not set.",
                   "Set it to the address of Janus's WebSocket as browsers open it: "
                   "wss://<your domain>/janus, which roomkey's nginx site carries to Janus.");
    return false;
  }
  if (url.starts_with("ws://")) {
    findings.warn("JANUS_URL",
                  "JANUS_URL is not encrypted (ws://): only a page on this machine can use it.",
                  "Set it to wss://<your domain>/janus, unless this is for trying things out.");
  } else {
    findings.ok("JANUS_URL", "JANUS_URL is " + url);
  }
  return true;
}

}  // namespace

std::string wrong_value(const std::string& variable, const std::string& value) {
  if (variable == "JANUS_URL") {
    return is_socket_address(value) ? ""
                                    : "is not wss://host/path, such as "
                                      "wss://video.clinic.example/janus";
  }
  if (variable == "JANUS_TOKEN_SECRET" || variable == "JANUS_ADMIN_KEY") {
    return is_known_to_all(value) ? "is the one of Janus's examples, which everybody knows"
                                  : wrong_secret(value);
  }
  return {};
}

bool check_variables(base::Findings& findings, const Configuration& configuration) {
  const auto& [url, token_secret, admin_key, api_url] = configuration;
  const bool has_url = check_url(findings, url);
  const bool signs =
      check_secret(findings, "JANUS_TOKEN_SECRET", token_secret, "token_auth_secret");
  const bool administers =
      check_secret(findings, "JANUS_ADMIN_KEY", admin_key, "VideoRoom's admin_key");
  if (signs && administers && token_secret.reveal() == admin_key.reveal()) {
    findings.error("JANUS_ADMIN_KEY",
                   "JANUS_ADMIN_KEY is the same as JANUS_TOKEN_SECRET, and one of them is wrong.",
                   "The first is admin_key in janus.plugin.videoroom.jcfg, the second "
                   "token_auth_secret in janus.jcfg.");
    return false;
  }
  return has_url && signs && administers;
}

}  // namespace roomkey::provider::janus
