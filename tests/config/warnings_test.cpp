#include "roomkey/config/warnings.hpp"

#include <regex>

#include "roomkey/base/file.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

// "name -> meant" of each, a line each; "!" where what is meant stands there as well.
std::string unknown_in(const std::string& content) {
  const Folder folder;
  config::Environment environment;
  same(0, environment.add_file(folder.file("roomkey.env", content)).size());
  std::string list;
  for (const auto& [name, meant, stands] : config::unknown_variables(environment)) {
    list += name + (meant.empty() ? "" : " -> " + meant) + (stands ? "!" : "") + '\n';
  }
  return list;
}

TEST(names_the_variable_that_is_nearly_meant) {
  for (const auto& [written, meant] : {std::pair{"TWILLIO_API_KEY", "TWILIO_API_KEY"},
                                       {"TWILIO_API_KEY_SID", "TWILIO_API_KEY"},
                                       {"TWILIO_APIKEY", "TWILIO_API_KEY"},
                                       {"TIWLIO_API_SECRET", "TWILIO_API_SECRET"},
                                       {"ROOMKEY_JWT_SECRETS", "ROOMKEY_JWT_SECRET"},
                                       {"ROOMKEY_JWT_SECRET_FIEL", "ROOMKEY_JWT_SECRET_FILE"},
                                       {"ROOMKEY_JOIN_EARLY_MINUTE", "ROOMKEY_JOIN_EARLY_MINUTES"},
                                       {"JWT_SECRET", "ROOMKEY_JWT_SECRET"},
                                       {"twilio_region", "TWILIO_REGION"},
                                       {"STREAM_SECRET", "STREAM_API_SECRET"}}) {
    same(std::string(written) + " -> " + meant + '\n', unknown_in(std::string(written) + "=1\n"));
  }
}

TEST(tells_whether_the_right_name_stands_there_as_well) {
  same("TWILLIO_API_KEY -> TWILIO_API_KEY!\n", unknown_in("TWILLIO_API_KEY=1\nTWILIO_API_KEY=2\n"));
}

TEST(a_name_like_no_variable_is_told_without_a_guess) {
  same("ROOMKEY_COLOUR\nSOME_SETTING\n", unknown_in("ROOMKEY_COLOUR=1\nSOME_SETTING=2\n"));
}

TEST(what_may_be_a_piece_of_a_secret_is_not_shown) {
  for (const auto* const line : {"c2VjcmV0c2VjcmV0==", "S3CRET_KEY9=1", "TWILIO_abcdef0123=x"}) {
    same("(a name that is not shown)\n", unknown_in(std::string(line) + '\n'), line);
  }
}

TEST(what_the_system_reads_is_no_mistake) {
  same("", unknown_in("PATH=/bin\nTZ=UTC\nLC_ALL=C\nHTTPS_PROXY=x\nno_proxy=y\nLD_PRELOAD=z\n"));
}

TEST(of_the_process_only_what_looks_like_ours_counts) {
  config::Environment environment;
  environment.set("SOME_SETTING", "1");
  environment.set("INVOCATION_ID", "1");
  same(0, config::unknown_variables(environment).size());
  environment.set("TWILIO_COLOUR", "1");
  environment.set("TWILIO_API_KEI", "1");
  same(2, config::unknown_variables(environment).size());
}

TEST(a_very_long_name_costs_nothing) {
  same("(a name that is not shown)\n", unknown_in(std::string(100'000, 'A') + "=1\n"));
}

// So that nobody adds a variable that is then called unknown.
TEST(every_variable_that_is_read_is_known) {
  std::string code;
  for (const auto* const file :
       {"src/config/config.cpp", "src/config/environment.cpp", "src/config/bearer_keys.cpp",
        "src/provider/twilio/settings.cpp", "src/provider/stream/settings.cpp"}) {
    code += base::read_file(file).value();
  }
  const std::regex name("\"((ROOMKEY|TWILIO|STREAM|NEXT_PUBLIC)_[A-Z_]+)[\":]");
  std::set<std::string_view> aliases;
  for (const auto* const kind : provider::all()) {
    for (const auto& alias : kind->aliases()) aliases.insert(alias.theirs);
  }
  std::size_t count = 0;
  for (std::sregex_iterator at(code.begin(), code.end(), name), end; at != end; ++at, ++count) {
    const std::string found = (*at)[1].str();
    expect(config::is_variable(found) || aliases.contains(found), found);
  }
  expect(count > 30, "the names were found");
}

TEST(half_a_provider_is_named_with_what_is_missing) {
  const auto halves = [](config::Config config) {
    std::string list;
    for (const auto& half : config::half_providers(config)) list += half + '\n';
    return list;
  };
  config::Config config;
  same("", halves(std::move(config)));
  config = {};
  config.twilio.token.account_sid = "AC1";
  same(
      "TWILIO_ACCOUNT_SID is set, TWILIO_API_KEY and TWILIO_API_SECRET are not: no token of "
      "Twilio's can be made\n",
      halves(std::move(config)));
  config = {};
  config.twilio.callback.auth_token = crypto::Secret("secret");
  config.stream.api_key = "key";
  same(
      "TWILIO_AUTH_TOKEN is set, TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET are "
      "not: no token of Twilio's can be made\n"
      "STREAM_API_KEY is set, STREAM_API_SECRET is not: no token of Stream's can be made\n",
      halves(std::move(config)));
  config = {};
  config.stream.api_key = "key";
  config.stream.api_secret = crypto::Secret("secret");
  same("", halves(std::move(config)));
}

}  // namespace
