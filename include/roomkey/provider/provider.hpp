// `provider` turns a Grant into the credential that a video provider accepts at its door. It knows
// `base`, `crypto` and `access`; no store, no HTTP of ours.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "roomkey/access/decide.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::provider {

struct Credential {
  std::string token = {};  // compact JWS, unless the provider has a form of its own
  std::string identity;    // its holder in the provider's spelling, as the token says where it can
  std::chrono::sys_seconds issued_at{};  // as the token says
  std::chrono::sys_seconds expires_at{};
};

class Calls;   // calls.hpp
class Events;  // events.hpp
class Rooms;   // rooms.hpp

class Provider {
 public:
  virtual ~Provider() = default;

  // In lower case: the word for logs, health lines and metrics.
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Why no token can be made: names the variable that is missing; empty where all is set.
  [[nodiscard]] virtual std::string_view fault() const = 0;
  // True where nothing at all was configured, which is no fault: a clinic may use another provider.
  [[nodiscard]] virtual bool unused() const = 0;

  // The code that a fault() is refused with.
  [[nodiscard]] virtual base::Code refusal() const { return base::Code::token_failed; }

  // Pure: the same grant and time give the same token. refusal() with fault() as detail.
  [[nodiscard]] virtual base::Result<Credential> mint(const access::Grant& grant,
                                                      std::chrono::sys_seconds now) const = 0;

  // What the provider's SDK needs beside the token of that grant: the members of a JSON object.
  [[nodiscard]] virtual std::string connect(const access::Grant& grant) const = 0;

  // The same with what lapses together with that token.
  [[nodiscard]] virtual std::string connect_until(const access::Grant& grant,
                                                  std::chrono::sys_seconds /*expires_at*/) const {
    return connect(grant);
  }

  // What that user is called in its rooms where it takes no Grant::identity; empty where it does.
  [[nodiscard]] virtual std::string other_name(std::int64_t /*user_id*/) const { return {}; }

  // As named to the browser; empty: none.
  [[nodiscard]] virtual std::string_view region() const { return ""; }

  // What it can besides; null where it can't, or can't be asked for want of configuration. Owned by
  // the provider.
  [[nodiscard]] virtual Rooms* rooms() { return nullptr; }
  // Whether it can put people out of its rooms, if not just now.
  [[nodiscard]] virtual bool can_evict() const { return false; }
  // Whether its events are to tell who is in its rooms, by whichever worker they are taken.
  [[nodiscard]] virtual bool tells_of_people() const { return false; }
  [[nodiscard]] virtual const Events* events() const { return nullptr; }
  [[nodiscard]] virtual const Calls* calls() const { return nullptr; }
};

}  // namespace roomkey::provider
