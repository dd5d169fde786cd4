// Tokens. The first byte says the algorithm, the rest is the token; or, with its high bit set, a
// header and a payload that the clinic's own key signs, and a place where the token is bent.
#include <algorithm>
#include <array>
#include <vector>

#include "crypto/made_keys.hpp"
#include "fuzz.hpp"
#include "roomkey/access/bearer.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/jws.hpp"

namespace {

using namespace roomkey;
using crypto::Algorithm;
using fuzz::promise;

struct Signer {
  crypto::KeySet keys;  // one key, which can sign as well
};

std::vector<Signer>& signers() {
  static std::vector<Signer> all = [] {
    std::vector<Signer> made;
    const auto add = [&made](Algorithm algorithm, crypto::Key key) {
      made.push_back({{algorithm, {}}});
      made.back().keys.keys.push_back(std::move(key));
    };
    for (const auto hmac : {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512}) {
      add(hmac, crypto::Key::from_secret(test::kSecret, hmac).value());
    }
    for (const auto& [algorithm, kind] :
         {std::pair{Algorithm::rs256, "RSA-2048"}, std::pair{Algorithm::es256, "P-256"},
          std::pair{Algorithm::es384, "P-384"}, std::pair{Algorithm::eddsa, "ED25519"}}) {
      add(algorithm, crypto::Key::from_pem(test::made_key(kind).private_pem, algorithm).value());
    }
    return made;
  }();
  return all;
}

// Nobody can sign with these keys by chance.
void any_token(const Signer& signer, std::string_view token) {
  promise(!crypto::verify_jws(token, signer.keys), "a token that nobody signed is refused", token);
  const access::BearerRules rules = test::hs256_rules();
  promise(!access::authenticate("Bearer " + std::string(token), rules, test::kNine),
          "nor does it let anybody in", token);
}

void signed_token(const Signer& signer, fuzz::Input input) {
  const std::uint8_t where = input.byte();
  const std::uint8_t how = input.byte();
  const std::string header(input.line());
  const std::string payload(input.rest());
  std::string token = crypto::sign_jws(header, payload, signer.keys.keys.front());
  const auto opened = crypto::verify_jws(token, signer.keys);
  if (opened) {
    promise(opened->payload == payload, "a payload comes out as it went in");
    promise((*opened->header)["alg"].asString() == crypto::name(signer.keys.algorithm),
            "the algorithm is the configured one", header);
    promise(!opened->header->isMember("crit"), "crit is refused", header);
  }
  const auto at = where * token.size() / 256;
  const std::string before = token;
  token[at] = static_cast<char>(token[at] ^ how);
  if (token != before) {
    promise(!crypto::verify_jws(token, signer.keys), "a bent token is refused", before);
  }
}

}  // namespace

FUZZ(input) {
  const std::uint8_t choice = input.byte();
  const Signer& signer = signers()[(choice & 0x7f) % signers().size()];
  (choice & 0x80) != 0 ? signed_token(signer, input) : any_token(signer, input.rest());
}
