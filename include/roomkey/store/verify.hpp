// Whether a store is sound.
#pragma once

#include <string>
#include <vector>

#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct Verdict {
  int schema = 0;
  AuditVerdict audit;
  std::vector<std::string> faults;  // the audit's included; empty where the store is sound
};

// The database's own checks, the schema that its version says, the audit's chain. Throws
// base::Unavailable where it can't be read.
[[nodiscard]] Verdict verify_store(Database& database);

}  // namespace roomkey::store
