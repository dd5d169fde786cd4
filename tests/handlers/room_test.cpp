#include "roomkey/handlers/room.hpp"

#include "handlers/desk.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::Status;
using roomkey::base::Code;

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
}

}  // namespace
