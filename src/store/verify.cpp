#include "roomkey/store/verify.hpp"

#include "store/driver/driver.hpp"

namespace roomkey::store {

Verdict verify_store(Database& database) {
  const driver::Driver& driver = driver_of(database);
  Verdict verdict;
  verdict.schema = database.schema();
  verdict.faults = driver.damage(database);
  if (!verdict.faults.empty()) return verdict;
  // A trigger that was dropped leaves no other trace.
  if (!driver.is_as_made(database, verdict.schema)) {
    verdict.faults.emplace_back("the schema is not the one that roomkey made");
  }
  verdict.audit = verify_audit(database);
  if (!verdict.audit.fault.empty()) verdict.faults.push_back("audit: " + verdict.audit.fault);
  return verdict;
}

}  // namespace roomkey::store
