#include "provider/janus/rooms.hpp"

#include "provider/janus/janus_server.hpp"

namespace janus_rooms_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::Outcome;
using provider::janus::Rooms;

const std::string kName(kRoom);
const std::string kJane = "2-jane.doe@example.com";
const std::string kSarah = "19-dr.sarah@example.com";

struct Scene {
  JanusServer janus;
  std::string told;  // "1:answered"
  Rooms rooms{janus.configuration(), {20s, 20s}, [this](std::size_t request, Outcome outcome) {
                told += (told.empty() ? "" : " ") + std::string(Rooms::kRequests.at(request)) +
                        ':' + std::to_string(static_cast<int>(outcome));
              }};
};

template <typename T>
std::string unavailable(const base::Result<T>& result, std::string_view what = "") {
  const std::string why = refused(base::Code::provider_unavailable, result, what);
  expect(why.starts_with("Janus, ") && !contains(why, kJanusSecret) && !contains(why, kJanusKey),
         why);
  return why;
}

TEST(a_room_of_janus_s_is_made_private_for_two_with_a_secret_of_its_own) {
  Scene scene;
  const auto session = accepted(scene.rooms.make(kName, kNine));
  same(kName, session.sid);
  same("in-progress", access::word(session.status));
  same("create attach message destroy", scene.janus.asked());
  const auto body = scene.janus.body_of("create");
  same(kName, body["room"].asString());
  same(kJanusKey, body["admin_key"].asString());
  same(2, body["publishers"].asInt());
  for (const char* const on : {"is_private", "signed_tokens", "require_pvtid"}) {
    expect(body[on] == true, on);
  }
  expect(body["permanent"] == false);
  same(43U, body["secret"].asString().size());
  same("make_room:0", scene.told);
  accepted(scene.rooms.make(kName, kNine), "the one that is there");

  Scene other;
  accepted(other.rooms.make(kName, kNine + 1h));
  accepted(other.rooms.make(std::string("apt-48"), kNine));
  same(body["secret"].asString(), other.janus.body_of("create")["secret"].asString());
  expect(other.janus.seen.back()["janus"] == "destroy");
}

TEST(a_room_of_janus_s_grows_with_who_was_invited) {
  Scene scene;
  accepted(scene.rooms.make({kName, 3}, kNine));
  same(3, scene.janus.body_of("create")["publishers"].asInt());
  expect(scene.janus.body_of("edit").isNull(), "it has that size");
  expect(scene.rooms.can_grow());
  accepted(scene.rooms.make({kName, 4}, kNine));
  const auto body = scene.janus.body_of("edit");
  same(4, body["new_publishers"].asInt());
  same(scene.janus.body_of("create")["secret"].asString(), body["secret"].asString());
  expect(body["permanent"] == false && !body.isMember("admin_key"));
}

TEST(who_is_in_a_room_of_janus_s_is_told_by_the_names_they_joined_with) {
  Scene scene;
  expect(!accepted(scene.rooms.look(kName, "", kNine)), "no such room");
  scene.janus.rooms[kName] = {kJane + "~abcdefgh", "19-a~b@example.com~abcdefgh", "odd"};
  const auto session = accepted(scene.rooms.look(kName, "", kNine)).value();
  same(3U, session.participants.size());
  same(kJane, session.participants[0].identity);
  same(kJane + "~abcdefgh", session.participants[0].sid);
  same("19-a~b@example.com", session.participants[1].identity);
  same("odd", session.participants[2].identity);
  same("connected", session.participants[0].status());

  scene.janus.rooms.clear();
  const auto over = accepted(scene.rooms.look(kName, kName, kNine)).value();
  same("completed", access::word(over.status));
}

TEST(whoever_has_an_identity_is_put_out_of_janus_s_room_however_often_they_are_in_it) {
  Scene scene;
  expect(!accepted(scene.rooms.put_out({kName, "", kJane})), "no such room");
  scene.janus.rooms[kName] = {kJane + "~a", kSarah + "~b", kJane + "~c", kJane};
  expect(accepted(scene.rooms.put_out({kName, "", kJane})));
  same(1U, scene.janus.rooms[kName].size());
  expect(!accepted(scene.rooms.put_out({kName, "", kJane})), "gone");
  expect(!accepted(scene.rooms.put_out({kName, "", kSarah, kSarah + "~x"})), "another of hers");
  expect(accepted(scene.rooms.put_out({kName, "", kSarah, kSarah + "~b"})));
  const auto kicked = scene.janus.body_of("kick");
  same(43U, kicked["secret"].asString().size());
}

