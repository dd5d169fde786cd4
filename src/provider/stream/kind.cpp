#include "provider/stream/form.hpp"
#include "provider/stream/inspection.hpp"
#include "provider/stream/roles.hpp"
#include "provider/stream/settings.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::stream {

namespace {

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "stream"; }
  [[nodiscard]] const char* title() const override { return "Stream"; }
  [[nodiscard]] std::string_view prefix() const override { return "STREAM_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return stream::variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return stream::aliases(); }
  [[nodiscard]] std::string_view where() const override { return ""; }

  void read(Values& values, Settings& settings) const override {
    stream::read(values, settings.stream);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return stream::parts(settings.stream);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings, Listener) const override {
    return std::make_unique<Tokens>(settings.stream);
  }

  [[nodiscard]] std::string_view own_token_route() const override { return Tokens::kRoutes.token; }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return stream::wrong_value(variable, value);
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    const TokenSettings& stream = settings.stream;
    if (Tokens(stream).unused()) return false;
    const bool good = check_variables(findings, stream.api_key, stream.api_secret.reveal());
    if (stream.unbound_tokens) warn_of_unbound(findings);
    return good;
  }

  [[nodiscard]] std::string_view lax(const Settings& settings) const override {
    return settings.stream.unbound_tokens ? "STREAM_UNBOUND_TOKENS" : "";
  }

  [[nodiscard]] std::string_view proves(const Settings& settings) const override {
    if (Tokens(settings.stream).unused()) return "";
    return "whether Stream accepts the API key with its secret, and who may join which calls there";
  }
  void prove(base::Findings& findings, const Settings& settings, bool usable,
             const std::function<bool(std::string_view)>& is_faulty) const override {
    if (Tokens(settings.stream).unused()) return;
    if (usable && !is_faulty("STREAM_API_URL")) {
      return check_roles(findings, ask_roles(settings.stream));
    }
    findings.warn("stream_roles", "Stream was not asked who may join which calls.",
                  "Fix the errors above, then run `roomkey check` again.");
  }

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    return {{"STREAM_API_SECRET", settings.stream.api_secret.reveal()},
            {"STREAM_API_KEY", settings.stream.api_key}};
  }
  [[nodiscard]] Sight see(const inspection::Token& token) const override {
    return stream::see(token);
  }
  void inspect(const inspection::Inquiry& inquiry) const override { stream::inspect(inquiry); }
  [[nodiscard]] const char* token_title() const override { return "Stream token"; }
  [[nodiscard]] const char* token_field() const override { return "token"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::stream
