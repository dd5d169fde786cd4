#include "provider/livekit/rooms.hpp"

#include "provider/livekit/scripted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/jws.hpp"

namespace livekit_rooms_test {

using namespace roomkey;
using namespace roomkey::test;
using namespace roomkey::test::livekit;
using provider::livekit::Rooms;

const std::string kName(kRoom);
const std::string kThere =
    R"({"rooms":[{"sid":"RM_1","name":")" + kName + R"(","creation_time":"1763283500"}]})";
const std::string kTwo =
    R"({"participants":[{"sid":"PA_a","identity":"2-jane.doe@example.com","state":"ACTIVE",)"
    R"("joined_at":"1763283590"},{"sid":"PA_b","identity":"19-dr.sarah@example.com",)"
    R"("state":"DISCONNECTED","joined_at":"0"}]})";
const Answer kGone{404, R"({"code":"not_found","msg":"requested room does not exist"})"};

// The claims of the request's token, which the secret signed.
Json::Value claims_of(const std::string& request) {
  constexpr std::string_view kBearer = "Authorization: Bearer ";
  const auto at = request.find(kBearer) + kBearer.size();
  const auto token = request.substr(at, request.find('\r', at) - at);
  crypto::KeySet keys{crypto::Algorithm::hs256, {}};
  keys.keys.push_back(crypto::Key::from_secret(kLivekitSecret, keys.algorithm).value());
  return accepted(base::parse_json_object(accepted(crypto::verify_jws(token, keys)).payload));
}

// What was asked: method, right, body.
std::string asked(const std::string& request) {
  const Json::Value claims = claims_of(request);
  same(kKey, claims["iss"].asString());
  same(60, claims["exp"].asInt64() - claims["nbf"].asInt64());
  same(kName, claims["video"]["room"].asString());
  same(2, claims["video"].size(), "the room and one right");
  expect(contains(request, "Content-Type: application/json\r\n"), request);
  std::string right;
  for (const auto& name : claims["video"].getMemberNames()) {
    if (name != "room") right = name;
  }
  const std::string path = request.substr(0, request.find(" HTTP"));
  return path.substr(path.rfind('/') + 1) + ' ' + right + ' ' +
         request.substr(request.find("\r\n\r\n") + 4);
}

template <typename T>
std::string unavailable(const base::Result<T>& result, std::string_view what = "") {
  const std::string why = refused(base::Code::provider_unavailable, result, what);
  expect(why.starts_with("LiveKit, ") && !contains(why, kLivekitSecret) && !contains(why, "eyJ"),
         why);
  return why;
}

TEST(each_request_has_the_right_to_that_one_room_and_method) {
  {
    Scripted there({{200, kThere}, {200, kTwo}});
    accepted(Rooms(there.settings(), false).look(kName, "", kNine));
    same("ListRooms roomList {\"names\":[\"" + kName + "\"]}", asked(there.requests().at(0)));
    same("ListParticipants roomAdmin {\"room\":\"" + kName + "\"}", asked(there.requests().at(1)));
  }
  const std::string made = accepted(base::parse_json_object(kThere))["rooms"][0].toStyledString();
  Scripted there({{},
                  {},
                  {200, made},
                  {200, accepted(base::parse_json_object(kThere))["rooms"][0].toStyledString()}});
  Rooms rooms(there.settings(), true);
  expect(accepted(rooms.put_out({kName, "RM_1", "2-jane.doe@example.com", "PA_a"})));
  expect(accepted(rooms.end(kName, "RM_1")));
  same("RM_1", accepted(rooms.make(kName, kNine)).sid);
  accepted(rooms.make({kName, 5}, kNine), "for three guests");
  expect(contains(asked(there.requests().at(3)), "\"max_participants\":5}"));
  expect(asked(there.requests().at(0))
             .starts_with("RemoveParticipant roomAdmin {\"room\":\"" + kName +
                          R"(","identity":"2-jane.doe@example.com","revoke_token_ts":)"));
  same("DeleteRoom roomCreate {\"room\":\"" + kName + "\"}", asked(there.requests().at(1)));
  same("CreateRoom roomCreate {\"name\":\"" + kName +
           R"(","empty_timeout":1800,"departure_timeout":900,"max_participants":2})",
       asked(there.requests().at(2)));
}

