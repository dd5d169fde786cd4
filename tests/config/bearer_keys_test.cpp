#include "roomkey/config/bearer_keys.hpp"

#include <filesystem>

#include "crypto/made_keys.hpp"
#include "support/captured_log.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using crypto::Algorithm;
using crypto::Key;
using crypto::KeySet;

// A login whose public key stands in a file, and one second after another.
struct Login {
  Folder folder;
  std::string file = folder.file("key.pem", made_key("P-256").public_pem);
  config::KeyFiles files{file, ""};
  config::BearerKeys keys{files};
  config::Faults faults;
  KeySet set = config::read_keys(files, Algorithm::es256, faults);
  // Later than all that is written here.
  std::chrono::sys_seconds now =
      std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now()) + 100s;

  void renew(std::chrono::seconds later = 1s) { keys.renew(set, now += later); }
  [[nodiscard]] bool takes(const std::string& private_pem) const {
    const auto key = Key::from_pem(private_pem, Algorithm::es256).value();
    return set.keys.size() == 1 && set.keys[0].verify("message", key.sign("message"));
  }
  void replace(const std::string& content) const {
    std::filesystem::rename(folder.file("new", content), file);
  }
  void write_over(const std::string& content) const {
    static_cast<void>(folder.file("key.pem", content));
  }
};

const std::string& old_key() { return made_key("P-256").private_pem; }
// Another of its kind.
const MadeKey& new_pair() {
  static const MadeKey pair = as_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  return pair;
}

TEST(a_new_file_in_the_key_s_place_is_read) {
  Login login;
  login.renew();
  expect(login.takes(old_key()));
  login.replace(new_pair().public_pem);
  login.renew();
  expect(login.takes(new_pair().private_pem) && !login.takes(old_key()));
}

TEST(a_file_that_is_written_over_is_read_though_it_is_as_long_and_as_old) {
  Login login;
  login.renew();
  const auto written = std::filesystem::last_write_time(login.file);
  login.write_over(new_pair().public_pem);
  std::filesystem::last_write_time(login.file, written);
  login.renew();
  expect(login.takes(new_pair().private_pem));
}

TEST(files_are_looked_at_once_in_a_second) {
  Login login;
  login.renew();
  login.replace(new_pair().public_pem);
  login.renew(0s);
  expect(login.takes(old_key()), "the same second");
  login.renew(-3600s);
  expect(login.takes(new_pair().private_pem), "a clock that is set back does not stop it");
}

TEST(what_changed_between_the_start_and_the_first_request_is_read) {
  Login login;
  login.replace(new_pair().public_pem);
  login.renew();
  expect(login.takes(new_pair().private_pem));
}

TEST(a_broken_file_keeps_the_old_keys_and_is_told_once) {
  Login login;
  login.renew();
  const std::string half = new_pair().public_pem.substr(0, 60);
  for (const auto& [content, says] : {std::pair{half, "ROOMKEY_JWT_PUBLIC_KEY_FILE"},
                                      {std::string(), "the file is empty"},
                                      {made_key("P-384").public_pem, "ROOMKEY_JWT_PUBLIC_KEY_FILE"},
                                      {std::string((1 << 20) + 1, 'x'), "over 1 MiB"}}) {
    const CapturedLog log;
    login.replace(content);
    for (int i = 0; i < 5; ++i) login.renew();
    expect(login.takes(old_key()), says);
    const auto text = log.text();
    expect(contains(text, "event=bearer_keys_kept") && contains(text, says), text);
    same(text.find("bearer_keys_kept"), text.rfind("bearer_keys_kept"), text);
    expect(!contains(text, login.folder.path()), text);
  }
  login.replace(new_pair().public_pem);
  login.renew();
  expect(login.takes(new_pair().private_pem));
}

TEST(a_file_that_is_gone_or_no_file_keeps_the_old_keys) {
  Login login;
  login.renew();
  const CapturedLog log;
  std::filesystem::remove(login.file);
  for (int i = 0; i < 3; ++i) login.renew();
  expect(login.takes(old_key()));
  expect(contains(log.text(), "No such file"), log.text());
  same(0, mkfifo(login.file.c_str(), 0600));
  login.renew();
  expect(login.takes(old_key()), "a pipe is not waited for");
  expect(contains(log.text(), "not a regular file"), log.text());
  std::filesystem::remove(login.file);
  login.write_over(new_pair().public_pem);
  login.renew();
  expect(login.takes(new_pair().private_pem));
}

