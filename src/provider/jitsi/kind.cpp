#include "provider/jitsi/form.hpp"
#include "provider/jitsi/inspection.hpp"
#include "provider/jitsi/proof.hpp"
#include "provider/jitsi/settings.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::jitsi {

namespace {

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "jitsi"; }
  [[nodiscard]] const char* title() const override { return "Jitsi"; }
  [[nodiscard]] std::string_view prefix() const override { return "JITSI_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return jitsi::variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return jitsi::aliases(); }
  [[nodiscard]] std::string_view where() const override {
    return " with JITSI_APP_SECRET (JaaS: JITSI_KEY_ID and JITSI_PRIVATE_KEY_FILE)";
  }

  void read(Values& values, Settings& settings) const override {
    jitsi::read(values, settings.jitsi);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return jitsi::parts(settings.jitsi);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings, Listener) const override {
    return std::make_unique<Tokens>(settings.jitsi);
  }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return jitsi::wrong_value(variable, value);
  }
  [[nodiscard]] std::string wrong_room(std::string_view room) const override {
    if (is_room_name(room)) return "";
    return "can't be a room at Jitsi, which has small letters without accents, digits, _ - and . "
           "alone, and takes two names that differ in capitals for one";
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    return !Tokens(settings.jitsi).unused() && check_variables(findings, settings.jitsi);
  }

  [[nodiscard]] std::string_view proves(const Settings& settings) const override {
    if (Tokens(settings.jitsi).unused()) return "";
    return "whether Jitsi is there, and its clock";
  }
  void prove(base::Findings& findings, const Settings& settings, bool /*usable*/,
             const std::function<bool(std::string_view)>& is_faulty) const override {
    if (settings.jitsi.domain.empty()) return;
    if (is_faulty("JITSI_DOMAIN")) {
      return findings.warn("jitsi_domain", "Jitsi was not asked whether it is there.",
                           "Fix the errors above, then run `roomkey check` again.");
    }
    check_script(findings, ask_script(script_url(settings.jitsi), base::SystemClock().now()));
  }

  [[nodiscard]] std::string_view address_variable() const override { return "JITSI_DOMAIN"; }

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    const TokenSettings& jitsi = settings.jitsi;
    if (jitsi.is_jaas()) {
      return {{"JITSI_PRIVATE_KEY_FILE", jitsi.private_key.reveal(), crypto::Algorithm::rs256}};
    }
    return {{"JITSI_APP_SECRET", jitsi.app_secret.reveal()}, {"JITSI_APP_ID", jitsi.app_id}};
  }
  [[nodiscard]] Sight see(const inspection::Token& token) const override {
    return jitsi::see(token);
  }
  void inspect(const inspection::Inquiry& inquiry) const override { jitsi::inspect(inquiry); }
  [[nodiscard]] const char* token_title() const override { return "Jitsi token"; }
  [[nodiscard]] const char* token_field() const override { return "access_token"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::jitsi
