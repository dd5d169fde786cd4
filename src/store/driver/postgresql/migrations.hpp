// The texts of sql/postgresql/*.sql in the order of their numbers, embedded at build, so that
// binary and schema can't part. Private to this room.
#pragma once

#include <span>
#include <string_view>

namespace roomkey::store::driver::postgresql {

[[nodiscard]] std::span<const std::string_view> migrations();

}  // namespace roomkey::store::driver::postgresql
