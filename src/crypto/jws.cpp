#include "roomkey/crypto/jws.hpp"

#include <algorithm>
#include <optional>

#include "crypto/refused.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"

namespace roomkey::crypto {

namespace {

struct Parts {
  std::string_view header, payload, signature, signed_part;
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

// Why the header can't be accepted; empty where it can.
std::string unacceptable(const Json::Value& header, Algorithm algorithm) {
  if (base::string_member(header, "alg") != name(algorithm)) {
    return "The token is not signed with the algorithm in use";
  }
  if (header.isMember("crit")) return "The token asks for an extension that is not supported";
  if (header.isMember("b64")) return "The token's payload is not base64url-encoded";
  if (header.isMember("kid") && !header["kid"].isString()) return "The token's kid is no string";
  return {};
}

bool signed_by(const Key& key, const std::optional<std::string>& id, const Parts& parts,
               const std::string& signature) {
  const bool eligible = !id || key.id().empty() || key.id() == *id;
  return eligible && key.verify(parts.signed_part, signature);
}

}  // namespace

base::Result<Jws> verify_jws(std::string_view token, const KeySet& keys) {
  if (token.size() > kMaxTokenBytes) return refused("The token is too long");
  const auto parts = split(token);
  if (!parts) return refused("The token does not have three parts");
  const auto header_text = from_base64url(parts->header);
  auto payload = from_base64url(parts->payload);
  const auto signature = from_base64url(parts->signature);
  if (!header_text || !payload || !signature) return refused("The token is not base64url");
  auto header = base::parse_json_object(*header_text, base::kFewParts);
  if (!header) return refused("The token's header is not a JSON object");
  if (auto why = unacceptable(*header, keys.algorithm); !why.empty()) return refused(why);
  const auto id = base::string_member(*header, "kid");
  const bool authentic = std::any_of(keys.keys.begin(), keys.keys.end(), [&](const Key& key) {
    return signed_by(key, id, *parts, *signature);
  });
  if (!authentic) return refused("The token's signature does not match");
  return Jws{std::move(*header), std::move(*payload)};
}

std::string sign_jws(std::string_view header, std::string_view payload, const Key& key) {
  std::string token = base64url(header) + '.' + base64url(payload);
  token += '.' + base64url(key.sign(token));
  return token;
}

}  // namespace roomkey::crypto
