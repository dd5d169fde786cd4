#pragma once

#include <string>

#include "cli/session.hpp"
#include "roomkey/access/appointment.hpp"

namespace roomkey::cli {

// Remembers that whoever has that identity is to leave the appointment's room, as the routes do
// (handlers/evict.hpp): the workers of the room pool do it. Part of the open transaction.
void put_off(store::Transaction& transaction, Session& session,
             const access::Appointment& appointment, const std::string& identity);

}  // namespace roomkey::cli
