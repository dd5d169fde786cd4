// A provider whose rooms roomkey makes, which tells only who is there, and whose tokens name
// nobody.
#include "handlers/live.hpp"
#include "provider/janus/janus_server.hpp"
#include "roomkey/handlers/removal.hpp"
#include "roomkey/handlers/token.hpp"
#include "roomkey/provider/all.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/store.hpp"

namespace own_server_test {

using namespace roomkey;
using namespace roomkey::test;
using handlers::Issue;
using handlers::Providers;

store::Settings settings_of(const char* provider) {
  auto settings = settings_at(":memory:");
  settings.room_provider = provider;
  return settings;
}

std::unique_ptr<provider::Provider> made(provider::janus::Configuration configuration) {
  provider::Settings settings;
  settings.janus = std::move(configuration);
  return provider::janus::kind().make(settings);
}

struct Clinic {
  JanusServer server;
  std::unique_ptr<provider::Provider> own = made(server.configuration());
  TestTwilio twilio;
  store::Database database;
  http::Request request;
  http::Call call{request, kNine, 47, "", jane()};

  explicit Clinic(const char* provider = "janus") : database(settings_of(provider)) {
    fill(database);
    request.room_pool = "@room_pool";
  }
  [[nodiscard]] Providers providers(bool may_be_asked = true) {
    return Providers({&twilio, own.get()}, may_be_asked);
  }
  base::Result<http::Response> token(bool may_be_asked = false) {
    return video_token(call, Issue::first, "video_token", database, {}, providers(may_be_asked));
  }
  [[nodiscard]] access::Room room() {
    return store::find_appointment(database, 47).value().room.value();
  }
  handlers::Known look(std::chrono::seconds later) {
    return look_at_room(database, store::find_appointment(database, 47).value(), own->rooms(),
                        kNine + later);
  }
};

TEST(a_token_goes_by_the_room_pool_only_where_its_room_is_to_be_made) {
  Clinic clinic;
  const auto sent_on = accepted(clinic.token());
  same(204, sent_on.status);
  same("@room_pool", sent_on.headers.at(0).second);
  same(0U, audit_of(clinic.database).size());

  make_room(clinic.database, 47, clinic.room(), clinic.own->rooms(), kNine);
  expect(clinic.server.rooms.contains(std::string(kRoom)));
  same(200, accepted(clinic.token()).status, "it is there");
  clinic.call.now = kNine + 16s;
  same(204, accepted(clinic.token()).status, "it may be gone by now");
  same(200, accepted(clinic.token(true)).status, "this one may ask itself");

  Clinic another("twilio");
  same(200, accepted(another.token()).status, "Twilio makes its rooms itself");
}

TEST(a_token_for_a_room_that_nobody_can_make_is_refused_by_who_was_to_make_it) {
  Clinic clinic;
  auto keyless = clinic.server.configuration();
  keyless.admin_key = {};
  clinic.own = made(std::move(keyless));
  same(204, accepted(clinic.token()).status, "the token pool never has that key");
  same("JANUS_ADMIN_KEY is not set", refused(base::Code::token_failed, clinic.token(true)));
  same("", clinic.server.asked());
}

TEST(the_token_says_what_lapses_with_it) {
  Clinic clinic;
  const auto body = base::parse_json_object(accepted(clinic.token(true)).body).value();
  const std::string core = body["connect"]["core_token"].asString();
  expect(core.starts_with("1763289000,janus,"), core);
  expect(body["access_token"].asString().starts_with("1763289000,janus.plugin.videoroom,room="));
}

TEST(whoever_was_removed_finds_no_room_of_that_name_any_more) {
  Clinic clinic;
  make_room(clinic.database, 47, clinic.room(), clinic.own->rooms(), kNine);
  http::Call call{clinic.request, kNine, 47, kJane, sarah()};
  const auto remove = [&] {
    const auto answer = accepted(remove_participant(call, clinic.database, clinic.providers()));
    return base::parse_json_object(answer.body).value()["at_provider"].asString();
  };
  same("removed", remove());
  expect(clinic.server.rooms.empty(), "the room is gone");
  const auto fresh = clinic.room();
  expect(fresh.name != kRoom && fresh.name.starts_with("apt-47-"), fresh.name);
  same("janus", fresh.provider);
  refused(base::Code::removed, clinic.token(true));
  same("removed", remove());
  same(fresh.name, clinic.room().name, "a second time changes nothing");

  clinic.call.authenticated = sarah();
  const auto body = base::parse_json_object(accepted(clinic.token(true)).body).value();
  same(fresh.name, body["room_name"].asString());
}

TEST(a_room_given_up_while_it_was_made_does_not_stay) {
  Clinic clinic;
  const access::Room before = clinic.room();
  store::Transaction transaction(clinic.database);
  store::renew_room(transaction, clinic.database, 47, kNine);
  transaction.commit();
  make_room(clinic.database, 47, before, clinic.own->rooms(), kNine);
  expect(clinic.server.rooms.empty());
}

TEST(who_was_there_and_since_when_is_what_was_seen_before) {
  Clinic clinic;
  make_room(clinic.database, 47, clinic.room(), clinic.own->rooms(), kNine);
  auto& people = clinic.server.rooms[std::string(kRoom)];
  people = {std::string(kJane) + "~a"};
  same(1U, clinic.look(10s).session.value().participants.size());
  people = {std::string(kSarah) + "~b", std::string(kJane) + "~a"};
  make_room(clinic.database, 47, clinic.room(), clinic.own->rooms(), kNine + 30s);
  people.pop_back();
  const auto later = clinic.look(60s).session.value();
  same(kNine, later.created_at);
  same(2U, later.participants.size());
  same("disconnected", later.participants[0].status());
  same(kNine + 10s, later.participants[0].connected_at);
  same(std::optional<std::int64_t>(50), later.participants[0].duration);
  same("connected", later.participants[1].status());

  clinic.server.rooms.clear();
  const auto over = clinic.look(90s).session.value();
  same("completed", access::word(over.status));
  same(std::optional<std::int64_t>(90), over.duration);
  make_room(clinic.database, 47, clinic.room(), clinic.own->rooms(), kNine + 100s);
  expect(clinic.server.rooms.contains(std::string(kRoom)), "made anew");
  same(0U, clinic.look(120s).session.value().participants.size());
}

}  // namespace own_server_test
