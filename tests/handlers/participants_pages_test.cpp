// Rooms with more people than one answer tells of.
#include <cstdint>

#include "handlers/desk.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/folder.hpp"
#include "support/room.hpp"

namespace participants_pages_test {

using namespace roomkey;
using namespace roomkey::test;
using base::Code;

Result<Response> participants(Desk& desk, std::string_view query = "") {
  desk.request.query = query;
  return handlers::video_participants(desk.call, desk.store.database, desk.providers);
}

// Somebody is there and others were, each with a name as long and as hard to write as one can be.
std::string numbered_sid(int number) {
  std::string digits = std::to_string(number);
  return "PA" + std::string(32 - digits.size(), '0') + digits;
}

void fill_room(Desk& desk, int people) {
  store::Transaction transaction(desk.store.database);
  const std::string longest(512, '\x7F');
  for (int i = 0; i < people; ++i) {
    using enum RoomEventKind;
    const auto put = [&](int sequence, RoomEventKind kind) {
      RoomEvent event{sequence,        kind,    kNine + std::chrono::seconds{i},
                      numbered_sid(i), longest, std::nullopt};
      store::put_room_event(transaction, desk.store.database, 47, sid("RM", '1'), event.sequence,
                            event);
    };
    put(2 * i, participant_connected);
    if (i != 3) put(2 * i + 1, participant_disconnected);
  }
  transaction.commit();
}

// The numbers of those that an answer shows first and last, and how many they are.
std::string shown(const Json::Value& answer) {
  const auto& people = answer["participants"];
  const auto number = [](const Json::Value& one) {
    return std::to_string(std::stoi(one["sid"].asString().substr(2)));
  };
  if (people.empty()) return "none";
  return number(people[0]) + ".." + number(people[people.size() - 1]) + " of " +
         std::to_string(people.size());
}

TEST(participants_come_in_pages_of_100) {
  Desk desk;
  fill_room(desk, 230);
  for (const auto& [query, people] : {std::pair{"", "0..99 of 100"},
                                      {"page=1", "0..99 of 100"},
                                      {"page=2", "100..199 of 100"},
                                      {"page=3&status=disconnected", "201..229 of 29"},
                                      {"page=4", "none"},
                                      {"page=9223372036854775807", "none"}}) {
    const auto answer = body_of(participants(desk, query));
    same(people, shown(answer), query);
    same(3, answer["pages"].asInt(), query);
    expect(answer["page"].asInt64() > 0);
  }
  same(230, body_of(participants(desk, "page=2"))["participants_count"].asInt());
  const auto one = body_of(participants(desk, "status=connected&page=1"));
  same("3..3 of 1", shown(one));
  same(1, one["pages"].asInt());
  expect(!body_of(participants(desk, "status=connected")).isMember("pages"),
         "nothing to turn over");
  for (const auto* const query : {"page=", "page=0", "page=-1", "page=01", "page=x", "page=1.5",
                                  "page=9223372036854775808", "page=1&page=1"}) {
    refused(Code::bad_request, participants(desk, query), query);
  }
}

TEST(a_status_shows_who_is_there_and_the_latest_of_those_who_were) {
  Desk desk;
  fill_room(desk, 100);
  same("0..99 of 100", shown(body_of(desk.status())));
  fill_room(desk, 230);
  const auto answer = body_of(desk.status());
  same("3..229 of 100", shown(answer));
  same(numbered_sid(131), answer["participants"][1]["sid"].asString());
  same(1, answer["participants_count"].asInt());
}

TEST(the_largest_answer_fits_into_nginx_s_buffers) {
  const std::string site = content_of("nginx/roomkey.conf.in");
  const auto after = [&](const std::string& name) {
    return static_cast<std::size_t>(std::stoi(site.substr(site.find(name) + name.size())));
  };
  expect(contains(site, "fastcgi_max_temp_file_size 0;"), "an answer never touches the disk");
  expect(contains(site, " 16k;\n    fastcgi_max_temp_file_size"), "buffers of 16 KiB");
  const std::size_t bytes = after("fastcgi_buffers ") * 16384;
  Desk desk;
  fill_room(desk, 230);
  for (const auto& answer : {desk.status(), participants(desk), participants(desk, "page=2")}) {
    const auto size = accepted(answer).body.size();
    expect(size > 300'000 && size < bytes, std::to_string(size) + " of " + std::to_string(bytes));
  }
}

}  // namespace participants_pages_test
