// The store's SQL as PostgreSQL has it. Private to this driver.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roomkey::store::driver::postgresql {

// `?` and `?1` become `$1`; the few words that both engines have and mean otherwise become
// PostgreSQL's.
[[nodiscard]] std::string translated(std::string_view sql);

// The same with the word NULL in the place of these parameters (from 1 on): a cursor's must have a
// type, and of nothing it is not known.
[[nodiscard]] std::string with_nulls(std::string_view sql, const std::vector<std::size_t>& places);

}  // namespace roomkey::store::driver::postgresql
