#include "roomkey/access/door.hpp"

#include <array>

namespace roomkey::access {

namespace {

using base::Code;
using base::Error;

constexpr std::array<std::string_view, 3> kModes{"off", "psychologist_first", "admit"};
constexpr std::array<std::string_view, 4> kAdmissions{"none", "waiting", "admitted", "denied"};

Admission admission_of(const Door& door) {
  return door.visitor ? door.visitor->admission : Admission::none;
}

Error waiting(const Door& door, std::chrono::sys_seconds now) {
  Error error{Code::waiting};
  const bool goes_on = door.visitor && door.visitor->still_waits(now);
  error.waiting_since = goes_on ? door.visitor->waiting_since : now;
  return error;
}

}  // namespace

std::string_view word(WaitingRoom mode) { return kModes.at(static_cast<std::size_t>(mode)); }
std::string_view word(Admission admission) {
  return kAdmissions.at(static_cast<std::size_t>(admission));
}

std::optional<Admission> parse_admission(std::string_view word) {
  for (std::size_t i = 1; i < kAdmissions.size(); ++i) {
    if (kAdmissions[i] == word) return static_cast<Admission>(i);
  }
  return std::nullopt;
}

bool Visitor::is_here(std::chrono::sys_seconds now) const {
  return last_seen && now - *last_seen <= kHere;
}

bool Visitor::still_waits(std::chrono::sys_seconds now) const {
  return admission == Admission::waiting && last_seen && now - *last_seen <= kWaitGoesOn;
}

base::Result<std::monostate> pass(const Door& door, WaitingRoom mode,
                                  std::chrono::sys_seconds now) {
  switch (admission_of(door)) {
    case Admission::denied: return Error{Code::denied};
    case Admission::admitted: return std::monostate{};
    case Admission::none:
    case Admission::waiting: break;
  }
  const bool open = mode == WaitingRoom::off ||
                    (mode == WaitingRoom::psychologist_first && door.psychologist_is_in);
  if (!open) return waiting(door, now);
  return std::monostate{};
}

std::string_view waiting_word(const Door& door, std::chrono::sys_seconds now) {
  switch (admission_of(door)) {
    case Admission::none: return "no";
    case Admission::waiting: return door.visitor->is_here(now) ? "yes" : "no";
    case Admission::admitted: return "admitted";
    case Admission::denied: return "denied";
  }
  throw std::logic_error("an admission without a word");
}

}  // namespace roomkey::access
