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

using Header = std::shared_ptr<const Json::Value>;

// The header of the last token that was authentic. One issuer's are all alike, so that it need not
// be read again, and whoever has no key can't put another in its place.
struct KnownHeader {
  std::string part;
  Header header;
};
KnownHeader known_header;

void remember(std::string_view part, const Header& header) {
  if (known_header.header != header) known_header = {std::string(part), header};
}

base::Result<Header> read_header(std::string_view part) {
  if (known_header.header && known_header.part == part) return known_header.header;
  const auto text = from_base64url(part);
  if (!text) return refused("The token is not base64url");
  auto header = base::parse_json_object(*text, base::kFewParts);
  if (!header) return refused("The token's header is not a JSON object");
  return std::make_shared<const Json::Value>(std::move(*header));
}

constexpr std::size_t kUsualSignature = 64;  // HS256's, and the two dots

}  // namespace

base::Result<Jws> verify_jws(std::string_view token, const KeySet& keys) {
  if (token.size() > kMaxTokenBytes) return refused("The token is too long");
  const auto parts = split(token);
  if (!parts) return refused("The token does not have three parts");
  auto payload = from_base64url(parts->payload);
  const auto signature = from_base64url(parts->signature);
  if (!payload || !signature) return refused("The token is not base64url");
  auto header = read_header(parts->header);
  if (!header) return header.error();
  if (auto why = unacceptable(**header, keys.algorithm); !why.empty()) return refused(why);
  const auto id = base::string_member(**header, "kid");
  const bool authentic = std::any_of(keys.keys.begin(), keys.keys.end(), [&](const Key& key) {
    return signed_by(key, id, *parts, *signature);
  });
  if (!authentic) return refused("The token's signature does not match");
  remember(parts->header, *header);
  return Jws{std::move(*header), std::move(*payload)};
}

std::string sign_jws(std::string_view header, std::string_view payload, const Key& key) {
  std::string token;
  token.reserve((header.size() + payload.size()) * 4 / 3 + kUsualSignature);
  append_base64url(token, header);
  token += '.';
  append_base64url(token, payload);
  const std::string signature = key.sign(token);
  token += '.';
  append_base64url(token, signature);
  return token;
}

}  // namespace roomkey::crypto
