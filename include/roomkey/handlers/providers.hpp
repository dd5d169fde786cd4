// The video providers of a worker, and whether it may speak to them.
#pragma once

#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/provider/provider.hpp"
#include "roomkey/provider/rooms.hpp"

namespace roomkey::handlers {

class Providers {
 public:
  // They must outlive this. The first is that of a room which says none.
  explicit Providers(std::vector<provider::Provider*> all, bool may_be_asked = true)
      : all_(std::move(all)), may_be_asked_(may_be_asked) {}

  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }
  [[nodiscard]] bool may_be_asked() const { return may_be_asked_; }

  // Null where there is none of that name.
  [[nodiscard]] provider::Provider* named(std::string_view name) const;
  // That of the room. Throws base::Unavailable where the store names one that is unknown here.
  [[nodiscard]] provider::Provider& of(const access::Room& room) const;
  // Null where it can't be asked about rooms, or not by this worker.
  [[nodiscard]] provider::Rooms* rooms_of(const access::Room& room) const;
  // Whether one of them has roomkey make its rooms.
  [[nodiscard]] bool make_rooms() const;

 private:
  std::vector<provider::Provider*> all_;
  bool may_be_asked_;
};

}  // namespace roomkey::handlers
