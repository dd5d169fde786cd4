#include "roomkey/handlers/authenticate.hpp"

#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

base::Result<access::User> authenticate(std::string_view authorization,
                                        const access::BearerRules& rules, store::Database& database,
                                        std::chrono::sys_seconds now) {
  const auto token = access::bearer_token(authorization);
  if (!token) return token.error();
  const auto id = access::verify_bearer(*token, rules, now);
  if (!id) return id.error();
  database.ready();
  auto user = store::find_user(database, *id);
  if (!user || !user->active) {
    return base::Error{base::Code::user_unknown, "The token's user is unknown or inactive"};
  }
  return std::move(*user);
}

}  // namespace roomkey::handlers
