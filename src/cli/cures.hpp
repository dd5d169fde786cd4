// What an administrator can do about what failed, and which configuration a command goes by.
#pragma once

#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

namespace roomkey::cli {

// Read where no other is named and we may: an installed roomkey knows its own store.
inline constexpr const char* kInstalledEnvFile = "/etc/roomkey/roomkey.env";

[[nodiscard]] bool may_read(const std::string& path);
// It is there, and not for this user: what roomkey then says of the installation is not to be
// trusted.
[[nodiscard]] bool is_closed(const std::string& path);

// For whoever may not read it.
inline constexpr const char* kBeRoot =
    "run roomkey as root: this user may not read /etc/roomkey/roomkey.env";

// In a few words, behind the fault of a command; empty where there is none to tell.
[[nodiscard]] std::string_view hint_for(base::Unavailable::Cause cause);

// In whole sentences, for the store whose file is at `path`,
[[nodiscard]] std::string cure_for_store(base::Unavailable::Cause cause, const std::string& path);
// and for one that is no file of this machine.
[[nodiscard]] std::string cure_for_store(base::Unavailable::Cause cause);

}  // namespace roomkey::cli
