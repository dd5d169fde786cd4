// Keys as `livekit-server generate-keys` and LiveKit Cloud make them: API and 12 letters and
// digits, the secret 43 and more. A server of one's own takes others as well.
#include "provider/livekit/form.hpp"

#include "provider/livekit/settings.hpp"
#include "roomkey/base/counted.hpp"

namespace roomkey::provider::livekit {

namespace {

constexpr std::size_t kLongestKey = 40;
constexpr std::size_t kShortestSecret = 32;  // LiveKit's server warns of shorter ones
constexpr const char* kCopyAgain =
    "Copy key and secret of one and the same project from LiveKit Cloud (Settings, API keys), or "
    "of "
    "one line under keys: in the server's livekit.yaml, without anything around them, and restart "
    "the workers.";

std::string characters(std::string_view text) {
  return base::counted(static_cast<std::int64_t>(text.size()), "character");
}

bool looks_like_key(std::string_view text) {
  return text.starts_with("API") && text.size() < kShortestSecret;
}

// Secrets may end in = where they were made as base64.
std::string wrong_secret(std::string_view value) {
  if (looks_like_key(value)) return "holds an API key (API...), not its secret";
  const auto end = value.find_last_not_of('=');
  return pasted_along(value.substr(0, end == value.npos ? value.size() : end + 1));
}

std::string wrong_key(std::string_view value, std::string_view secret) {
  if (value.empty()) return "is not set";
  if (value == secret) return "is the same as LIVEKIT_API_SECRET";
  if (!looks_like_key(value) && looks_like_key(secret)) {
    return "and LIVEKIT_API_SECRET are swapped: the one that begins with API is the key. The key "
           "is "
           "in every token, so a secret there is no secret any more";
  }
  return pasted_along(value);
}

std::string wrong_secret_beside(std::string_view secret, std::string_view key) {
  if (secret.empty()) return "is not set";
  return looks_like_key(secret) && !looks_like_key(key) ? "" : wrong_secret(secret);
}

void check_strength(base::Findings& findings, std::string_view secret) {
  if (secret.size() >= kShortestSecret) {
    return findings.ok("LIVEKIT_API_SECRET",
                       "LIVEKIT_API_SECRET is set: " + characters(secret) + " (not shown)");
  }
  findings.warn("LIVEKIT_API_SECRET",
                "LIVEKIT_API_SECRET has " + characters(secret) +
                    ": who has one token can find a short secret by trying, and then gets into "
                    "every room. LiveKit's own server warns of it.",
                "Make a new pair (livekit-server generate-keys), add it under keys: in "
                "livekit.yaml, set both here, and take the old one out.");
}

}  // namespace

std::string wrong_value(const std::string& variable, const std::string& value) {
  if (variable == "LIVEKIT_URL" && !is_address(value)) {
    return "must be wss://host, or ws:// to this machine, without password or ?";
  }
  if (variable == "LIVEKIT_API_KEY" && value.size() > kLongestKey) {
    return "has " + characters(value) + ", as a secret has and no API key";
  }
  if (variable == "LIVEKIT_API_KEY") return pasted_along(value);
  return variable == "LIVEKIT_API_SECRET" ? wrong_secret(value) : "";
}

bool check_variables(base::Findings& findings, const Configuration& configuration) {
  const auto& [url, key, secret] = configuration.token;
  bool good = true;
  const auto said = [&](const std::string& name, const std::string& wrong, const char* cure) {
    if (wrong.empty()) return;
    good = false;
    findings.error(name, name + ' ' + wrong + '.', cure);
  };
  said("LIVEKIT_URL", url.empty() ? "is not set" : "",
       "Set it to the address that browsers open: wss://<project>.livekit.cloud, or wss:// and the "
       "name of the clinic's own server.");
  said("LIVEKIT_API_KEY", wrong_key(key, secret.reveal()), kCopyAgain);
  said("LIVEKIT_API_SECRET", wrong_secret_beside(secret.reveal(), key), kCopyAgain);
  if (!good) return false;
  findings.ok("LIVEKIT_URL", "LIVEKIT_URL is " + url);
  findings.ok("LIVEKIT_API_KEY", "LIVEKIT_API_KEY is set: " + characters(key));
  check_strength(findings, secret.reveal());
  return true;
}

}  // namespace roomkey::provider::livekit
