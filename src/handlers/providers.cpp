#include "roomkey/handlers/providers.hpp"

#include <algorithm>

namespace roomkey::handlers {

provider::Provider& Providers::of(const access::Room&) const { return *all_.front(); }

provider::Rooms* Providers::rooms_of(const access::Room& room) const {
  return may_be_asked_ ? of(room).rooms() : nullptr;
}

bool Providers::make_rooms() const {
  return std::any_of(all_.begin(), all_.end(), [](provider::Provider* one) {
    return one->rooms() != nullptr && one->rooms()->are_made();
  });
}

}  // namespace roomkey::handlers
