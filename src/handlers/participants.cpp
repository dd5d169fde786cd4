#include "roomkey/handlers/participants.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "handlers/door.hpp"
#include "handlers/live.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/form.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/visitors.hpp"

namespace roomkey::handlers {

namespace {

using access::Action;
using access::Participant;
using base::Code;
using base::Error;

// An appointment's room and what is known of its latest session.
struct RoomView {
  access::Appointment appointment;
  access::Room room;
  std::optional<access::RoomSession> session;
  std::string_view source;
  const access::Identities& identities;
  std::vector<access::Guest> guests;

  [[nodiscard]] std::optional<std::string> sid() const {
    return session ? std::optional(session->sid) : std::nullopt;
  }
  [[nodiscard]] std::string_view status() const {
    return session ? access::word(session->status) : "pending";
  }
  [[nodiscard]] const std::vector<Participant>& participants() const {
    static const std::vector<Participant> nobody;
    return session ? session->participants : nobody;
  }
  [[nodiscard]] std::optional<std::int64_t> user_of(const Participant& one) const {
    return identities.user_of(appointment, one.identity);
  }
  [[nodiscard]] const access::Guest* guest_of(const Participant& one) const {
    return identities.guest_of(guests, one.identity);
  }
  // Nothing for who is none of the appointment's people.
  [[nodiscard]] std::optional<access::Side> side_of(const Participant& one) const {
    if (guest_of(one) != nullptr) return access::Side::guest;
    const auto user_id = user_of(one);
    return user_id ? access::side_of(appointment, *user_id) : std::nullopt;
  }
};

bool is_out(store::Database& database, const access::Appointment& appointment,
            std::int64_t user_id) {
  if (access::is_removed(appointment, user_id)) return true;
  const auto visitor = store::find_visitor(database, appointment.id, visitor_name(user_id));
  return visitor && visitor->admission == access::Admission::denied;
}

base::Result<RoomView> view_room(const http::Call& call, Action action, store::Database& database,
                                 const Providers& providers) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(action, *appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!appointment->room) return Error{Code::room_not_found};
  Known known =
      look_at_room(database, *appointment, providers.rooms_of(*appointment->room), call.now);
  // Who was put out sees nothing of those who are in there.
  if (is_out(database, *appointment, call.caller().id)) known = {};
  const access::Room room = *appointment->room;
  return RoomView{std::move(*appointment),        room,
                  std::move(known.session),       known.source,
                  database.settings().identities, store::guests_of(database, call.id)};
}

std::string json_of(const Participant& participant, const RoomView& view) {
  const auto& left = participant.disconnected_at;
  const auto side = view.side_of(participant);
  const auto* const guest = view.guest_of(participant);
  base::JsonObject json;
  json.add("sid", participant.sid)
      .add("identity", participant.identity)
      .add("user_id", side && guest == nullptr ? view.user_of(participant) : std::nullopt)
      .add("role", side ? std::optional(access::word(*side)) : std::nullopt);
  if (guest != nullptr) json.add("guest_id", guest->id);
  json.add("status", participant.status())
      .add("duration", participant.duration)
      .add("connected_at", base::format_utc(participant.connected_at))
      .add("disconnected_at", base::format_utc(left));
  return std::move(json).text();
}

// Some of a session's participants, in their order.
using People = std::vector<const Participant*>;

// As many as one answer tells of: it has to fit into nginx's buffers (fastcgi_buffers), or a worker
// would wait for whoever reads it.
constexpr std::size_t kPage = 100;

std::string json_of(std::span<const Participant* const> people, const RoomView& view) {
  base::JsonArray array;
  for (const Participant* one : people) array.add_raw(json_of(*one, view));
  return array.text();
}

// Of more than an answer tells of: who is there before who was, and the latest before the others.
People most_telling(const std::vector<Participant>& all) {
  People people;
  for (const Participant& one : all) people.push_back(&one);
  if (people.size() <= kPage) return people;
  const auto tells_more = [](const Participant* a, const Participant* b) {
    const bool a_left = a->disconnected_at.has_value();
    return a_left == b->disconnected_at.has_value() ? a > b : !a_left;
  };
  const auto end = people.begin() + kPage;
  std::nth_element(people.begin(), end, people.end(), tells_more);
  people.erase(end, people.end());
  std::sort(people.begin(), people.end());
  return people;
}

// A reconnecting participant does not count.
bool is_connected(const Participant& one) { return one.status() == "connected"; }

bool is_there(const RoomView& view, access::Side side) {
  const auto& people = view.participants();
  return std::any_of(people.begin(), people.end(), [&](const Participant& one) {
    return is_connected(one) && view.side_of(one) == side;
  });
}

// What the query asks for.
struct Asked {
  std::optional<std::string> status;
  std::optional<std::size_t> page;  // from 1
};

base::Result<Asked> read_query(std::string_view query) {
  auto status = base::query_value(query, "status");
  if (!status) return status.error();
  constexpr std::array<std::string_view, 3> kStatuses{"connected", "disconnected", "reconnecting"};
  if (*status && std::find(kStatuses.begin(), kStatuses.end(), **status) == kStatuses.end()) {
    return Error{Code::bad_request, "status must be connected, disconnected or reconnecting"};
  }
  const auto page = base::query_value(query, "page");
  if (!page) return page.error();
  if (!*page) return Asked{std::move(*status), std::nullopt};
  const auto number = base::parse_id(**page);
  if (!number) return Error{Code::bad_request, "page must be a whole number from 1 to 2^63-1"};
  return Asked{std::move(*status), static_cast<std::size_t>(*number)};
}

// The page's; nobody past the last one, where there may have been somebody a moment ago.
std::span<const Participant* const> page_of(const People& people, std::size_t page) {
  const std::size_t before = page - 1;
  if (before > people.size() / kPage) return {};
  const auto rest = std::span(people).subspan(std::min(before * kPage, people.size()));
  return rest.first(std::min(kPage, rest.size()));
}

}  // namespace

