#include "config/variables.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/crypto/secret_form.hpp"

namespace roomkey::config {

namespace {

// Empty where there is none that can be used.
crypto::Secret identity_secret(Variables& reader, const std::string& name) {
  constexpr std::size_t kLeast = 32;
  const auto faults_before = reader.fault_count();
  crypto::Secret secret = reader.secret(name);
  if (secret.empty() || reader.fault_count() > faults_before) return {};
  const std::string place = reader.text(name + "_FILE").empty() ? name : name + "_FILE";
  const std::string form(crypto::no_secret(secret.reveal()));
  if (!form.empty()) {
    reader.fault(place, "is " + form + ", which others may have: `openssl rand -hex 32` makes one");
  } else if (secret.size() < kLeast) {
    const std::string size = base::counted(static_cast<std::int64_t>(secret.size()), "byte");
    reader.fault(place, "has " + size +
                            ", and 32 are the least: whoever knows one pseudonym's person can find "
                            "a shorter one by trying (`openssl rand -hex 32` makes one)");
  } else {
    return secret;
  }
  return {};
}

}  // namespace

access::Identities read_identities(Variables& reader) {
  using access::IdentityForm;
  const bool hides = reader.choice("ROOMKEY_IDENTITY", {"email", "pseudonym"}) == "pseudonym";
  const auto faults_before = reader.fault_count();
  std::vector<crypto::Secret> secrets;
  for (const auto* const name : {"ROOMKEY_IDENTITY_SECRET", "ROOMKEY_IDENTITY_PREVIOUS_SECRET"}) {
    secrets.push_back(identity_secret(reader, name));
  }
  if (hides && secrets.front().empty() && reader.fault_count() == faults_before) {
    reader.fault(
        "ROOMKEY_IDENTITY_SECRET",
        "must be set where ROOMKEY_IDENTITY is pseudonym: `openssl rand -hex 32` makes one");
  }
  const bool usable = !secrets.front().empty();
  std::erase_if(secrets, [](const crypto::Secret& one) { return one.empty(); });
  return {hides && usable ? IdentityForm::pseudonym : IdentityForm::email, secrets};
}

}  // namespace roomkey::config
