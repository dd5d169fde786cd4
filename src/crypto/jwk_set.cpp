#include <json/writer.h>

#include <algorithm>

#include "crypto/jwk_parts.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::crypto {

namespace {

base::Error no_jwk_set(std::string why) { return {base::Code::invalid_token, std::move(why)}; }

// What stands in the place of a JWK set, where it is something that is often taken for one.
std::string not_a_set(const Json::Value& object) {
  const auto is_certificate = [](const Json::Value& one) {
    return one.isString() && one.asString().starts_with("-----BEGIN CERTIFICATE");
  };
  if (object.isMember("keys")) return "has `keys` that is no array";
  if (object.isMember("kty"))
    return R"(is one JWK alone: put {"keys":[ before it and ]} behind it)";
  if (object.isMember("jwks_uri")) {
    return "is the login's discovery document: fetch the set that its `jwks_uri` names";
  }
  if (!object.empty() && std::all_of(object.begin(), object.end(), is_certificate)) {
    return "is a list of certificates: the login has a JWK set as well (of Firebase: "
           "/service_accounts/v1/jwk/...)";
  }
  return "has no array `keys`";
}

std::string not_json(std::string_view text, const base::Error& fault) {
  if (text.find("-----BEGIN ") != text.npos) {
    return "is PEM: ROOMKEY_JWT_PUBLIC_KEY_FILE takes that";
  }
  if (text.starts_with('<')) return "is HTML or XML";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return "is UTF-16: save it as UTF-8";
  }
  if (text.starts_with('[')) return R"(is an array alone: put {"keys": before it and } behind it)";
  return "is " + fault.detail;
}

// For a person to find it: its place, counted from 1, and its id.
std::string name_of(const Json::Value& jwk, Json::ArrayIndex index) {
  const auto id = jwk.isObject() ? base::string_member(jwk, "kid") : std::nullopt;
  return "key " + std::to_string(index + 1) +
         (id ? " (kid " + base::log_value(*id) + ')' : std::string());
}

bool holds_secret(const Json::Value& jwk) {
  return jwk.isObject() && (jwk.isMember("d") || jwk.isMember("k"));
}

bool is_named(const KeySet& set, const Key& key) {
  return std::any_of(set.keys.begin(), set.keys.end(),
                     [&](const Key& one) { return one.id() == key.id() && one.equals(key); });
}

// Of many that are alike the first few will do.
std::string some_of(const std::vector<std::string>& reasons) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(reasons.size(), kMost); ++i) text += "; " + reasons[i];
  if (reasons.size() > kMost) text += "; and " + std::to_string(reasons.size() - kMost) + " more";
  return text.substr(std::min<std::size_t>(text.size(), 2));
}

// Gathers the keys for one algorithm, and what there is to say of the others.
class Gathering {
 public:
  explicit Gathering(Algorithm algorithm) : set{algorithm, {}} {}

  void take(const Json::Value& jwk, const std::string& name) {
    if (!is_hmac(set.algorithm) && holds_secret(jwk)) {
      remark(name + " is private or a secret, which a set of public keys must not hold",
             "Give the set without it (without `d` and `k`): it belongs to the login alone.");
    }
    auto key = Key::from_jwk(jwk, set.algorithm);
    if (key) {
      if (!is_named(set, *key)) set.keys.push_back(std::move(*key));
      return;
    }
    reasons.push_back(name + ": " + key.error().detail);
    // RFC 7517 section 5: keys of unknown types, for other uses, with members that are missing or
    // out of range are passed over.
    if (!jwk.isObject() || !other_purpose(jwk, set.algorithm).empty()) return;
    remark("one key is passed over: " + reasons.back(),
           "Have the login's set made anew: tokens that this key signed are refused.");
  }

  KeySet set;
  std::vector<std::string> reasons;  // why the others are none

 private:
  void remark(std::string text, std::string cure) {
    constexpr std::size_t kMost = 8;
    if (set.remarks.size() < kMost) set.remarks.push_back({std::move(text), std::move(cure)});
  }
};

}  // namespace

base::Result<KeySet> key_set_from_jwks(std::string_view json, Algorithm algorithm) {
  if (json.starts_with(base::kByteOrderMark)) json.remove_prefix(base::kByteOrderMark.size());
  const auto object = base::parse_json_object(json);
  if (!object) return no_jwk_set("the JWK set " + not_json(json, object.error()));
  if (!(*object)["keys"].isArray()) return no_jwk_set("the JWK set " + not_a_set(*object));
  const Json::Value& listed = (*object)["keys"];
  Gathering gathering(algorithm);
  auto& [set, reasons] = gathering;
  for (Json::ArrayIndex i = 0; i < listed.size() && set.keys.size() <= kMostKeys; ++i) {
    gathering.take(listed[i], name_of(listed[i], i));
  }
  const std::string what = " for " + std::string(name(algorithm)) + " signatures";
  if (set.keys.size() > kMostKeys) {
    return no_jwk_set("the JWK set has more than " + std::to_string(kMostKeys) + " keys" + what);
  }
  if (set.keys.empty()) {
    return no_jwk_set("the JWK set has no key" + what +
                      (reasons.empty() ? ": it is empty" : ": " + some_of(reasons)));
  }
  return std::move(set);
}

bool is_jwk_set(std::string_view json) {
  if (json.starts_with(base::kByteOrderMark)) json.remove_prefix(base::kByteOrderMark.size());
  const auto object = base::parse_json_object(json);
  return object && (*object)["keys"].isArray() && (*object)["keys"].size() <= kMostKeys;
}

std::optional<std::string> public_half_of_jwks(std::string_view json) {
  if (json.starts_with(base::kByteOrderMark)) json.remove_prefix(base::kByteOrderMark.size());
  auto object = base::parse_json_object(json);
  if (!object || !(*object)["keys"].isArray()) return std::nullopt;
  bool has_private = false;
  for (Json::Value& key : (*object)["keys"]) {
    if (!key.isObject()) continue;
    for (const char* const member : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
      has_private = key.removeMember(member, nullptr) || has_private;
    }
  }
  if (!has_private) return std::nullopt;
  Json::StreamWriterBuilder compact;
  compact["indentation"] = "";
  return Json::writeString(compact, *object) + '\n';
}

}  // namespace roomkey::crypto
