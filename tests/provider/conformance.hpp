// What every Provider must do. A provider's test derives from this and says how it is made; the
// tests here are run for it by CPPUNIT_TEST_SUB_SUITE.
#pragma once

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <memory>

#include "roomkey/access/decide.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace roomkey::test {

class ProviderConformance : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProviderConformance);
  CPPUNIT_TEST(mints_the_same_token_for_the_same_grant_and_time);
  CPPUNIT_TEST(says_when_the_token_expires);
  CPPUNIT_TEST(never_outlives_the_grant);
  CPPUNIT_TEST(names_its_holder_in_the_token);
  CPPUNIT_TEST(two_people_get_different_tokens);
  CPPUNIT_TEST(tells_nothing_of_who_has_a_pseudonym);
  CPPUNIT_TEST(two_rooms_get_different_tokens);
  CPPUNIT_TEST(hands_out_a_signature_by_the_secret_and_not_the_secret);
  CPPUNIT_TEST(refuses_naming_the_variable_that_is_missing);
  CPPUNIT_TEST(refuses_where_nothing_is_configured);
  CPPUNIT_TEST_SUITE_END_ABSTRACT();

 protected:
  using Made = std::unique_ptr<provider::Provider>;
  [[nodiscard]] virtual Made configured() const = 0;
  [[nodiscard]] virtual Made unconfigured() const = 0;
  // Each with one variable left out, by its name.
  [[nodiscard]] virtual std::vector<std::pair<std::string, Made>> incomplete() const = 0;
  [[nodiscard]] virtual std::string secret() const = 0;

  // How its tokens are read: as JWS by HS256 that name their holder, where these are not
  // overridden.
  [[nodiscard]] virtual bool names_holder() const { return true; }
  // What a token says, without its signature.
  [[nodiscard]] virtual std::string said_in(const provider::Credential& credential) const {
    const auto first = credential.token.find('.');
    const auto second = credential.token.find('.', first + 1);
    return crypto::from_base64url(credential.token.substr(first + 1, second - first - 1)).value();
  }
  // "exp" or "iat"; nothing where its tokens have none such.
  [[nodiscard]] virtual std::optional<std::int64_t> time_in(const provider::Credential& credential,
                                                            const char* name) const {
    const auto payload = accepted(base::parse_json_object(said_in(credential)));
    return base::integer(payload[name]).value();
  }
  [[nodiscard]] virtual bool is_signed(const provider::Credential& credential) const {
    crypto::KeySet keys{crypto::Algorithm::hs256, {}};
    keys.keys.push_back(crypto::Key::from_secret(secret(), keys.algorithm).value());
    return crypto::verify_jws(credential.token, keys).has_value();
  }

  static access::Grant grant() {
    return {47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  }
  static provider::Credential mint(const provider::Provider& provider,
                                   const access::Grant& grant = ProviderConformance::grant()) {
    return accepted(provider.mint(grant, kNine));
  }

 private:
  void mints_the_same_token_for_the_same_grant_and_time() {
    const Made first = configured();
    same(mint(*first).token, mint(*first).token, "from one");
    same(mint(*first).token, mint(*configured()).token, "from two");
    const auto later = accepted(first->mint(grant(), kNine + 1s));
    expect(later.token != mint(*first).token, "another time, another token");
  }

  void says_when_the_token_expires() {
    const auto credential = mint(*configured());
    same(base::unix_seconds(credential.expires_at), time_in(credential, "exp").value());
    const auto issued = time_in(credential, "iat");
    if (issued) same(base::unix_seconds(credential.issued_at), *issued);
    expect(credential.issued_at <= kNine, "issued in the future");
    expect(credential.issued_at > kNine - 10s, "issued long ago");
    same(90min, credential.expires_at - credential.issued_at);
  }

  void never_outlives_the_grant() {
    for (const auto validity : {60min, 61min, 240min}) {
      access::Grant granted = grant();
      granted.validity = validity;
      const auto credential = mint(*configured(), granted);
      expect(time_in(credential, "exp").value() <= base::unix_seconds(kNine + validity),
             show(validity));
      expect(credential.expires_at > kNine, show(validity));
    }
  }

  void names_its_holder_in_the_token() {
    const auto credential = mint(*configured());
    expect(!credential.identity.empty());
    if (!names_holder()) return expect(!contains(credential.token, credential.identity));
    expect(contains(said_in(credential), '"' + credential.identity + '"'), "not in the token");
  }

  void two_people_get_different_tokens() {
    const Made provider = configured();
    access::Grant other = grant();
    other.user_id = 19;
    other.identity = "19-jane.doe@example.com";
    const auto first = mint(*provider);
    const auto second = mint(*provider, other);
    expect(first.identity != second.identity, "same address, other user");
    same(names_holder(), first.token != second.token);
  }

  void tells_nothing_of_who_has_a_pseudonym() {
    access::Policy policy;
    policy.identities = pseudonyms();
    const Made provider = configured();
    for (const auto& [user, hidden] : {std::pair{jane(), kHiddenJane}, {sarah(), kHiddenSarah}}) {
      const auto decided = accepted(access::decide(appointment_47(), user, kNine, policy));
      const auto credential = mint(*provider, decided);
      same(hidden, credential.identity);
      const std::string told =
          said_in(credential) + provider->connect_until(decided, credential.expires_at);
      const std::string id = std::to_string(user.id);
      for (const std::string& one :
           {user.email, user.name, std::string("example.com"), '"' + id + '"', ':' + id + ',',
            ':' + id + '}', "user_" + id, '"' + id + '-'}) {
        expect(!contains(told, one), one + " in " + told);
      }
    }
  }

  void two_rooms_get_different_tokens() {
    access::Grant other = grant();
    other.room_name = "apt-48-1763138954-46eb915c";
    expect(mint(*configured()).token != mint(*configured(), other).token);
  }

  void hands_out_a_signature_by_the_secret_and_not_the_secret() {
    const auto credential = mint(*configured());
    expect(!contains(credential.token, secret()) && !contains(said_in(credential), secret()));
    expect(is_signed(credential), "not signed by the secret");
  }

  void refuses_naming_the_variable_that_is_missing() {
    for (const auto& [variable, provider] : incomplete()) {
      const auto why = refused(provider->refusal(), provider->mint(grant(), kNine), variable);
      expect(contains(why, variable), why);
      same(provider->fault(), why);
      expect(!contains(why, secret()), why);
      expect(!provider->unused(), variable);
    }
  }

  void refuses_where_nothing_is_configured() {
    const Made provider = unconfigured();
    expect(provider->unused());
    expect(!refused(provider->refusal(), provider->mint(grant(), kNine)).empty());
    expect(configured()->fault().empty() && !configured()->unused());
    same(configured()->name(), provider->name());
  }
};

}  // namespace roomkey::test
