// Who may do what with the store's tables: one role makes and migrates them, another works with
// them. Private to this driver.
#pragma once

#include "store/driver/postgresql/connection.hpp"

namespace roomkey::store::driver::postgresql {

// Gives those who may work with the store the same of tables that have come since.
void let_work_on(Connection& connection);

}  // namespace roomkey::store::driver::postgresql
