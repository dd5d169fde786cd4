// What PostgreSQL refuses, in the store's words: its own texts may hold SQL, names and addresses.
#pragma once

#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

namespace roomkey::store::driver::postgresql {

// Of a SQLSTATE (PostgreSQL's appendix A); empty: the server could not be spoken to.
[[nodiscard]] base::Unavailable::Cause cause_of(std::string_view sqlstate);
// Whether the connection is of no more use after it.
[[nodiscard]] bool breaks_connection(std::string_view sqlstate);
// The store is called so. `why` goes behind it where there is no SQLSTATE.
[[nodiscard]] base::Unavailable fault_of(const std::string& called, std::string_view sqlstate,
                                         const std::string& why = "");

// What libpq says of a connection that did not come about, asked to show codes instead of texts
// (PQERRORS_SQLSTATE): the server's code, if there is one,
[[nodiscard]] std::string sqlstate_in(std::string_view message);
// else its own reason, without what it quotes: names and paths.
[[nodiscard]] std::string reason_in(std::string_view message);

}  // namespace roomkey::store::driver::postgresql
