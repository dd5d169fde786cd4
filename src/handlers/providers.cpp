#include "roomkey/handlers/providers.hpp"

#include <algorithm>

namespace roomkey::handlers {

provider::Provider* Providers::named(std::string_view name) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const auto* one) { return one->name() == name; });
  return found == all_.end() ? nullptr : *found;
}

provider::Provider& Providers::of(const access::Room& room) const {
  if (room.provider.empty()) return *all_.front();
  auto* const one = named(room.provider);
  if (one == nullptr) throw base::Unavailable("the store: a room's provider is unknown");
  return *one;
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
