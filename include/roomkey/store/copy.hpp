// The whole of a store in another, of whatever driver.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "roomkey/store/verify.hpp"

namespace roomkey::store {

// The tables that are copied, which must be all that there are.
[[nodiscard]] std::vector<std::string> copied_tables();

// `done` of `total` rows.
using CopyProgress = std::function<void(std::size_t done, std::size_t total)>;

struct Copied {
  std::size_t rows = 0;
  Verdict verdict;     // of the copy
  bool moved = false;  // the store that was copied went on meanwhile: the copy ends where it began
};

// As of one moment, in one transaction: every row as it is, the audit's hashes, MACs and cuts
// included. `to` is made or brought up to date first; it must be empty. Throws base::Unavailable
// where it isn't, where `from` is not sound, or where the copy does not hold and end as `from`
// does.
Copied copy_store(Database& from, Database& to, const CopyProgress& progress);

}  // namespace roomkey::store
