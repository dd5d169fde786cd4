#include "provider/twilio/sid.hpp"

#include <algorithm>
#include <array>

#include "roomkey/base/counted.hpp"

namespace roomkey::provider::twilio {

bool is_sid(std::string_view text, std::string_view kind) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return text.size() == 34 && text.starts_with(kind) &&
         text.find_first_not_of(kHex, 2) == text.npos;
}

std::string masked_sid(const std::string& text) {
  if (is_sid(text, "AC") || is_sid(text, "SK")) {
    return text.substr(0, 6) + "..." + text.substr(text.size() - 4);
  }
  const bool known = text.starts_with("AC") || text.starts_with("SK");
  return (known ? text.substr(0, 2) + "..., which is no SID: " : "no SID: ") +
         base::counted(static_cast<std::int64_t>(text.size()), "character");
}

bool has_signalling(std::string_view region) {
  static constexpr std::array<std::string_view, 10> kRegions{"au1", "br1", "de1", "gll", "ie1",
                                                             "in1", "jp1", "sg1", "us1", "us2"};
  return std::find(kRegions.begin(), kRegions.end(), region) != kRegions.end();
}

}  // namespace roomkey::provider::twilio
