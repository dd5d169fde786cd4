// Secrets and keys, wherever they are given.
#include <filesystem>
#include <tuple>

#include "config/read.hpp"
#include "crypto/made_keys.hpp"
#include "roomkey/store/audit_key.hpp"
#include "support/clinic.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

// A token by this secret is taken.
bool takes_secret(const config::Config& config, std::string_view secret) {
  access::BearerRules rules = hs256_rules();
  rules.keys.keys[0] = crypto::Key::from_secret(secret, crypto::Algorithm::hs256).value();
  return config.bearer &&
         access::verify_bearer(access::make_bearer(2, rules, kNine, 1h), *config.bearer, kNine);
}

// What the unit's UnsetEnvironment= lists, each between blanks.
std::string unset_by(const std::string& unit) {
  std::string unset;
  for (std::size_t at = 0; (at = unit.find("\nUnsetEnvironment=", at)) != unit.npos;) {
    at += std::string_view("\nUnsetEnvironment=").size();
    unset += ' ' + unit.substr(at, unit.find('\n', at) - at) + ' ';
  }
  return unset;
}

TEST(the_backup_s_unit_hands_on_no_secret) {
  const std::string unset = unset_by(content_of("systemd/roomkey-backup.service"));
  for (const auto name : config::Environment::secrets()) {
    if (name == "ROOMKEY_DB_PASSWORD") continue;  // the store's own, without which nothing is read
    expect(contains(unset, ' ' + std::string(name) + ' '), name);
    expect(contains(unset, ' ' + std::string(name) + "_FILE "), name);
  }
}

TEST(the_token_pool_s_unit_hands_on_no_secret_of_a_provider_s_that_no_token_needs) {
  const std::string unit = content_of("systemd/roomkey-token@.service");
  const std::string unset = unset_by(unit);
  for (const auto* const kind : provider::all()) {
    for (const provider::Variable& variable : kind->variables()) {
      const bool kept_out = variable.secret && (variable.role == provider::Role::account ||
                                                variable.role == provider::Role::rooms);
      const std::string name(variable.name);
      same(kept_out, contains(unset, ' ' + name + ' '), name);
      same(kept_out, contains(unset, ' ' + name + "_FILE "), name);
    }
  }
  expect(contains(unit, "\nInaccessiblePaths=-/etc/roomkey/roomkey.env\n"), "nor is it read there");
}

TEST(a_secret_may_come_from_a_file) {
  const Folder folder;
  const Read read = reading({{"ROOMKEY_JWT_WEAK_SECRET", "allow"},
                             {"ROOMKEY_JWT_SECRET_FILE", folder.file("jwt", "from a file\n")},
                             {"TWILIO_API_SECRET_FILE", folder.file("twilio", "of twilio\r\n\n")}});
  same("", read.names());
  expect(takes_secret(read.config, "from a file"));
  same("of twilio", read.config.twilio.token.api_secret.reveal());
}

TEST(the_audit_s_key_may_come_from_wherever_a_secret_may) {
  const std::string key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  const Folder folder;
  const auto file = folder.file("roomkey_audit_key", key + '\n');
  for (const auto& [variable, value] : {std::pair{"ROOMKEY_AUDIT_KEY", key},
                                        {"ROOMKEY_AUDIT_KEY_FILE", file},
                                        {"CREDENTIALS_DIRECTORY", folder.path()}}) {
    const Read read = reading({{variable, value}});
    same("", read.names(), variable);
    expect(read.config.store.audit_key != nullptr, variable);
    same("b45d388cf92cc8e6", read.config.store.audit_key->id, variable);
  }
  expect(reading({}).config.store.audit_key == nullptr);
  for (const std::string bad : {"secret", "00", "AAEC"}) {
    const Read read = reading({{"ROOMKEY_AUDIT_KEY", bad}});
    same("ROOMKEY_AUDIT_KEY ", read.names());
    expect(!contains(read.faults[0].text(), bad + ' '), "the value is not shown");
  }
}

