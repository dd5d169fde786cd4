// Run as root, roomkey touches the store as the user whom its folder belongs to, so that it never
// leaves a file there that the workers can't open.
#pragma once

#include <string>

#include "roomkey/store/database.hpp"

namespace roomkey::cli {

// For good: user, group and supplementary groups. Does nothing where we are not root, where the
// folder is root's own (a demo), where there is none (opening the store says so), or where the
// store does not lie in files. Throws std::system_error.
void become_store_owner(const store::Database& database);

// Why we may not make the file (or files in the folder) `path`, or read it: a sentence that names
// us, or nothing where we may or something else is in the way.
[[nodiscard]] std::string may_not_write(const std::string& path);
[[nodiscard]] std::string may_not_read(const std::string& path);

}  // namespace roomkey::cli
