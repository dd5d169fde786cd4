// Whether LiveKit takes the configured credentials: it is asked, and what follows from its answers
// is said. Private to this folder and its tests.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "provider/livekit/service.hpp"
#include "roomkey/base/finding.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/livekit/settings.hpp"

namespace roomkey::provider::livekit {

struct Answers {
  std::string host;  // who was asked for the rooms
  Reply rooms;
  std::optional<std::chrono::seconds> clock_ahead = {};  // of this machine
  std::string door = {};  // whom browsers open, where that is another; empty: the same
  int door_status = 0;    // HTTP; 0 where no answer came
  Https::Failure door_failure = Https::Failure::answer;
  std::string door_why = {};
};
[[nodiscard]] Answers ask(const Configuration& configuration);
// Pure.
void check_answers(base::Findings& findings, const Answers& answers);

}  // namespace roomkey::provider::livekit
