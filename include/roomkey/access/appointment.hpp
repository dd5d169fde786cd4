// `access` owns who may what: the appointment, the caller, the decision, and the way from a bearer
// token to a caller's id. It knows `base` and `crypto`; no store, no HTTP, no provider.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/door.hpp"

namespace roomkey::access {

enum class Role { patient, psychologist, practice_manager, admin, service };
enum class Status { scheduled, confirmed, completed, cancelled, no_show };
enum class SessionType { telehealth, in_person };

// The words that stand in the store, in imports and in answers; nothing for any other word.
[[nodiscard]] std::string_view word(Role role);
[[nodiscard]] std::string_view word(Status status);
[[nodiscard]] std::string_view word(SessionType type);
[[nodiscard]] std::optional<Role> parse_role(std::string_view word);
[[nodiscard]] std::optional<Status> parse_status(std::string_view word);
[[nodiscard]] std::optional<SessionType> parse_session_type(std::string_view word);

struct User {
  std::int64_t id = 0;
  std::string email;
  std::string name;
  Role role = Role::patient;
  bool active = true;
};

struct Room {
  std::string name;
  std::chrono::sys_seconds created_at{};
  std::string provider = {};  // by its name; empty: whichever new rooms get
};

// Somebody who was put out of an appointment's room.
struct Removal {
  std::int64_t user_id = 0;
  std::optional<std::int64_t> by = {};  // who did it; nothing: not known any more
  bool by_office = true;                // as one of the office, not as its psychologist
};

struct Appointment {
  std::int64_t id = 0;
  std::int64_t patient_id = 0;
  std::int64_t psychologist_id = 0;
  std::chrono::sys_seconds starts_at{};
  std::chrono::minutes duration{0};
  Status status = Status::scheduled;
  SessionType session_type = SessionType::telehealth;
  std::optional<Room> room = {};
  std::vector<std::int64_t> removed = {};  // users who were put out of the room
  std::optional<Door> door = {};           // as the caller finds it, once it was looked at
  // False where whoever looked it up knows that there is nothing more to be read.
  bool may_have_visitors = true;
  bool may_have_people_in = true;  // the room

  [[nodiscard]] std::chrono::sys_seconds ends_at() const { return starts_at + duration; }
};

// The longest appointment that makes sense: a day.
inline constexpr std::chrono::minutes kMaxDuration{24 * 60};

}  // namespace roomkey::access
