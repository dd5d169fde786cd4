// A stand-in for Twilio, and a worker that asks it.
#pragma once

#include <string>

#include "roomkey/provider/twilio/rest.hpp"
#include "support/clinic.hpp"
#include "support/room.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline const std::string kName(kRoom);
inline const std::string kNoRoom = "RM00000000000000000000000000000000";
inline const std::string kNobody = "PA00000000000000000000000000000000";

// Twilio without a room, and a worker that asks it.
struct RestScene {
  const StandIn& twilio = stand_in();
  provider::twilio::Rest rest{twilio.settings()};

  provider::twilio::Room room() { return accepted(rest.create_room(kName)); }
  std::string join(const std::string& room, std::string_view identity = kJane,
                   const std::string& status = "connected") {
    const auto answer = twilio.control(R"({"join":{"room":")" + room + R"(","identity":")" +
                                       std::string(identity) + R"(","status":")" + status + "\"}}");
    return answer["participant"]["sid"].asString();
  }
  void end(const std::string& room) const { twilio.control(R"({"end":")" + room + "\"}"); }
  [[nodiscard]] Json::Value last() const {
    const auto seen = twilio.seen()["requests"];
    return seen[seen.size() - 1];
  }
};

template <typename T>
std::string unavailable(const base::Result<T>& result, std::string_view what = "") {
  const std::string why = refused(base::Code::provider_unavailable, result, what);
  expect(why.starts_with("Twilio, ") && !contains(why, StandIn::kSecret), why);
  return why;
}

}  // namespace roomkey::test
