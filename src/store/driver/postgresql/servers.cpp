#include "store/driver/postgresql/servers.hpp"

#include <atomic>

#include "store/driver/postgresql/fault.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;
using namespace std::chrono_literals;

// Of this process: all its connections go the same way.
std::atomic<std::size_t> first = 0;
std::atomic<Clock::rep> resting_until = 0;

// Each that is left gets its part of the time.
Clock::time_point share(Clock::time_point deadline, std::size_t left) {
  if (deadline == kNever) return Clock::now() + 5s;
  const auto now = Clock::now();
  return now + std::max(deadline - now, Clock::duration::zero()) / static_cast<int>(left);
}

}  // namespace

void avoid_server() { ++first; }

void rest_from_servers() { resting_until = (Clock::now() + 500ms).time_since_epoch().count(); }

std::unique_ptr<Wire> connect(const Settings& settings, Clock::time_point deadline) {
  if (settings.answer_within && Clock::now().time_since_epoch().count() < resting_until) {
    throw Unavailable(settings.called + ": the server did not answer in time just now",
                      Unavailable::Cause::away);
  }
  const auto servers = servers_of(settings);
  const std::size_t begin = first;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const std::size_t here = begin + i;
    const bool last = i + 1 == servers.size();
    try {
      auto wire = std::make_unique<Wire>(settings.called, servers[here % servers.size()],
                                         share(deadline, servers.size() - i));
      first = here;
      return wire;
    } catch (const Unavailable&) {
      if (!last) continue;
      if (Clock::now() >= deadline) rest_from_servers();
      throw;
    }
  }
  throw std::logic_error("an address without a server");
}

}  // namespace roomkey::store::driver::postgresql