TEST(a_room_is_told_of_with_those_who_are_there) {
  Scripted there({{200, kThere}, {200, kTwo}});
  const auto session = accepted(Rooms(there.settings(), false).look(kName, "", kNine)).value();
  same("RM_1", session.sid);
  same("in-progress", access::word(session.status));
  expect(session.created_at == kNine - 100s && session.as_of == kNine);
  same(1, session.participants.size());
  same("PA_a", session.participants[0].sid);
  expect(session.participants[0].connected_at == kNine - 10s);
}

TEST(a_room_that_livekit_forgot_is_over_where_it_was_known) {
  for (const std::string sid : {"", "RM_1"}) {
    Scripted there({{200, R"({"rooms":[]})"}});
    const auto found = accepted(Rooms(there.settings(), false).look(kName, sid, kNine));
    same(!sid.empty(), found.has_value());
    if (found) same("completed", access::word(found->status));
  }
}

TEST(who_is_not_there_is_no_failure) {
  Scripted there({kGone, kGone});
  Rooms rooms(there.settings(), false);
  expect(!accepted(rooms.put_out({kName, "", "2-jane.doe@example.com"})));
  expect(!accepted(rooms.end(kName, "")));
}

TEST(lies_and_what_is_no_answer_are_told_apart_from_the_truth) {
  const auto look_at = [](const std::vector<Answer>& answers, std::string_view why) {
    Scripted there(answers);
    const auto said = unavailable(Rooms(there.settings(), false).look(kName, "", kNine), why);
    expect(contains(said, why), said);
  };
  const auto list = [](const std::string& rooms) {
    return Answer{200, R"({"rooms":)" + rooms + '}'};
  };
  look_at({{200, "<html>"}}, "no JSON object");
  look_at({{502, "<html>"}}, "HTTP 502");
  look_at({{401, "invalid API key"}}, "HTTP 401");
  look_at({{403, R"({"code":"permission_denied"})"}}, "permission_denied");
  look_at({{404, R"({"code":"bad_route"})"}}, "bad_route");
  look_at({{403, R"({"code":"<script>"})"}}, "HTTP 403");
  look_at({{200, "{}"}}, "the answer is wrong: rooms");
  look_at({list("7")}, "rooms");
  look_at({list("[7]")}, "another room");
  look_at({list(R"([{"sid":"RM_1","name":"another","creation_time":"1763283500"}])")}, "another");
  look_at({list(R"([{"sid":"RM1","name":")" + kName + R"(","creation_time":"1763283500"}])")},
          "an");
  look_at({list(R"([{"sid":"RM_1","name":")" + kName + R"("}])")}, "another room");
  look_at({{200, kThere}, {200, "{}"}}, "participants");
  look_at({{200, kThere}, {200, R"({"participants":[{"sid":"PA_a"}]})"}}, "a participant");
  look_at({{200, kThere}, {500, ""}}, "HTTP 500");
  Scripted there({{200, R"({"sid":"RM_1","name":"x","creation_time":"1"})"}, kGone});
  Rooms rooms(there.settings(), true);
  unavailable(rooms.make(kName, kNine));
  unavailable(rooms.make(kName, kNine));
}

TEST(nobody_is_asked_where_livekit_is_not_configured_or_away) {
  Rooms none({}, false);
  unavailable(none.look(kName, "", kNine));
  provider::livekit::ServiceSettings away{"http://127.0.0.1:1", kKey,
                                          crypto::Secret(kLivekitSecret)};
  unavailable(Rooms(std::move(away), false).end(kName, ""));
}

TEST(whoever_counts_is_told_what_became_of_each_request) {
  std::string counted;
  Scripted there({{200, R"({"rooms":[]})"}, kGone, {401, "no"}, {200, "<html>"}});
  Rooms rooms(there.settings(), false, [&](std::size_t request, provider::Outcome outcome) {
    counted += std::string(provider::livekit::Service::kRequests.at(request)) + ' ' +
               std::to_string(static_cast<int>(outcome)) + ' ';
  });
  static_cast<void>(rooms.look(kName, "", kNine));
  static_cast<void>(rooms.put_out({kName, "", "x"}));
  static_cast<void>(rooms.end(kName, ""));
  static_cast<void>(rooms.end(kName, ""));
  same("list_rooms 0 remove_participant 0 delete_room 1 delete_room 2 ", counted);
}

}  // namespace livekit_rooms_test
