// JWK sets, for the algorithm that the first byte says.
#include "fuzz.hpp"
#include "roomkey/crypto/jws.hpp"

FUZZ(input) {
  using namespace roomkey::crypto;
  constexpr std::array kAlgorithms{Algorithm::hs256, Algorithm::rs256, Algorithm::es256,
                                   Algorithm::es384, Algorithm::eddsa, Algorithm::rs512};
  const auto algorithm = kAlgorithms[input.byte() % kAlgorithms.size()];
  const auto set = key_set_from_jwks(input.rest(), algorithm);
  if (!set) {
    roomkey::fuzz::promise(!set.error().detail.empty(), "a refusal says why");
    return;
  }
  roomkey::fuzz::promise(!set->keys.empty(), "a set that is taken has a key");
  for (const auto& key : set->keys) {
    roomkey::fuzz::promise(key.algorithm() == algorithm, "for the algorithm asked for");
    roomkey::fuzz::promise(!key.verify("message", "signature"), "no key takes just anything");
  }
}
