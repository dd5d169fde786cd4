#include "provider/custom/settings.hpp"

#include <array>

#include "roomkey/base/counted.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/crypto/signing_key.hpp"

namespace roomkey::provider::custom {

namespace {

constexpr const char* kFile = "ROOMKEY_TOKEN_TEMPLATE_FILE";
constexpr const char* kKey = "ROOMKEY_TOKEN_KEY";

constexpr std::array kVariables{
    Variable{kFile, Role::token, false, "Template of another provider's tokens",
             "File with the template of another provider's tokens (- for none)"},
    Variable{kKey,
             Role::token,
             true,
             "File with the key that signs them",
             "File with the key that signs them",
             {},
             {},
             true}};

constexpr const char* kCure =
    "See \"A provider by template\" in docs/configuration.md, and restart the workers.";

void read_template(Values& values, TokenSettings& settings) {
  constexpr std::size_t kMost = 64 << 10;
  const auto text = base::read_regular_file(settings.file, kMost);
  if (!text) {
    const bool large = text.error().code == base::Code::payload_too_large;
    return values.fault(kFile,
                        "can't read the file: " + (large ? "over 64 KiB" : text.error().detail));
  }
  std::vector<std::string> faults;
  settings.pattern = Template::read(*text, faults);
  for (const auto& fault : faults) values.fault(kFile, fault);
}

void read_key(Values& values, TokenSettings& settings) {
  settings.key = values.secret(kKey);
  if (settings.key.empty() || !settings.pattern) return;
  const auto key = crypto::signing_key(settings.key.reveal(), settings.pattern->algorithm());
  const std::string by_file = std::string(kKey) + "_FILE";
  if (!key) values.fault(values.text(by_file).empty() ? kKey : by_file, key.error().detail);
}

bool is_weak(const TokenSettings& settings) {
  constexpr std::size_t kLeast = 32;
  return crypto::is_hmac(settings.pattern->algorithm()) && settings.key.size() < kLeast;
}

void say_key(base::Findings& findings, const TokenSettings& settings) {
  if (!is_weak(settings)) {
    return findings.ok(kKey, "The template and its key for " +
                                 std::string(crypto::name(settings.pattern->algorithm())) +
                                 " can be used (the key is not shown)");
  }
  findings.warn(kKey,
                std::string(kKey) + " has " +
                    base::counted(static_cast<std::int64_t>(settings.key.size()), "byte") +
                    ": whoever holds one token may find it by trying.",
                "Where the provider lets you choose it, take 32 random bytes or more.");
}

}  // namespace

std::span<const Variable> variables() { return kVariables; }

void read(Values& values, TokenSettings& settings) {
  settings.file = values.text(kFile);
  if (!settings.file.empty()) read_template(values, settings);
  read_key(values, settings);
}

std::vector<Part> parts(const TokenSettings& settings) {
  return {{kFile, !settings.file.empty()}, {kKey, !settings.key.empty()}};
}

bool check_variables(base::Findings& findings, const TokenSettings& settings) {
  const std::string fault(Tokens(settings).fault());
  if (!fault.empty()) {
    const bool key = fault.starts_with(kKey);
    findings.error(key ? kKey : kFile, fault + '.', kCure);
    return false;
  }
  if (!settings.pattern->names_holder()) {
    findings.warn(kFile, "The template's claims do not say who a token's holder is.",
                  "Put {user_id} or {identity} where the provider takes a name of its user's.");
  }
  say_key(findings, settings);
  return true;
}

}  // namespace roomkey::provider::custom
