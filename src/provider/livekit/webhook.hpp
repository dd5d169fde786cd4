// LiveKit's webhooks. Source: https://docs.livekit.io/home/server/webhooks/ and `webhook/` of
// github.com/livekit/protocol. They bear no sequence number, so each is given one here from which
// the order follows, whenever and however often it comes: its time, its kind and its id. Private to
// this folder and its tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "roomkey/base/clock.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/events.hpp"

namespace roomkey::provider::livekit {

inline constexpr std::string_view kWebhookPath = "/api/appointments/livekit-webhook/";

struct WebhookSettings {
  std::string api_key;
  crypto::Secret api_secret;  // empty: no webhook is taken
};

// An event's place among those of its session: by the second, then rooms begin, people come, people
// go, rooms end; then by 27 bits of its id's hash, so that the same event has the same place.
[[nodiscard]] std::int64_t place_of(std::chrono::sys_seconds at, access::RoomEventKind kind,
                                    std::string_view id);

// bad_signature, with why, unless `authorization` (with or without Bearer) is a JWT of that key's,
// in force at `now`, about just this body.
[[nodiscard]] base::Result<std::monostate> check_signature(std::string_view authorization,
                                                           std::string_view body,
                                                           const WebhookSettings& settings,
                                                           std::chrono::sys_seconds now);

// Events of tracks, egress and ingress are among them. bad_request naming the field that is missing
// or malformed.
[[nodiscard]] base::Result<Told> read_webhook(std::string_view body);

class Events final : public provider::Events {
 public:
  // The clock must outlive it.
  Events(WebhookSettings settings, const base::Clock& clock)
      : settings_(std::move(settings)), clock_(&clock) {}

  [[nodiscard]] std::string_view path() const override { return kWebhookPath; }
  [[nodiscard]] std::string_view route() const override { return "livekit_webhook"; }
  [[nodiscard]] base::Result<Told> read(const Notice& notice) const override;

 private:
  WebhookSettings settings_;
  const base::Clock* clock_;
};

}  // namespace roomkey::provider::livekit
