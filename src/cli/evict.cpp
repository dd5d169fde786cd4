#include "cli/evict.hpp"

#include "roomkey/provider/all.hpp"
#include "roomkey/provider/rooms.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/evictions.hpp"

namespace roomkey::cli {

namespace {

std::unique_ptr<provider::Provider> provider_of(const Session& session, const access::Room& room) {
  const auto* const kind =
      provider::named(room.provider.empty() ? session.config.store.room_provider : room.provider);
  if (kind == nullptr) throw base::Unavailable("the store: a room's provider is unknown");
  return kind->make(session.config, {});
}

}  // namespace

void put_off(store::Transaction& transaction, Session& session,
             const access::Appointment& appointment, const std::string& identity) {
  const access::Room& room = appointment.room.value();
  const auto provider = provider_of(session, room);
  if (!provider->can_evict()) return;
  const bool renames = provider->rooms() != nullptr && provider->rooms()->need_new_name();
  store::begin_eviction(transaction, session.database,
                        {room.name, identity, room.provider, appointment.id, session.now}, renames,
                        session.now);
}

}  // namespace roomkey::cli
