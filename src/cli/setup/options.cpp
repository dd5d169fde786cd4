#include "cli/setup/options.hpp"

#include "roomkey/provider/all.hpp"

namespace roomkey::cli::setup {

namespace {

using Words = std::vector<std::string>;

// One value each time it is given.
void add_list(CLI::App& setup, const char* flag, std::optional<Words>& list, const char* meaning) {
  const auto take = [&list](const std::string& word) {
    if (!list) list.emplace();
    list->push_back(word);
  };
  setup.add_option_function<std::string>(flag, take, meaning)
      ->trigger_on_parse()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void add_setting(CLI::App& setup, const Setting& setting, SetupFlags& flags) {
  const std::string variable = setting.variable;
  setup.add_option_function<std::string>(
      setting.flag,
      [&flags, variable](const std::string& value) { flags.settings[variable] = value; },
      setting.meaning);
}

}  // namespace

CLI::App* add_options(CLI::App& root, SetupFlags& flags) {
  CLI::App* setup = root.add_subcommand(
      "setup",
      "Configuration and nginx site of an installed machine, by questions or by flags; starts "
      "everything. Run again, it changes what is asked and keeps the rest; an empty value takes a "
      "setting out.");
  setup->add_option("--domain", flags.domain, "Name by which browsers reach this machine");
  setup->add_option("--certificate", flags.certificate,
                    "Its certificate chain (PEM); certbot's is taken where it is there");
  setup->add_option("--key", flags.key, "The certificate's private key (PEM)");
  setup->add_flag("--self-signed", flags.self_signed, "Make a certificate, for a trial");
  add_list(
      *setup, "--origin", flags.origins,
      "Origin of a page that may ask for tokens (repeat for each; the list replaces the old one)");
  for (const Setting& setting : settings()) add_setting(*setup, setting, flags);
  const std::string callers =
      provider::titles([](const auto& kind) { return kind.event_address() != nullptr; });
  setup
      ->add_option_function<std::string>(
          "--callback", [&flags](const std::string& word) { flags.callback = word == "on"; },
          "on or off: " + callers + "'s callbacks, at this domain")
      ->check(CLI::IsMember({"on", "off"}));
  add_list(*setup, "--health-allow", flags.health_allow,
           "Address or network that may see health and metrics (may be repeated)");
  add_list(
      *setup, "--trusted-proxy", flags.trusted_proxies,
      "NETWORK[,HEADER] of a proxy that says who asks, in X-Forwarded-For or that header (may be "
      "repeated)");
  setup->add_option("--practice-name", flags.practice_name,
                    "Name of the practice, for the page on which patients check their devices");
  setup->add_option("--practice-phone", flags.practice_phone, "Its telephone number, for the same");
  setup->add_option("--practice-url", flags.practice_url,
                    "Its page to go back to from there; {id} is the appointment's number");
  setup->add_flag("--dry-run", flags.dry_run, "Say what would be changed, change nothing");
  setup->add_option("--root", flags.root)->group("");  // hidden: for tests
  return setup;
}

}  // namespace roomkey::cli::setup
