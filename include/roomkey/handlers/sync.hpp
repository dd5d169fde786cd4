// The routes by which the clinic's booking system keeps users and appointments current.
#pragma once

#include <string_view>

#include "roomkey/access/decide.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// What a body says, and whether it says what may be left out.
struct UserBody {
  access::User user;
  bool says_active = false;
};
struct AppointmentBody {
  access::Appointment appointment;
  bool says_status = false;
  bool says_session_type = false;
};

// The record in a body, for the id in the path. bad_request where the body is no JSON object,
// invalid_fields where the record can't be taken, whoever brings it.
[[nodiscard]] base::Result<UserBody> read_user_body(std::int64_t id, const std::string& body);
[[nodiscard]] base::Result<AppointmentBody> read_appointment_body(std::int64_t id,
                                                                  const std::string& body);

// PUT users/<id> and appointments/<id>, for callers of role service: 201 where the record was made,
// else 200, with the record as it stands now. The rules are those of an import (access/record.hpp),
// but a field with a default that is left out stays as it was. A body that is refused is so after
// the caller; invalid_fields as well where the record contradicts the store. What changes is one
// audit event named `action`; where nothing changes there is none.
//
// A service can't change its own role or make itself inactive.
[[nodiscard]] base::Result<http::Response> put_user(const http::Call& call,
                                                    const base::Result<UserBody>& body,
                                                    std::string_view action,
                                                    store::Database& database);

// No `video_room_id` is taken: rooms are roomkey's own. Other people get another room
// (store::put_appointment). With Rooms::booked an appointment that access::takes_room() and has
// none gets one, also where nothing else changes: an audit event of its own, named `video_room`.
[[nodiscard]] base::Result<http::Response> put_appointment(
    const http::Call& call, const base::Result<AppointmentBody>& body, std::string_view action,
    store::Database& database, access::Rooms rooms);

}  // namespace roomkey::handlers
