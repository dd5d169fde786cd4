// Which server of the address is spoken to. Private to this driver.
#pragma once

#include <memory>

#include "store/driver/postgresql/wire.hpp"

namespace roomkey::store::driver::postgresql {

// Connects to the first that can be had, beginning with the one that served last. After one that
// did not answer in time, and where Settings::answer_within bounds it, all is refused for a moment:
// who waits behind the one that found out is told at once.
[[nodiscard]] std::unique_ptr<Wire> connect(const Settings& settings, Clock::time_point deadline);

// It did not keep its time, or what it promised: the next connection begins with the next one.
void avoid_server();
void rest_from_servers();

}  // namespace roomkey::store::driver::postgresql
