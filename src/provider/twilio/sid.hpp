// Twilio's SIDs and regions. Source: https://www.twilio.com/docs/glossary/what-is-a-sid and
// https://www.twilio.com/docs/video/ip-addresses#signaling-communication
#pragma once

#include <string>
#include <string_view>

namespace roomkey::provider::twilio {

// SIDs are two letters and 32 hexadecimal digits.
[[nodiscard]] bool is_sid(std::string_view text, std::string_view kind);
// Enough to tell two SIDs apart. What is none isn't shown: it may be a secret in the wrong place.
[[nodiscard]] std::string masked_sid(const std::string& text);
// True where Twilio Video has signalling in the region; kSetRegion is the cure otherwise.
[[nodiscard]] bool has_signalling(std::string_view region);
inline constexpr const char* kSetRegion =
    "Set TWILIO_REGION to one of au1, br1, de1, gll, ie1, in1, jp1, sg1, us1, us2, or leave it "
    "out.";

}  // namespace roomkey::provider::twilio
