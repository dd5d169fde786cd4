#include "roomkey/access/appointment.hpp"

#include <array>
#include <utility>

namespace roomkey::access {

namespace {

constexpr std::array<std::string_view, 5> kRoles{"patient", "psychologist", "practice_manager",
                                                 "admin", "service"};
constexpr std::array<std::string_view, 5> kStatuses{"scheduled", "confirmed", "completed",
                                                    "cancelled", "no_show"};
constexpr std::array<std::string_view, 2> kSessionTypes{"telehealth", "in_person"};

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& words, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view word(Role role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::string_view word(Status status) { return kStatuses.at(static_cast<std::size_t>(status)); }
std::string_view word(SessionType type) { return kSessionTypes.at(static_cast<std::size_t>(type)); }

std::optional<Role> parse_role(std::string_view word) { return find<Role>(kRoles, word); }
std::optional<Status> parse_status(std::string_view word) { return find<Status>(kStatuses, word); }
std::optional<SessionType> parse_session_type(std::string_view word) {
  return find<SessionType>(kSessionTypes, word);
}

}  // namespace roomkey::access