TEST(pseudonyms_need_a_secret_of_32_bytes_that_is_one) {
  const std::string secret = "not-a-real-identity-secret-01234567";
  const Folder folder;
  const auto file = folder.file("roomkey_identity_secret", secret + '\n');
  for (const auto& [variable, value] : {std::pair{"ROOMKEY_IDENTITY_SECRET", secret},
                                        {"ROOMKEY_IDENTITY_SECRET_FILE", file},
                                        {"CREDENTIALS_DIRECTORY", folder.path()}}) {
    const Read read = reading({{"ROOMKEY_IDENTITY", "pseudonym"}, {variable, value}});
    same("", read.names(), variable);
    same(kHiddenJane, read.config.policy.identities.of(47, 2, ""), variable);
    same(kHiddenJane, read.config.store.identities.of(47, 2, ""), variable);
  }
  same("ROOMKEY_IDENTITY_SECRET ", reading({{"ROOMKEY_IDENTITY", "pseudonym"}}).names());
  for (const std::string bad : {"too-little", "0123456789012345678901234567890",
                                "-----BEGIN PUBLIC KEY-----\nabcdefghijklmnopqrstuvwxyz\n"}) {
    for (const auto* const mode : {"email", "pseudonym"}) {
      const Read read = reading({{"ROOMKEY_IDENTITY", mode}, {"ROOMKEY_IDENTITY_SECRET", bad}});
      same("ROOMKEY_IDENTITY_SECRET ", read.names(), mode);
      expect(!contains(read.faults[0].text(), bad), "the value is not shown");
    }
  }
  same("ROOMKEY_IDENTITY ", reading({{"ROOMKEY_IDENTITY", "Pseudonym"}}).names());
}

TEST(people_are_named_by_address_unless_it_is_asked_for_and_found_by_a_secret_of_before) {
  const Read usual = reading({{"ROOMKEY_IDENTITY_SECRET", "not-a-real-identity-secret-01234567"}});
  same("2-a@b", usual.config.policy.identities.of(47, 2, "a@b"));
  same(2, usual.config.policy.identities.user_of(appointment_47(), kHiddenJane).value(),
       "who came in before the form was changed back");
  const Read changed =
      reading({{"ROOMKEY_IDENTITY", "pseudonym"},
               {"ROOMKEY_IDENTITY_SECRET", "not-a-real-identity-secret-01234567"},
               {"ROOMKEY_IDENTITY_PREVIOUS_SECRET", "not-a-real-identity-secret-of-before"}});
  const auto& identities = changed.config.policy.identities;
  same(kHiddenJane, identities.of(47, 2, ""));
  same(2, identities.user_of(appointment_47(), kHiddenJaneOfBefore).value());
}

TEST(a_binary_secret_is_taken_to_the_byte) {
  const Folder folder;
  const auto key = folder.file("roomkey_jwt_secret", "\x9c\xf1 no text \n");
  for (const auto& [variable, value] :
       {std::pair{"ROOMKEY_JWT_SECRET_FILE", key}, {"CREDENTIALS_DIRECTORY", folder.path()}}) {
    const Read read = reading({{variable, value}, {"ROOMKEY_JWT_WEAK_SECRET", "allow"}});
    expect(takes_secret(read.config, "\x9c\xf1 no text \n"), variable);
    expect(!takes_secret(read.config, "\x9c\xf1 no text "), variable);
  }
}

TEST(a_secret_may_be_a_systemd_credential) {
  const Folder folder;
  const auto jwt = folder.file("roomkey_jwt_secret", "a credential\n");
  const auto twilio = folder.file("twilio_api_secret", "another");
  const auto auth = folder.file("twilio_auth_token", "a third\n");
  const Read read =
      reading({{"CREDENTIALS_DIRECTORY", folder.path()}, {"ROOMKEY_JWT_WEAK_SECRET", "allow"}});
  same("", read.names());
  expect(takes_secret(read.config, "a credential"));
  same("another", read.config.twilio.token.api_secret.reveal());
  same("another", read.config.twilio.rest.api_secret.reveal());
  same("a third", read.config.twilio.callback.auth_token.reveal());
  const Read nearer = reading({{"CREDENTIALS_DIRECTORY", folder.path()},
                               {"ROOMKEY_JWT_SECRET", "nearer"},
                               {"ROOMKEY_JWT_WEAK_SECRET", "allow"}});
  expect(takes_secret(nearer.config, "nearer") && !takes_secret(nearer.config, "a credential"));
}

