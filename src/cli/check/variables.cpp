#include "cli/check/checks.hpp"
#include "roomkey/crypto/secret_form.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::check {

std::string wrong_value(const std::string& variable, const std::string& value) {
  constexpr std::size_t kLeast = 32;
  if (const auto* const provider = provider::whose(variable)) {
    return provider->wrong_value(variable, value);
  }
  if (variable != "ROOMKEY_JWT_SECRET") return {};
  if (const auto form = crypto::no_secret(value); !form.empty()) {
    return "is " + std::string(form) + ", and must be the secret that the login signs with";
  }
  if (value.size() < kLeast) {
    return "has " + std::to_string(value.size()) +
           " bytes, and who has one token of the login can find a key under 32 by trying: have the "
           "login use a longer one (openssl rand -hex 32)";
  }
  return {};
}

}  // namespace roomkey::cli::check
