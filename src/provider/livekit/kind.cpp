#include "provider/livekit/form.hpp"
#include "provider/livekit/inspection.hpp"
#include "provider/livekit/proof.hpp"
#include "provider/livekit/rooms.hpp"
#include "provider/livekit/settings.hpp"
#include "provider/livekit/webhook.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::livekit {

namespace {

// LiveKit with all that it can.
class Whole final : public Tokens {
 public:
  Whole(const Configuration& configuration, Listener listener)
      : Tokens(configuration.token),
        events_(
            {configuration.token.api_key, crypto::Secret(configuration.token.api_secret.reveal())},
            clock_),
        rooms_(service_settings(configuration), configuration.makes_rooms, std::move(listener)) {}

  [[nodiscard]] provider::Rooms* rooms() override { return fault().empty() ? &rooms_ : nullptr; }
  [[nodiscard]] bool can_evict() const override { return !unused(); }
  [[nodiscard]] bool tells_of_people() const override { return true; }
  [[nodiscard]] const provider::Events* events() const override { return &events_; }

 private:
  base::SystemClock clock_;
  Events events_;
  Rooms rooms_;
};

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "livekit"; }
  [[nodiscard]] const char* title() const override { return "LiveKit"; }
  [[nodiscard]] std::string_view prefix() const override { return "LIVEKIT_"; }
  [[nodiscard]] std::span<const Variable> variables() const override {
    return livekit::variables();
  }
  [[nodiscard]] std::span<const Alias> aliases() const override { return livekit::aliases(); }
  [[nodiscard]] std::string_view where() const override {
    return ", as LiveKit Cloud shows them under API keys, or livekit.yaml has them";
  }

  void read(Values& values, Settings& settings) const override {
    livekit::read(values, settings.livekit);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return livekit::parts(settings.livekit);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings,
                                               Listener listener) const override {
    return std::make_unique<Whole>(settings.livekit, std::move(listener));
  }
  [[nodiscard]] std::span<const std::string_view> requests() const override {
    return Service::kRequests;
  }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return livekit::wrong_value(variable, value);
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    if (Tokens(settings.livekit.token).unused()) return false;
    return check_variables(findings, settings.livekit);
  }

  [[nodiscard]] std::string_view proves(const Settings& settings) const override {
    if (Tokens(settings.livekit.token).unused()) return "";
    return "whether LiveKit is reachable and accepts the API key with its secret, and its clock";
  }
  void prove(base::Findings& findings, const Settings& settings, bool usable,
             const std::function<bool(std::string_view)>& is_faulty) const override {
    if (Tokens(settings.livekit.token).unused()) return;
    if (usable && !is_faulty("LIVEKIT_URL") && !is_faulty("LIVEKIT_API_URL")) {
      return check_answers(findings, ask(settings.livekit));
    }
    findings.warn("livekit", "LiveKit was not asked.",
                  "Fix the errors above, then run `roomkey check` again.");
  }

  [[nodiscard]] std::string_view address_variable() const override { return "LIVEKIT_URL"; }

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    return {{"LIVEKIT_API_SECRET", settings.livekit.token.api_secret.reveal()},
            {"LIVEKIT_API_KEY", settings.livekit.token.api_key}};
  }
  [[nodiscard]] Sight see(const inspection::Token& token) const override {
    return livekit::see(token);
  }
  void inspect(const inspection::Inquiry& inquiry) const override { livekit::inspect(inquiry); }
  [[nodiscard]] const char* token_title() const override { return "LiveKit access token"; }
  [[nodiscard]] const char* token_field() const override { return "access_token"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::livekit
