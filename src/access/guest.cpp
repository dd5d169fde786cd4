#include "roomkey/access/guest.hpp"

#include <array>

#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"

namespace roomkey::access {

namespace {

constexpr std::array<std::string_view, 4> kGuestKinds{"interpreter", "relative", "supervisor",
                                                      "other"};
constexpr std::string_view kGuest = "guest-";

}  // namespace

std::string_view word(GuestKind kind) { return kGuestKinds.at(static_cast<std::size_t>(kind)); }

std::optional<GuestKind> parse_guest_kind(std::string_view text) {
  for (std::size_t i = 0; i < kGuestKinds.size(); ++i) {
    if (kGuestKinds[i] == text) return static_cast<GuestKind>(i);
  }
  return std::nullopt;
}

bool Guest::may_come(std::chrono::sys_seconds now) const { return !revoked && now < expires_at; }

std::string_view state_of(const Guest& guest, std::chrono::sys_seconds now) {
  if (guest.revoked) return "revoked";
  if (!guest.may_come(now)) return "expired";
  return guest.last_used_at ? "used" : "invited";
}

std::string guest_name(std::int64_t guest_id) {
  return std::string(kGuest) + std::to_string(guest_id);
}

std::optional<std::int64_t> parse_guest_name(std::string_view text) {
  if (!text.starts_with(kGuest)) return std::nullopt;
  return base::parse_id(text.substr(kGuest.size()));
}

std::optional<std::string> guest_link(const std::string& frontend_url, std::string_view code) {
  if (frontend_url.empty()) return std::nullopt;
  return frontend_url + "/guest/#" + std::string(code);
}

std::string guest_name_fault(std::string_view name) {
  constexpr std::size_t kMost = 400;
  const std::string text(name);
  if (const auto unseen = base::find_unseen(text, base::is_unseen_in_a_name)) {
    return "has " + base::code_point_name(*unseen) + " in it, a character that can't be seen";
  }
  if (text.empty() || text.size() > kMost || !base::is_line(text)) {
    return "must be one line of 1 to 400 bytes";
  }
  return "";
}

}  // namespace roomkey::access
