// Whether Twilio's variables hold what belongs there. Pure; no text shows a secret, or of a SID
// more than it takes to tell two apart. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider::twilio {

struct Variables {
  std::string account_sid, api_key;
  std::string_view api_secret, auth_token;
};
// False where Twilio need not be asked with these.
bool check_variables(base::Findings& findings, const Variables& values);
// What TWILIO_REGION does and does not do for Video, and TWILIO_MEDIA_REGION.
void check_regions(base::Findings& findings, const Configuration& configuration);
void check_callback_variables(base::Findings& findings, const Configuration& configuration);

// As Kind::wrong_value().
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

}  // namespace roomkey::provider::twilio