base::Result<http::Response> video_status(const http::Call& call, store::Database& database,
                                          const Providers& providers) {
  const auto view = view_room(call, Action::view_status, database, providers);
  if (!view) return view.error();
  const auto& session = view->session;
  const auto& people = view->participants();
  const auto connected = std::count_if(people.begin(), people.end(), is_connected);
  const auto named_at = view->room.created_at;
  const std::string region(providers.of(view->room).region());
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add("room_name", view->room.name)
      .add("room_sid", view->sid())
      .add("status", view->status())
      .add("participants_count", std::int64_t{connected})
      .add_raw("participants", json_of(most_telling(people), *view))
      .add("duration", session ? session->duration : std::nullopt)
      .add("created_at", base::format_utc(session ? session->created_at : named_at))
      .add("region", region.empty() ? std::nullopt : std::optional(region))
      .add("patient_connected", is_there(*view, access::Side::patient))
      .add("psychologist_connected", is_there(*view, access::Side::psychologist))
      .add("source", view->source)
      .add("as_of", base::format_utc(session ? session->as_of : named_at));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_participants(const http::Call& call, store::Database& database,
                                                const Providers& providers) {
  const auto asked = read_query(call.request.query);
  if (!asked) return asked.error();
  const auto view = view_room(call, Action::view, database, providers);
  if (!view) return view.error();
  People people;
  for (const Participant& one : view->participants()) {
    if (!asked->status || one.status() == *asked->status) people.push_back(&one);
  }
  const std::size_t pages = std::max<std::size_t>(1, (people.size() + kPage - 1) / kPage);
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add("room_name", view->room.name)
      .add("room_sid", view->sid())
      .add("room_status", view->status())
      .add("participants_count", static_cast<std::int64_t>(people.size()))
      .add_raw("participants", json_of(page_of(people, asked->page.value_or(1)), *view))
      .add("filter", asked->status);
  if (asked->page || pages > 1) {
    body.add("page", static_cast<std::int64_t>(asked->page.value_or(1)))
        .add("pages", static_cast<std::int64_t>(pages));
  }
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_participant(const http::Call& call, store::Database& database,
                                               const Providers& providers) {
  const auto view = view_room(call, Action::view, database, providers);
  if (!view) return view.error();
  const auto& people = view->participants();
  // Who came back under the same identity is the last of that name.
  const auto found = std::find_if(people.rbegin(), people.rend(), [&](const Participant& one) {
    return one.sid == call.text || one.identity == call.text;
  });
  if (found == people.rend()) return Error{Code::participant_not_found};
  return http::Response{200, json_of(*found, *view)};
}

}  // namespace roomkey::handlers
