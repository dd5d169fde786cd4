// Somebody without a login who takes part in one appointment: an interpreter, a relative, a
// supervisor. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roomkey::access {

enum class GuestKind { interpreter, relative, supervisor, other };
[[nodiscard]] std::string_view word(GuestKind kind);
[[nodiscard]] std::optional<GuestKind> parse_guest_kind(std::string_view word);

// As many may be invited to an appointment at a time.
inline constexpr std::size_t kMostGuests = 8;
// How long after the appointment's end a code is good where nobody says.
inline constexpr std::chrono::hours kGuestStays{4};

struct Guest {
  std::int64_t id = 0;
  std::int64_t appointment_id = 0;
  std::string name;
  GuestKind kind = GuestKind::other;
  std::chrono::sys_seconds expires_at{};  // of the code; not of a token
  bool revoked = false;
  std::string device_digest = {};  // SHA-256 of the device that it is bound to; empty: of none yet
  std::optional<std::chrono::sys_seconds> last_used_at = {};

  // Neither revoked nor expired.
  [[nodiscard]] bool may_come(std::chrono::sys_seconds now) const;
};

// `invited`, `used`, `revoked` or `expired`.
[[nodiscard]] std::string_view state_of(const Guest& guest, std::chrono::sys_seconds now);

// `guest-<id>`, and back.
[[nodiscard]] std::string guest_name(std::int64_t guest_id);
[[nodiscard]] std::optional<std::int64_t> parse_guest_name(std::string_view text);

// The address behind which a guest's page finds the code; nothing where the clinic's pages have no
// address. What is behind the `#` no server sees.
[[nodiscard]] std::optional<std::string> guest_link(const std::string& frontend_url,
                                                    std::string_view code);

// What is wrong with a guest's name, in words that go behind it; empty where nothing is.
[[nodiscard]] std::string guest_name_fault(std::string_view name);

}  // namespace roomkey::access
