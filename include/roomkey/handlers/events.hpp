// The routes by which providers tell what happens in their rooms.
#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

enum class AtRoomEnd { leave, complete };

// POST from a provider that has events(). bad_signature, with the store untouched, for whatever it
// did not sign. Answers well-signed events of unknown rooms too, so that the provider is content.
// Who comes in though unwelcome (access/welcome.hpp) is put out again there, after what it told is
// committed, also of a room that was given up; where it does not answer, that is left to carry_on()
// (evictions.hpp). With AtRoomEnd::complete an
// appointment whose patient and psychologist were both there is completed when the room ends.
[[nodiscard]] base::Result<http::Response> provider_event(http::Call& call,
                                                          store::Database& database,
                                                          provider::Provider& provider,
                                                          AtRoomEnd at_room_end);

}  // namespace roomkey::handlers