TEST(at_the_start_too_a_pipe_is_not_waited_for) {
  const Folder folder;
  const std::string pipe = folder.file("pipe");
  same(0, mkfifo(pipe.c_str(), 0600));
  for (const std::string& path : {pipe, std::string("/dev/zero")}) {
    config::Faults faults;
    expect(config::read_keys({path, path}, Algorithm::es256, faults).keys.empty());
    const std::string why = ": can't read the file: not a regular file";
    same(2, faults.size(), path);
    same("ROOMKEY_JWT_PUBLIC_KEY_FILE" + why, faults[0].text(), path);
    same("ROOMKEY_JWT_JWKS_FILE" + why, faults[1].text(), path);
  }
}

// It may be written again within the same tick of the clock that stamps it.
TEST(a_file_of_just_now_is_read_again_until_it_is_at_rest) {
  Login login;
  login.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  login.renew();
  login.set.keys.clear();
  login.renew();
  same(1, login.set.keys.size(), "of just now: read again");
  login.renew(10s);
  login.set.keys.clear();
  login.renew(10s);
  same(0, login.set.keys.size(), "at rest: not read again");
}

TEST(a_set_without_a_key_means_that_there_is_none) {
  for (const char* const set :
       {R"({"keys":[]})", R"({"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]})"}) {
    Login login;
    login.files = {"", login.folder.file("keys.json", set)};
    config::BearerKeys keys(login.files);
    const CapturedLog log;
    for (int i = 0; i < 5; ++i) keys.renew(login.set, login.now += 1s);
    same(0, login.set.keys.size());
    same("none: every token is refused", keys.state());
    expect(!keys.has_keys());
    const auto text = log.text();
    const std::string wanted =
        "event=bearer_keys_none fault=\"ROOMKEY_JWT_JWKS_FILE: the JWK set has no key for ES256";
    expect(contains(text, wanted), text);
    same(text.find(wanted), text.rfind(wanted), text);
    std::filesystem::rename(login.folder.file("new", R"({"keys":[}])"), login.files.jwks);
    keys.renew(login.set, login.now += 1s);
    same(0, login.set.keys.size(), "a broken file brings nothing back");
  }
}

TEST(a_set_that_has_keys_again_opens_again) {
  Login login;
  login.files = {login.file, login.folder.file("keys.json", R"({"keys":[]})")};
  config::BearerKeys keys(login.files);
  keys.renew(login.set, login.now);
  expect(login.takes(old_key()), "the PEM file has one all the same");
  same("ok", keys.state());
}

TEST(keys_whose_file_is_gone_are_kept_for_a_day) {
  Login login;
  login.renew();
  same("ok", login.keys.state());
  std::filesystem::remove(login.file);
  const CapturedLog log;
  login.renew();
  expect(login.takes(old_key()) && login.keys.has_keys());
  expect(login.keys.state().starts_with("kept until "), login.keys.state());
  expect(contains(log.text(), "event=bearer_keys_kept until="), log.text());
  login.renew(config::BearerKeys::kKeptFor - 1s);
  expect(login.takes(old_key()));
  expect(log.text().find("bearer_keys_kept") != log.text().rfind("bearer_keys_kept"), "and again");
  login.renew();
  same(0, login.set.keys.size());
  expect(!login.keys.has_keys());
  expect(contains(log.text(), "event=bearer_keys_none"), log.text());
  login.write_over(new_pair().public_pem);
  login.renew();
  expect(login.takes(new_pair().private_pem) && login.keys.has_keys());
  same("ok", login.keys.state());
}

TEST(what_should_be_mended_in_a_file_is_logged_when_it_is_read) {
  Login login;
  login.renew();
  const CapturedLog log;
  login.replace(new_pair().private_pem);
  for (int i = 0; i < 3; ++i) login.renew();
  expect(login.takes(new_pair().private_pem));
  throws<std::logic_error>([&] { static_cast<void>(login.set.keys[0].sign("message")); });
  const std::string wanted =
      "event=bearer_keys_remark remark=\"ROOMKEY_JWT_PUBLIC_KEY_FILE: the file holds a private key";
  expect(contains(log.text(), wanted), log.text());
  same(log.text().find(wanted), log.text().rfind(wanted), log.text());
}

TEST(a_remark_on_what_is_to_come_waits_for_its_time) {
  KeySet set{Algorithm::es256, {}};
  set.remarks.push_back({"X: ends", "Renew it.", kNine});
  const CapturedLog log;
  config::log_remarks(set, kNine - 1s);
  same("", log.text());
  config::log_remarks(set, kNine);
  expect(contains(log.text(), "remark=\"X: ends\""), log.text());
}

TEST(without_files_nothing_is_looked_at) {
  KeySet set = hs256_rules().keys;
  config::BearerKeys({}).renew(set, kNine);
  same(1, set.keys.size());
}

}  // namespace
