// The table of all providers: the one place that names them side by side.
#pragma once

#include <span>

#include "roomkey/provider/custom/settings.hpp"
#include "roomkey/provider/janus/settings.hpp"
#include "roomkey/provider/jitsi/settings.hpp"
#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/livekit/settings.hpp"
#include "roomkey/provider/stream/settings.hpp"
#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider {

// The configuration of all of them.
struct Settings {
  twilio::Configuration twilio;
  stream::TokenSettings stream;
  livekit::Configuration livekit;
  jitsi::TokenSettings jitsi;
  janus::Configuration janus;
  custom::TokenSettings custom;
};

[[nodiscard]] std::span<const Kind* const> all();

// Null where there is none of that name.
[[nodiscard]] const Kind* named(std::string_view name);

// "a, b, c"
[[nodiscard]] std::string names();

// A word on each, with another between them; those that `word` is empty for are left out.
[[nodiscard]] std::string join(std::string_view between,
                               const std::function<std::string(const Kind& kind)>& word);

// The titles of those that `can` is true for: "A", "A and B".
[[nodiscard]] std::string titles(bool (*can)(const Kind& kind));

// Null where no provider has a variable of that name.
[[nodiscard]] const Kind* whose(std::string_view variable);

}  // namespace roomkey::provider
