#include "roomkey/handlers/room.hpp"

#include "handlers/desk.hpp"
#include "roomkey/provider/stream/token.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::Status;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Response;

TEST(a_room_is_named_once_by_the_contract_s_rule) {
  Desk desk;
  desk.add_appointment_without_room();
  const auto made = body_of(desk.room(), 201);
  const std::string name = made["room_name"].asString();
  same("Video room created successfully", made["message"].asString());
  same("https://app.example/video-session/" + name, made["meeting_url"].asString());
  expect(name.starts_with("apt-48-1763283600-") && name.size() == 26, name);
  same(std::string::npos, name.substr(18).find_first_not_of("0123456789abcdef"), name);
  desk.call.now = kNine + 1h;
  desk.call.authenticated = someone(Role::practice_manager);
  const auto again = body_of(desk.room(), 200);
  same("Video room already exists", again["message"].asString());
  same(name, again["room_name"].asString());
  same(1, audit_of(desk.store.database).size());
}

TEST(a_room_is_refused_to_whom_and_where_it_does_not_belong) {
  Desk desk;
  desk.call.authenticated = someone(Role::patient);
  refused(Code::permission_denied, desk.room());
  desk.call.authenticated = jane();
  desk.change([](auto& one) { one.session_type = roomkey::access::SessionType::in_person; });
  refused(Code::not_telehealth, desk.room());
  desk.change([](auto& one) { one.status = Status::completed; });
  same("Appointment is completed", refused(Code::appointment_closed, desk.room()));
}

TEST(a_room_s_body_is_empty_or_an_object) {
  Desk desk;
  for (const auto* const good : {"", "{}", " { } "}) {
    desk.call.body = good;
    body_of(desk.room(), 200);
  }
  for (const auto* const bad : {"[]", "null", "{", "x", "\"\"", "{}x"}) {
    desk.call.body = bad;
    const auto why = refused(Code::bad_request, desk.room(), bad);
    expect(why.starts_with("The body is "), why);
  }
  desk.call.authenticated = someone(Role::patient);
  refused(Code::permission_denied, desk.room(), "who may not hears that first");
  desk.call.id = 99;
  refused(Code::appointment_not_found, desk.room());
}

// A clinic with a second provider.
struct TwoProviders : Desk {
  roomkey::provider::stream::Tokens stream;

  explicit TwoProviders(
      const roomkey::provider::stream::TokenSettings& settings = stream_settings())
      : stream(settings) {
    providers = Providers({&twilio, &stream});
    call.authenticated = sarah();
  }
  Result<Response> move(const std::string& body) {
    return video_provider(call, read_provider_name(body), "video_provider", store.database,
                          providers);
  }
};

TEST(an_appointment_goes_on_at_another_provider_in_a_new_room) {
  TwoProviders desk;
  const auto moved = body_of(desk.move(R"({"provider": "stream"})"));
  same(47, moved["appointment_id"].asInt());
  same("stream", moved["provider"].asString());
  same(3, moved.size());
  const auto token = body_of(desk.token());
  same("stream", token["provider"].asString());
  same(moved["room_name"].asString(), token["room_name"].asString());
  expect(moved["room_name"].asString() != kRoom);
  const auto again = body_of(desk.move(R"({"provider": "stream"})"));
  same(moved["room_name"].asString(), again["room_name"].asString());
  same(2, audit_of(desk.store.database).size(), "the move, the token");
}

TEST(a_move_is_for_whoever_leads_the_appointment_and_the_office) {
  for (const auto role : {Role::practice_manager, Role::admin}) {
    TwoProviders desk;
    desk.call.authenticated = someone(role);
    body_of(desk.move(R"({"provider": "stream"})"));
  }
  TwoProviders desk;
  for (const auto& user : {jane(), someone(Role::psychologist), someone(Role::service)}) {
    desk.call.authenticated = user;
    refused(Code::permission_denied, desk.move("rubbish"), user.name);
  }
  desk.call.authenticated = sarah();
  desk.change([](auto& one) { one.status = Status::cancelled; });
  refused(Code::appointment_closed, desk.move("rubbish"));
  desk.call.id = 99;
  refused(Code::appointment_not_found, desk.move("rubbish"));
  same(0, audit_of(desk.store.database).size());
}

TEST(a_move_names_a_provider_that_is_there) {
  TwoProviders desk;
  for (const auto* const body : {"", "[]", "{}", R"({"provider": 1})", R"({"provider": null})"}) {
    refused(Code::bad_request, desk.move(body), body);
  }
  for (const auto* const name : {"zoom", "Stream", "", "stream "}) {
    same("provider must be one of twilio, stream",
         refused(Code::bad_request, desk.move(std::string(R"({"provider": ")") + name + "\"}"),
                 name));
  }
  roomkey::provider::stream::TokenSettings settings;
  settings.api_key = "stream-key";
  TwoProviders half(settings);
  same("STREAM_API_SECRET is not set",
       refused(Code::provider_not_configured, half.move(R"({"provider": "stream"})")));
  same(kRoom, roomkey::store::find_appointment(half.store.database, 47)->room->name);
}

}  // namespace
