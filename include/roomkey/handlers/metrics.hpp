#pragma once

#include <string>

#include "roomkey/http/message.hpp"
#include "roomkey/metrics/tally.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

struct Watched {
  std::string version;
  std::string backups;      // the folder of roomkey-*.db
  std::string certificate;  // the PEM file of nginx's certificate; empty: not looked at
};

// GET metrics: what all workers counted, and how store, backups and certificate are now. Always
// 200: what can't be read is left out, and roomkey_metrics_fault says of which part.
[[nodiscard]] http::Response metrics_page(const metrics::Tally& tally, store::Database& database,
                                          const Watched& watched);

}  // namespace roomkey::handlers
