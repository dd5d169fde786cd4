#include <algorithm>

#include "cli/check/checks.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::cli::check {

namespace {

bool is_among(const Kinds& used, std::string_view name) {
  return std::any_of(used.begin(), used.end(), [&](auto* kind) { return kind->name() == name; });
}

// Where one gives tokens for any room by a route of its own, it does not matter whose the room is.
bool any_room_does(const Kinds& used) {
  return used.empty() || std::any_of(used.begin(), used.end(), [](const auto* kind) {
           return !kind->own_token_route().empty();
         });
}

}  // namespace

void check_new_rooms(base::Findings& findings, const Kinds& used, std::string_view chosen,
                     bool named) {
  if (is_among(used, chosen) || used.empty() || (!named && any_room_does(used))) return;
  const auto* const kind = provider::named(chosen);
  if (kind == nullptr) return;  // a fault of the configuration, which is said
  const std::string title = kind->title();
  const std::string other(used.front()->name());
  findings.error("ROOMKEY_PROVIDER",
                 named ? "ROOMKEY_PROVIDER is " + std::string(chosen) + ", and " + title +
                             " is not configured: nobody gets into a new room."
                       : "ROOMKEY_PROVIDER is not set, so that new rooms are " + title +
                             "'s, which is not configured: nobody gets into one.",
                 "Set ROOMKEY_PROVIDER=" + other + ", or configure " + title + '.');
}

void check_open_rooms(base::Findings& findings, const Kinds& used, store::Database& database) {
  if (any_room_does(used)) return;
  try {
    for (const auto& [name, count] : store::count_open_rooms(database)) {
      if (is_among(used, name)) continue;
      findings.warn("rooms",
                    base::counted(count, "open appointment") + (count == 1 ? " has" : " have") +
                        " the room at " + name + ", which is not configured: nobody gets in.",
                    "Have them go on elsewhere: `roomkey provider move " +
                        std::string(used.front()->name()) + " --from " + name + "`.");
    }
  } catch (const base::Unavailable&) {  // check_store() says so
  }
}

}  // namespace roomkey::cli::check
