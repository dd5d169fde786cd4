#include "provider/janus/form.hpp"
#include "provider/janus/inspection.hpp"
#include "provider/janus/proof.hpp"
#include "provider/janus/rooms.hpp"
#include "provider/janus/settings.hpp"
#include "provider/janus/token.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::janus {

namespace {

// Janus with all that it can.
class Whole final : public Tokens {
 public:
  Whole(const Configuration& configuration, Listener listener)
      : Tokens(configuration), rooms_(configuration, {}, std::move(listener)) {}

  [[nodiscard]] provider::Rooms* rooms() override { return fault().empty() ? &rooms_ : nullptr; }
  [[nodiscard]] bool can_evict() const override { return !unused(); }

 private:
  Rooms rooms_;
};

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "janus"; }
  [[nodiscard]] const char* title() const override { return "Janus"; }
  [[nodiscard]] std::string_view prefix() const override { return "JANUS_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return janus::variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return janus::aliases(); }
  [[nodiscard]] std::string_view where() const override {
    return ", as Janus's own configuration has them";
  }

  void read(Values& values, Settings& settings) const override {
    janus::read(values, settings.janus);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return janus::parts(settings.janus);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings,
                                               Listener listener) const override {
    return std::make_unique<Whole>(settings.janus, std::move(listener));
  }
  [[nodiscard]] std::span<const std::string_view> requests() const override {
    return Rooms::kRequests;
  }

  [[nodiscard]] const Carried* carried() const override {
    static constexpr Carried kCarried{"JANUS_URL", "/janus", "127.0.0.1:8188"};
    return &kCarried;
  }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return janus::wrong_value(variable, value);
  }
  [[nodiscard]] std::string wrong_room(std::string_view room) const override {
    return fits_token(room) ? "" : "can't be a room at Janus: it has a comma or colon in it";
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    return !is_unused(settings.janus) && check_variables(findings, settings.janus);
  }

  [[nodiscard]] std::string_view proves(const Settings& settings) const override {
    if (is_unused(settings.janus)) return "";
    return "whether Janus is there, takes roomkey's tokens and makes its rooms, and no others";
  }
  void prove(base::Findings& findings, const Settings& settings, bool usable,
             const std::function<bool(std::string_view)>& is_faulty) const override {
    if (is_unused(settings.janus)) return;
    if (usable && !is_faulty("JANUS_API_URL")) return check_answers(findings, ask(settings.janus));
    findings.warn("network", "Janus was not asked.",
                  "Fix the errors above, then run `roomkey check` again.");
  }

  [[nodiscard]] std::string_view address_variable() const override { return "JANUS_URL"; }

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    return {{"JANUS_TOKEN_SECRET", settings.janus.token_secret.reveal()},
            {"JANUS_ADMIN_KEY", settings.janus.admin_key.reveal()}};
  }
  [[nodiscard]] Sight see(const inspection::Token& token) const override {
    return janus::see(token);
  }
  void inspect(const inspection::Inquiry& inquiry) const override { janus::inspect(inquiry); }
  [[nodiscard]] const char* token_title() const override { return "Janus token"; }
  [[nodiscard]] const char* token_field() const override { return "access_token"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::janus
