#include "provider/stream/form.hpp"
#include "provider/stream/settings.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider {

namespace {

class StreamKind final : public Kind {
 public:
  [[nodiscard]] const char* title() const override { return "Stream"; }
  [[nodiscard]] std::string_view prefix() const override { return "STREAM_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return stream_variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return stream_aliases(); }
  [[nodiscard]] std::string_view where() const override { return ""; }

  void read(Values& values, Settings& settings) const override { read_stream(values, settings); }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return stream_parts(settings);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings) const override {
    return std::make_unique<Stream>(settings.stream);
  }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return wrong_stream_value(variable, value);
  }
  bool check(base::Findings& findings, const Settings& settings) const override {
    const auto& [api_key, api_secret, token_validity] = settings.stream;
    return !Stream(settings.stream).unused() &&
           check_stream_variables(findings, api_key, api_secret.reveal());
  }

  // Stream has no address that would say whether a key and a secret are one app's.
  [[nodiscard]] std::string_view proves(const Settings&) const override { return ""; }
  void prove(base::Findings&, const Settings&, bool,
             const std::function<bool(std::string_view)>&) const override {}
};

}  // namespace

const Kind& stream_kind() {
  static const StreamKind kKind;
  return kKind;
}

}  // namespace roomkey::provider
