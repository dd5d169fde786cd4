#include "provider/custom/settings.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::custom {

namespace {

Signer signer_of(const TokenSettings& settings) {
  return {"ROOMKEY_TOKEN_KEY", settings.key.reveal(),
          settings.pattern ? settings.pattern->algorithm() : crypto::Algorithm::hs256};
}

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "custom"; }
  [[nodiscard]] const char* title() const override { return "Custom"; }
  [[nodiscard]] std::string_view prefix() const override { return "ROOMKEY_TOKEN_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return custom::variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return {}; }
  [[nodiscard]] std::string_view where() const override { return ", for another provider"; }

  void read(Values& values, Settings& settings) const override {
    custom::read(values, settings.custom);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return custom::parts(settings.custom);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings, Listener) const override {
    return std::make_unique<Tokens>(settings.custom);
  }

  [[nodiscard]] std::string wrong_value(const std::string&, const std::string&) const override {
    return {};
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    return !Tokens(settings.custom).unused() && check_variables(findings, settings.custom);
  }

  [[nodiscard]] std::string_view proves(const Settings&) const override { return ""; }
  void prove(base::Findings&, const Settings&, bool,
             const std::function<bool(std::string_view)>&) const override {}

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    return {signer_of(settings.custom)};
  }
  // Its claims may be anything: it is known by its signature.
  [[nodiscard]] Sight see(const inspection::Token&) const override { return Sight::not_at_all; }
  void inspect(const inspection::Inquiry& inquiry) const override {
    using namespace inspection;
    inquiry.line("algorithm", shown(inquiry.token.header, "alg"));
    inquiry.line("claims", other_names(inquiry.token.claims, {}));
    inspect_times(inquiry, {.expired = "token_expired",
                            .bad_expiry = "invalid_token",
                            .not_yet = "invalid_token",
                            .issued_later = "invalid_token",
                            .renew = "Fetch a new one."});
    const Signer signer = signer_of(inquiry.settings.custom);
    const bool ours = signed_with(inquiry.token, signer.value, signer.algorithm);
    inquiry.line("signature", ours ? "made with ROOMKEY_TOKEN_KEY" : "not checked");
  }
  [[nodiscard]] const char* token_title() const override { return "token by template"; }
  [[nodiscard]] const char* token_field() const override { return "access_token"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::custom
