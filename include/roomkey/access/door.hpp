// The waiting room: who stands before an appointment's door, and whether it opens. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

namespace roomkey::access {

// When the door opens for whoever is not the psychologist: at once; when the psychologist is in the
// room; when somebody lets that person in.
enum class WaitingRoom { off, psychologist_first, admit };
[[nodiscard]] std::string_view word(WaitingRoom mode);

enum class Admission { none, waiting, admitted, denied };
// As in the store and in answers: "none" is never said there.
[[nodiscard]] std::string_view word(Admission admission);
[[nodiscard]] std::optional<Admission> parse_admission(std::string_view word);

// Who asks again within this long goes on waiting; who comes later begins anew.
inline constexpr std::chrono::minutes kWaitGoesOn{2};
// Who asked within this long counts as being here.
inline constexpr std::chrono::seconds kHere{20};
// How long whoever waits is asked to wait before he asks again.
inline constexpr std::chrono::seconds kAskAgain{3};

// Somebody who came to an appointment's door, or whom somebody admitted or denied before.
struct Visitor {
  std::string who;                        // a user's id in digits, or `guest-<n>`
  Admission admission = Admission::none;  // admitted: to the room that the appointment has now
  std::optional<std::chrono::sys_seconds> waiting_since = {};
  std::optional<std::chrono::sys_seconds> last_seen = {};

  [[nodiscard]] bool is_here(std::chrono::sys_seconds now) const;
  // Waiting, and asked within kWaitGoesOn.
  [[nodiscard]] bool still_waits(std::chrono::sys_seconds now) const;
};

// An appointment's door, as one person finds it.
struct Door {
  std::optional<Visitor> visitor = {};
  bool psychologist_is_in = false;  // asked for with psychologist_first alone
};

// denied, or waiting (Error::waiting_since) where the door is not open yet. Once admitted nothing
// but a denial puts anybody back.
[[nodiscard]] base::Result<std::monostate> pass(const Door& door, WaitingRoom mode,
                                                std::chrono::sys_seconds now);

// What an appointment tells its participant of the waiting: `no`, `yes`, `admitted` or `denied`.
[[nodiscard]] std::string_view waiting_word(const Door& door, std::chrono::sys_seconds now);

}  // namespace roomkey::access
