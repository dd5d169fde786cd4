// What a provider can be asked about its rooms, and be told to do with them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "roomkey/access/room_session.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::provider {

// What became of one request: the provider answered it (also that there is no such thing), refused
// it, or nothing came that could be read.
enum class Outcome { answered, refused, unreachable };

// Is told of each request that was sent, for whoever counts; `request` is its place among
// Kind::requests().
using Listener = std::function<void(std::size_t request, Outcome outcome)>;

// Who is to leave a room.
struct Seat {
  std::string room;         // its name
  std::string session_sid;  // empty: whichever session is in progress
  std::string identity;
  std::string sid = {};  // the participant's; empty: whoever has that identity
};

// A room that is to be there, and for how many.
struct NewRoom {
  NewRoom(std::string room, int most = 2) : name(std::move(room)), people(most) {}
  std::string name;
  int people;
};

// Each question may take 6 s, so none is asked inside a transaction. They refuse with
// provider_unavailable alone; the detail says why, and is for the log.
class Rooms {
 public:
  virtual ~Rooms() = default;

  // Why nothing can be asked: names the variable that is missing; empty where all is set. Not said
  // of a worker that is kept from it on purpose (Role::rooms), which asks nothing.
  [[nodiscard]] virtual std::string_view fault() const { return ""; }

  // Whether roomkey makes the rooms, before anybody can get in; else who comes first does.
  [[nodiscard]] virtual bool are_made() const = 0;
  // Whether events tell of what happens in them, as it happens.
  [[nodiscard]] virtual bool are_told_of() const = 0;

  // Whether look() tells of those who were in a room, too, and since when; else of who is there.
  [[nodiscard]] virtual bool tell_of_past() const { return true; }
  // Whether nothing but another name keeps out who has a token for a room: it is good as long as it
  // lasts, and says of nobody that it is his.
  [[nodiscard]] virtual bool need_new_name() const { return false; }

  // The room's session as it is now, with those who are and were in it; the last one where it is
  // over, if `session_sid` (empty: not known) is its. Nothing where the provider knows of none.
  [[nodiscard]] virtual base::Result<std::optional<access::RoomSession>> look(
      const std::string& room, const std::string& session_sid, std::chrono::sys_seconds now) = 0;

  // Whether make() makes a room that is in progress larger; else the next session is.
  [[nodiscard]] virtual bool can_grow() const { return false; }

  // Makes the room; the one that is there where it is in progress.
  [[nodiscard]] virtual base::Result<access::RoomSession> make(const NewRoom& room,
                                                               std::chrono::sys_seconds now) = 0;

  // False: not there.
  [[nodiscard]] virtual base::Result<bool> put_out(const Seat& seat) = 0;

  // Ends the room's session, and whoever is in it is out. Which session as in Seat. False: it is
  // over.
  [[nodiscard]] virtual base::Result<bool> end(const std::string& room,
                                               const std::string& session_sid) = 0;
};

}  // namespace roomkey::provider