TEST(a_credential_that_is_there_and_of_no_use_is_a_fault) {
  const Folder folder;
  static_cast<void>(folder.file("roomkey_jwt_secret", ""));
  std::filesystem::create_directory(folder.file("twilio_api_secret"));
  std::filesystem::create_symlink("nowhere", folder.file("stream_api_secret"));
  const Read read = reading({{"CREDENTIALS_DIRECTORY", folder.path()}});
  same("ROOMKEY_JWT_SECRET TWILIO_API_SECRET STREAM_API_SECRET ", read.names());
  same("TWILIO_API_SECRET: can't read the credential: Is a directory", read.faults.at(1).text());
  same("", reading({{"CREDENTIALS_DIRECTORY", folder.file("missing")}}).names());
}

TEST(a_secret_given_twice_is_a_fault) {
  const Folder folder;
  const auto path = folder.file("jwt", "from a file");
  same("ROOMKEY_JWT_SECRET ",
       reading({{"ROOMKEY_JWT_SECRET", "x"}, {"ROOMKEY_JWT_SECRET_FILE", path}}).names());
  same("TWILIO_API_SECRET ",
       reading({{"TWILIO_API_SECRET", "x"}, {"TWILIO_API_SECRET_FILE", path}}).names());
}

TEST(a_login_s_key_under_32_bytes_is_refused_unless_it_is_allowed) {
  const Folder folder;
  const std::string strong(32, 'k');
  const std::string weak = strong.substr(1);
  const auto file = folder.file("weak", weak + '\n');
  struct Case {
    Variables variables;
    std::string where;
  };
  for (const auto& [variables, where] :
       {Case{{{"ROOMKEY_JWT_SECRET", weak}}, "ROOMKEY_JWT_SECRET"},
        Case{{{"ROOMKEY_JWT_SECRET_FILE", file}}, "ROOMKEY_JWT_SECRET_FILE"},
        Case{{{"ROOMKEY_JWT_SECRET", strong}, {"ROOMKEY_JWT_PREVIOUS_SECRET", weak}},
             "ROOMKEY_JWT_PREVIOUS_SECRET"}}) {
    const Read read(variables);
    same(where + ' ', read.names());
    expect(contains(read.faults.front().why, "has 31 bytes, and 32 are the least"),
           read.faults.front().why);
    expect(!contains(read.faults.front().why, weak));
    Variables allowed = variables;
    allowed.emplace_back("ROOMKEY_JWT_WEAK_SECRET", "allow");
    const Read taken(allowed);
    same("", taken.names());
    expect(taken.config.bearer && taken.config.weak_bearer_secret);
  }
  expect(!reading({{"ROOMKEY_JWT_SECRET", strong}}).config.weak_bearer_secret);
  same("", reading({{"ROOMKEY_JWT_ALGORITHM", "ES256"}, {"ROOMKEY_JWT_SECRET", weak}}).names(),
       "of no use there, and no fault");
}

TEST(what_others_may_know_is_no_key_of_a_login_whatever_is_allowed) {
  const Folder folder;
  const std::string pem = made_key("RSA-2048").public_pem;
  const std::string file = folder.file("pem", pem);
  for (const auto& [name, value, place] :
       {std::tuple{"ROOMKEY_JWT_SECRET", pem, "ROOMKEY_JWT_SECRET"},
        {"ROOMKEY_JWT_SECRET_FILE", file, "ROOMKEY_JWT_SECRET_FILE"},
        {"ROOMKEY_JWT_PREVIOUS_SECRET", pem, "ROOMKEY_JWT_PREVIOUS_SECRET"}}) {
    const Read read = reading({{name, value}, {"ROOMKEY_JWT_WEAK_SECRET", "allow"}});
    same(std::string(place) + ' ', read.names());
    expect(contains(read.faults.front().why, "is a PEM file, which others may have"));
  }
}

