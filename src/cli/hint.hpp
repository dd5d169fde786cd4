// What an administrator can do about a command that failed, and which configuration it goes by.
#pragma once

#include <string>
#include <string_view>

namespace roomkey::cli {

// Read where no other is named and we may: an installed roomkey knows its own store.
inline constexpr const char* kInstalledEnvFile = "/etc/roomkey/roomkey.env";

[[nodiscard]] bool may_read(const std::string& path);
// It is there, and not for this user: what roomkey then says of the installation is not to be
// trusted.
[[nodiscard]] bool is_closed(const std::string& path);

// The cure for `fault`, which is an exception's; empty where there is none to tell. `closed`: the
// installed configuration is closed to this user.
[[nodiscard]] std::string_view hint_for(std::string_view fault, bool closed);

}  // namespace roomkey::cli