TEST(a_room_of_janus_s_is_ended_once) {
  Scene scene;
  accepted(scene.rooms.make(kName, kNine));
  expect(accepted(scene.rooms.end(kName, "")));
  expect(!accepted(scene.rooms.end(kName, "")));
  same(scene.janus.body_of("create")["secret"].asString(),
       scene.janus.body_of("destroy")["secret"].asString());
}

TEST(a_janus_that_is_away_refuses_or_lies_is_unavailable_and_told_so) {
  auto settings = janus_settings();
  settings.api_url = "http://127.0.0.1:9/janus";
  Rooms away(settings, {2s, 2s});
  unavailable(away.look(kName, "", kNine));
  unavailable(away.make(kName, kNine));
  unavailable(away.put_out({kName, "", kJane}));
  unavailable(away.end(kName, ""));

  for (const auto& [wrong, why] :
       {std::pair{R"({"videoroom":"participants","room":"other","participants":[]})", "another"},
        std::pair{R"({"videoroom":"participants","room":47,"participants":[]})", "another"},
        std::pair{R"({"videoroom":"created","room":"x"})", "videoroom"},
        std::pair{R"({"videoroom":"participants"})", "participants"},
        std::pair{R"({"videoroom":"participants","participants":{}})", "participants"},
        std::pair{R"({"videoroom":"participants","participants":[{"id":7}]})", "id"},
        std::pair{R"({"videoroom":"participants","participants":[7]})", "id"},
        std::pair{R"({"videoroom":"event","error_code":433})", "433"},
        std::pair{R"({"videoroom":"event","error_code":"426"})", "error"}, std::pair{"7", "plugin"},
        std::pair{"null", "plugin"}}) {
    Scene scene;
    scene.janus.videoroom = [wrong = wrong](const std::string&) { return std::string(wrong); };
    const auto said = unavailable(scene.rooms.look(kName, "", kNine), wrong);
    expect(contains(said, why), said);
  }
}

TEST(without_the_admin_key_janus_is_asked_nothing) {
  JanusServer janus;
  auto settings = janus.configuration();
  settings.admin_key = {};
  Rooms rooms(settings, {2s, 2s});
  same("JANUS_ADMIN_KEY is not set", rooms.fault());
  for (const auto& why : {unavailable(rooms.make(kName, kNine)), unavailable(rooms.end(kName, "")),
                          unavailable(rooms.look(kName, "", kNine)),
                          unavailable(rooms.put_out({kName, "", kJane}))}) {
    expect(contains(why, "JANUS_ADMIN_KEY is not set"), why);
  }
  expect(!contains(janus.asked(), "message"), janus.asked());
  same("", Scene().rooms.fault());
}

TEST(what_is_no_answer_of_janus_s_is_taken_for_none) {
  const auto with = [](std::function<std::string(std::string)> spoil) {
    Scene scene;
    scene.janus.spoil = std::move(spoil);
    const auto why = unavailable(scene.rooms.look(kName, "", kNine));
    return why + " (" + scene.told + ')';
  };
  const auto always = [&](const std::string& text) {
    return with([text](const std::string&) { return text; });
  };
  expect(contains(always("<html>Sign in</html>"), "no JSON"));
  expect(contains(always("{}"), "not Janus's"));
  expect(contains(always("[]"), "no JSON"));
  expect(contains(always(R"({"janus":"error","error":{"code":403,"reason":"secret"}})"), "wrong"));
  expect(contains(always(R"({"janus":"error","error":{"reason":"x"}})"), "wrong: error"));
  expect(contains(always(R"({"janus":"success","data":{"id":1}})"), "transaction"));
  expect(contains(with([](std::string whole) {
                    const auto at = whole.find("success");
                    return at == whole.npos ? whole : whole.replace(at, 7, "ack");
                  }),
                  "janus"));
  expect(contains(with([](std::string whole) {
                    const auto at = whole.find("1234567890123456");
                    return at == whole.npos ? whole : whole.replace(at, 16, "\"../admin\"");
                  }),
                  "id"));
  expect(contains(always(std::string(300'000, ' ')), "256 KiB"));
  Scene scene;
  scene.janus.spoil = [](const std::string& whole) {
    const auto at = whole.find(R"("transaction":)");
    return R"({"janus":"error",)" + whole.substr(at, 32) +
           R"(,"error":{"code":403,"reason":"Unauthorized"}})";
  };
  const auto why = unavailable(scene.rooms.look(kName, "", kNine));
  expect(contains(why, "error 403") && !contains(why, "Unauthorized"), why);
  same("list_people:1", scene.told);
}

}  // namespace janus_rooms_test
