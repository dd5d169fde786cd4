// Files of public keys, for the algorithm that the first byte says.
#include <array>

#include "fuzz.hpp"
#include "roomkey/crypto/jws.hpp"

FUZZ(input) {
  using namespace roomkey::crypto;
  constexpr std::array kAlgorithms{Algorithm::rs256, Algorithm::es256, Algorithm::es384,
                                   Algorithm::eddsa, Algorithm::hs256};
  const auto algorithm = kAlgorithms[input.byte() % kAlgorithms.size()];
  const auto set = key_set_from_pem(input.rest(), algorithm);
  if (!set) {
    roomkey::fuzz::promise(!set.error().detail.empty(), "a refusal says why");
    return;
  }
  roomkey::fuzz::promise(!is_hmac(algorithm), "an HMAC key is never read from a PEM file");
  roomkey::fuzz::promise(set->keys.size() == 1, "a file that is taken has one key");
  const Key& key = set->keys.front();
  roomkey::fuzz::promise(key.algorithm() == algorithm, "for the algorithm asked for");
  roomkey::fuzz::promise(!key.verify("message", "signature"), "no key takes just anything");
  try {
    static_cast<void>(key.sign("message"));
    roomkey::fuzz::promise(false, "it can't sign");
  } catch (const std::logic_error&) {
  }
}
