#include "roomkey/store/users.hpp"

#include "cli/check/checks.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::check {

namespace {

constexpr std::size_t kMostNamed = 20;

// By id; `named` holds the first of them.
std::size_t count_too_long(store::Database& database, std::string& named) {
  std::size_t count = 0;
  store::each_user(database, [&](const access::User& user) {
    if (!access::is_identity_too_long(user.id, user.email) || ++count > kMostNamed) return;
    named += (named.empty() ? "" : ", ") + std::to_string(user.id);
  });
  if (count > kMostNamed) named += " and " + std::to_string(count - kMostNamed) + " more";
  return count;
}

}  // namespace

void check_users(base::Findings& findings, store::Database& database) {
  const std::string where =
      provider::titles([](const auto& kind) { return kind.names_by_address(); });
  if (where.empty()) return;
  try {
    std::string named;
    const auto count = count_too_long(database, named);
    if (count == 0) return;
    findings.error("users",
                   std::to_string(count) + (count == 1 ? " user has" : " users have") +
                       " a name at " + where + ", <id>-<email>, of more than the " +
                       std::to_string(access::kLongestIdentity) +
                       " characters that it takes, and get" + (count == 1 ? "s" : "") +
                       " no token: " + named + '.',
                   "Give each a shorter address: `roomkey user set ID --email ADDRESS`, or in the "
                   "booking system.");
  } catch (const base::Unavailable&) {  // check_store() says so
  }
}

}  // namespace roomkey::cli::check
