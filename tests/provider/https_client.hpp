// Who asks the stand-in for Twilio, with time enough for a busy machine.
#pragma once

#include <chrono>
#include <string>

#include "roomkey/provider/https.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline provider::Https client(std::chrono::milliseconds connect_deadline = std::chrono::seconds{20},
                              const std::string& ca_file = "") {
  return provider::Https(
      {StandIn::kKey, crypto::Secret(StandIn::kSecret), connect_deadline, ca_file});
}

inline provider::Https::Deadline in(std::chrono::milliseconds span) {
  return std::chrono::steady_clock::now() + span;
}

inline std::string unavailable(const base::Result<provider::Https::Answer>& answer,
                               std::string_view what = "") {
  const std::string why = refused(base::Code::provider_unavailable, answer, what);
  expect(!why.empty() && !contains(why, StandIn::kSecret), why);
  return why;
}

}  // namespace roomkey::test