// Silence would be worse: an audit without MACs looks as well as one with them.
TEST(a_file_for_a_secret_with_nothing_but_a_line_end_is_a_fault) {
  const Folder folder;
  for (const char* const nothing : {"", "\n", "\r\n", "\n\n"}) {
    const std::string path = folder.file("nothing", nothing);
    for (const auto secret : config::Environment::secrets()) {
      const std::string name(secret);
      const Read read = reading({{name + "_FILE", path}});
      same(name + "_FILE ", read.names());
      same("the file is empty", read.faults.front().why);
    }
    static_cast<void>(folder.file("roomkey_audit_key", nothing));
    same("ROOMKEY_AUDIT_KEY ", reading({{"CREDENTIALS_DIRECTORY", folder.path()}}).names());
  }
}

TEST(an_empty_secret_is_none) {
  for (const Variables& variables :
       {Variables{{"ROOMKEY_JWT_SECRET", ""}}, Variables{{"ROOMKEY_JWT_SECRET", "\n"}},
        Variables{{"ROOMKEY_JWT_PREVIOUS_SECRET", std::string(32, 'k')}},
        Variables{{"ROOMKEY_JWT_ALGORITHM", "RS256"}, {"ROOMKEY_JWT_SECRET", "of no use"}}}) {
    const Read read(variables);
    expect(!read.config.bearer && read.config.bearer_missing);
  }
}

TEST(a_secret_is_found_wherever_it_is_given) {
  const Folder folder;
  static_cast<void>(folder.file("stream_api_secret", "by credential\n"));
  config::Environment environment;
  environment.set("TWILIO_API_SECRET", "by variable");
  environment.set("TWILIO_AUTH_TOKEN_FILE", folder.file("token", "by file\r\n"));
  environment.set("CREDENTIALS_DIRECTORY", folder.path());
  environment.set("ROOMKEY_JWT_SECRET_FILE", folder.file("missing"));
  std::string found;
  for (const auto name : config::Environment::secrets()) {
    const auto secret = config::secret_of(environment, std::string(name));
    if (!secret.empty()) found += std::string(secret.reveal()) + '|';
  }
  same("by variable|by file|by credential|", found);
}

TEST(a_file_that_cannot_be_read_is_a_fault_of_its_variable) {
  const Folder folder;
  for (const auto& path : {folder.file("missing"), folder.path(), std::string("/dev/zero")}) {
    same("ROOMKEY_JWT_SECRET_FILE ", reading({{"ROOMKEY_JWT_SECRET_FILE", path}}).names(), path);
    expect(contains(
               reading({{"ROOMKEY_JWT_ALGORITHM", "RS256"}, {"ROOMKEY_JWT_PUBLIC_KEY_FILE", path}})
                   .names(),
               "ROOMKEY_JWT_PUBLIC_KEY_FILE "),
           path);
    expect(
        contains(
            reading({{"ROOMKEY_JWT_ALGORITHM", "RS256"}, {"ROOMKEY_JWT_JWKS_FILE", path}}).names(),
            "ROOMKEY_JWT_JWKS_FILE "),
        path);
  }
}

TEST(public_keys_come_from_pem_and_jwk_files) {
  const Folder folder;
  const auto pem = folder.file("pem", made_key("P-256").public_pem);
  const auto jwks = folder.file("jwks", R"({"keys":[{"kty":"EC","crv":"P-256","kid":"1",)"
                                        R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  const Read read = reading({{"ROOMKEY_JWT_ALGORITHM", "ES256"},
                             {"ROOMKEY_JWT_PUBLIC_KEY_FILE", pem},
                             {"ROOMKEY_JWT_JWKS_FILE", jwks}});
  same("", read.names());
  same(2, read.config.bearer.value().keys.keys.size());
  const Read wrong = reading({{"ROOMKEY_JWT_ALGORITHM", "RS256"},
                              {"ROOMKEY_JWT_PUBLIC_KEY_FILE", pem},
                              {"ROOMKEY_JWT_JWKS_FILE", jwks}});
  same("ROOMKEY_JWT_PUBLIC_KEY_FILE ROOMKEY_JWT_JWKS_FILE ", wrong.names());
  expect(!wrong.config.bearer);
}

}  // namespace
