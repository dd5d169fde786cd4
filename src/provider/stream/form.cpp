#include "provider/stream/form.hpp"

#include "roomkey/base/counted.hpp"
#include "roomkey/provider/variables.hpp"

namespace roomkey::provider::stream {

namespace {

constexpr const char* kStream =
    "Copy key and secret of one and the same app from Stream's dashboard, without anything around "
    "them, and restart the workers.";

std::string characters(std::string_view text) {
  return base::counted(static_cast<std::int64_t>(text.size()), "character");
}

std::string wrong_key(const std::string& api_key, std::string_view api_secret) {
  constexpr std::size_t kLongestKey = 40, kShortestSecret = 20;
  if (api_key.empty()) return "is not set";
  if (api_key == api_secret) return "is the same as STREAM_API_SECRET";
  if (api_key.size() > kLongestKey && api_secret.size() < kShortestSecret) {
    return "and STREAM_API_SECRET look swapped: the key is the short one. It goes to every "
           "browser, so a secret there is no secret any more";
  }
  return pasted_along(api_key);
}

}  // namespace

std::string wrong_value(const std::string& variable, const std::string& value) {
  constexpr std::size_t kLongestKey = 40;
  if (variable == "STREAM_API_KEY" && value.size() > kLongestKey) {
    return "has " + characters(value) + ", as a secret has and no API key";
  }
  if (variable == "STREAM_API_KEY" || variable == "STREAM_API_SECRET") return pasted_along(value);
  return {};
}

bool check_variables(base::Findings& findings, const std::string& api_key,
                     std::string_view api_secret) {
  const auto said = [&](const std::string& name, const std::string& wrong) {
    if (!wrong.empty()) findings.error(name, name + ' ' + wrong + '.', kStream);
    return !wrong.empty();
  };
  const std::string wrong = api_secret.empty() ? "is not set" : pasted_along(api_secret);
  const bool bad_key = said("STREAM_API_KEY", wrong_key(api_key, api_secret));
  const bool bad_secret = said("STREAM_API_SECRET", wrong);
  if (bad_key || bad_secret) return false;
  findings.ok("STREAM_API_KEY", "STREAM_API_KEY and STREAM_API_SECRET are set (the secret, " +
                                    characters(api_secret) + ", is not shown)");
  return true;
}

void warn_of_unbound(base::Findings& findings) {
  findings.warn("STREAM_UNBOUND_TOKENS",
                "STREAM_UNBOUND_TOKENS is on: every active user gets Stream tokens that are for no "
                "call in particular, and joins with them whatever the roles at Stream permit.",
                "Have the frontend send callId with its requests for tokens, and take "
                "STREAM_UNBOUND_TOKENS out.");
}

}  // namespace roomkey::provider::stream
