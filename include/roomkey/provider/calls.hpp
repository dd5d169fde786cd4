// What routes of a provider's own answer, where its SDK asks for a user's token and then for a
// call.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "roomkey/provider/provider.hpp"

namespace roomkey::provider {

class Calls {
 public:
  virtual ~Calls() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // as Provider::name()
  // The names of its routes, for logs, metrics and the audit.
  struct Routes {
    std::string_view token, call, key;
  };
  [[nodiscard]] virtual Routes routes() const = 0;
  // Names the clinic's app to a browser; no secret.
  [[nodiscard]] virtual const std::string& api_key() const = 0;
  // Of the grant's holder, in the provider's spelling. No two share one.
  [[nodiscard]] virtual std::string user_id(const access::Grant& grant) const = 0;
  // True where `name` is one of the user's own: id, `<id>-<email>` or email, raw or as the provider
  // spells it.
  [[nodiscard]] virtual bool is_own_name(std::string_view name, const access::User& user) const = 0;
  [[nodiscard]] virtual bool is_call_type(std::string_view text) const = 0;

  // Why there can be no call for the grant: not configured, or token_failed where the room's name
  // is no call id (a room of another program's may have any name).
  [[nodiscard]] virtual base::Result<std::monostate> can_call(const access::Grant& grant) const = 0;

  // A token for the one call "<call type>:<room name>", where can_call(). `call_type` must be one.
  [[nodiscard]] virtual base::Result<Credential> mint_for_call(
      const access::Grant& grant, std::string_view call_type,
      std::chrono::sys_seconds now) const = 0;

  // A token for all of these calls of one user's, each where can_call(); one at least, and no more
  // where the user has another name in each.
  [[nodiscard]] virtual base::Result<Credential> mint_for_calls(
      std::span<const access::Grant> grants, std::string_view call_type,
      std::chrono::sys_seconds now) const = 0;

  // Whether who names no call gets a token that is for none in particular.
  [[nodiscard]] virtual bool gives_unbound() const = 0;
  // That token: its holder is that user and may what the app's roles allow.
  [[nodiscard]] virtual base::Result<Credential> mint_for_user(
      std::int64_t user_id, std::chrono::sys_seconds now) const = 0;
};

}  // namespace roomkey::provider
