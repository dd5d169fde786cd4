// Tells systemd how the worker is (sd_notify(3), its documented protocol; libsystemd would be a
// library for one datagram).
#pragma once

#include <string_view>

namespace roomkey::worker {

// Sends `state`, such as "READY=1", to the socket that $NOTIFY_SOCKET names; nothing where it names
// none, as outside of systemd. Nobody there to hear it is no fault of the worker's.
void notify(std::string_view state);

}  // namespace roomkey::worker
