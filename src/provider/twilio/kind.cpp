#include "provider/twilio/form.hpp"
#include "provider/twilio/inspection.hpp"
#include "provider/twilio/proof.hpp"
#include "provider/twilio/rooms.hpp"
#include "provider/twilio/settings.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::twilio {

namespace {

// Twilio with all that it can.
class Whole final : public Tokens {
 public:
  Whole(const Configuration& configuration, Listener listener)
      : Tokens(configuration.token),
        tells_(!configuration.callback.url.empty()),
        events_({configuration.callback.url, copy(configuration.callback.auth_token)}),
        rooms_(rest_settings(configuration.rest), {configuration.makes_rooms, events_.are_taken()},
               std::move(listener)) {}

  [[nodiscard]] provider::Rooms* rooms() override { return fault().empty() ? &rooms_ : nullptr; }
  [[nodiscard]] bool can_evict() const override { return !unused(); }
  // The Auth Token, too, where it is: the token pool has none.
  [[nodiscard]] bool tells_of_people() const override { return tells_; }
  [[nodiscard]] const provider::Events* events() const override { return &events_; }

 private:
  static crypto::Secret copy(const crypto::Secret& secret) {
    return crypto::Secret(secret.reveal());
  }
  static RestSettings rest_settings(const RestSettings& given) {
    return {.account_sid = given.account_sid,
            .api_key = given.api_key,
            .api_secret = copy(given.api_secret),
            .api_url = given.api_url,
            .video_url = given.video_url,
            .media_region = given.media_region,
            .status_callback_url = given.status_callback_url,
            .connect_deadline = given.connect_deadline,
            .deadline = given.deadline,
            .ca_file = given.ca_file};
  }

  bool tells_;
  Events events_;
  Rooms rooms_;
};

class Row final : public Kind {
 public:
  [[nodiscard]] std::string_view name() const override { return "twilio"; }
  [[nodiscard]] const char* title() const override { return "Twilio"; }
  [[nodiscard]] std::string_view prefix() const override { return "TWILIO_"; }
  [[nodiscard]] std::span<const Variable> variables() const override { return twilio::variables(); }
  [[nodiscard]] std::span<const Alias> aliases() const override { return twilio::aliases(); }
  [[nodiscard]] std::string_view where() const override {
    return ", as Twilio's Console shows them under API keys & tokens";
  }

  void read(Values& values, Settings& settings) const override {
    twilio::read(values, settings.twilio);
  }
  [[nodiscard]] std::vector<Part> parts(const Settings& settings) const override {
    return twilio::parts(settings.twilio);
  }
  [[nodiscard]] std::unique_ptr<Provider> make(const Settings& settings,
                                               Listener listener) const override {
    return std::make_unique<Whole>(settings.twilio, std::move(listener));
  }
  [[nodiscard]] std::span<const std::string_view> requests() const override {
    return Rest::kRequests;
  }

  [[nodiscard]] std::string wrong_value(const std::string& variable,
                                        const std::string& value) const override {
    return twilio::wrong_value(variable, value);
  }

  [[nodiscard]] const EventAddress* event_address() const override {
    static constexpr EventAddress kAddress{
        "TWILIO_STATUS_CALLBACK_URL", "TWILIO_AUTH_TOKEN", kCallbackPath,
        "Twilio signs its callbacks with the Auth Token",
        "For Twilio's callbacks, set this in its console (Video, Room Settings, Status Callback "
        "URL):"};
    return &kAddress;
  }
  [[nodiscard]] std::string_view region_variable() const override { return "TWILIO_REGION"; }

  bool check(base::Findings& findings, const Settings& settings) const override {
    const auto& [account_sid, api_key, api_secret, region, stamp_region] = settings.twilio.token;
    const auto& auth_token = settings.twilio.callback.auth_token;
    if (Tokens(settings.twilio.token).unused()) {
      if (!auth_token.empty()) {
        findings.warn("TWILIO_AUTH_TOKEN",
                      "TWILIO_AUTH_TOKEN is set, and TWILIO_ACCOUNT_SID, TWILIO_API_KEY and "
                      "TWILIO_API_SECRET are not: nothing can be done with it.",
                      "Set those three, too, or take it out.");
      }
      return false;
    }
    const bool good =
        check_variables(findings, {account_sid, api_key, api_secret.reveal(), auth_token.reveal()});
    check_regions(findings, settings.twilio);
    check_callback_variables(findings, settings.twilio);
    // https://www.twilio.com/en-us/changelog, October 2024
    findings.ok("twilio_video",
                "Twilio Video goes on: its end, once announced for 5 December 2026, was taken back "
                "in October 2024 (were it otherwise: `roomkey provider move`)");
    return good;
  }

  [[nodiscard]] std::string_view proves(const Settings& settings) const override {
    const bool nothing =
        Tokens(settings.twilio.token).unused() && settings.twilio.callback.url.empty();
    return nothing ? ""
                   : "this machine's clock, the account, the API key, its secret, and the way "
                     "to the callback";
  }

  void prove(base::Findings& findings, const Settings& settings, bool usable,
             const std::function<bool(std::string_view)>& is_faulty) const override {
    if (usable && !is_faulty("TWILIO_API_URL") && !is_faulty("TWILIO_VIDEO_URL")) {
      check_answers(findings, ask(settings.twilio));
    } else if (!Tokens(settings.twilio.token).unused()) {
      findings.warn("network",
                    "Twilio was not asked, and this machine's clock not compared with Twilio's.",
                    "Fix the errors above, then run `roomkey check` again.");
    }
    const std::string& url = settings.twilio.callback.url;
    if (!url.empty() && !is_faulty("TWILIO_STATUS_CALLBACK_URL")) {
      check_callback(findings, ask_callback(url));
    }
  }

  [[nodiscard]] std::vector<Signer> signers(const Settings& settings) const override {
    return {{"TWILIO_API_SECRET", settings.twilio.token.api_secret.reveal()},
            {"TWILIO_API_KEY", settings.twilio.token.api_key},
            {"TWILIO_ACCOUNT_SID", settings.twilio.token.account_sid}};
  }
  [[nodiscard]] Sight see(const inspection::Token& token) const override {
    return twilio::see(token);
  }
  void inspect(const inspection::Inquiry& inquiry) const override { twilio::inspect(inquiry); }
  [[nodiscard]] const char* token_title() const override { return "Twilio access token"; }
  [[nodiscard]] const char* token_field() const override { return "access_token"; }
  [[nodiscard]] std::string_view malformed() const override { return "20101"; }

  [[nodiscard]] bool names_by_address() const override { return true; }

  [[nodiscard]] std::string_view check_command() const override { return "test-twilio"; }
  [[nodiscard]] std::string_view passed() const override { return "All Twilio tests passed!"; }
};

}  // namespace

const Kind& kind() {
  static const Row kKind;
  return kKind;
}

}  // namespace roomkey::provider::twilio
