#include "roomkey/access/bearer.hpp"

#include <iostream>

#include "roomkey/cli/commands.hpp"

namespace roomkey::cli {

int bearer(Session& session, std::int64_t user_id, std::chrono::minutes validity) {
  if (!session.config.bearer) {
    return fail(kExitConfig, session.config.bearer_missing);
  }
  if (!crypto::is_hmac(session.config.bearer->keys.algorithm)) {
    return fail(kFailed, "no bearer token can be made with a public key",
                "take one from the clinic's login, which has the private key");
  }
  std::cout << access::make_bearer(user_id, *session.config.bearer, session.now, validity) << '\n';
  return kDone;
}

}  // namespace roomkey::cli
