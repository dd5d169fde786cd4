#include "roomkey/handlers/providers.hpp"

#include <algorithm>

namespace roomkey::handlers {

provider::Provider& Providers::of(const access::Room& room) const {
  if (room.provider.empty()) return *all_.front();
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const provider::Provider* one) {
    return one->name() == room.provider;
  });
  if (found == all_.end()) throw base::Unavailable("the store: a room's provider is unknown");
  return **found;
}

provider::Rooms* Providers::rooms_of(const access::Room& room) const {
  return may_be_asked_ ? of(room).rooms() : nullptr;
}

bool Providers::make_rooms() const {
  return std::any_of(all_.begin(), all_.end(), [](provider::Provider* one) {
    return one->rooms() != nullptr && one->rooms()->are_made();
  });
}

}  // namespace roomkey::handlers
