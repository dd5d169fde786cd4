#include "roomkey/handlers/waiting.hpp"

#include "handlers/removal_desk.hpp"
#include "roomkey/handlers/token.hpp"
#include "roomkey/store/visitors.hpp"

namespace {

using namespace roomkey::test;
using namespace roomkey::test::removal;
using roomkey::access::Policy;
using roomkey::access::WaitingRoom;

// The psychologist at the door, and Jane before it.
struct Door : RemovalDesk {
  Policy policy{{}, {}, WaitingRoom::admit};

  Result<Response> decide(bool admits, std::string_view who = "2") {
    call.text = who;
    return admits ? admit_visitor(call, store.database)
                  : deny_visitor(call, store.database, policy, providers);
  }
  std::string waiting() {
    return accepted(video_waiting(call, store.database, policy, providers)).body;
  }
  Result<Response> token_of(const roomkey::access::User& user) {
    Call asked{request, kNine, 47, "", user};
    return video_token(asked, Issue::first, "video_token", store.database, policy, providers);
  }
  // As serve() does where she has to wait.
  void jane_asks(std::chrono::seconds later) {
    roomkey::store::Transaction transaction(store.database);
    const auto sign = roomkey::store::sign_of(roomkey::store::find_visitor(store.database, 47, "2"),
                                              kNine + later);
    roomkey::store::note_sign(transaction, store.database, 47, "2", sign, kNine + later);
    transaction.commit();
  }
};

TEST(the_list_says_who_waits_since_when_and_whether_they_are_here) {
  Door door;
  same(R"({"appointment_id":47,"mode":"admit","waiting":[],"admitted":[],"denied":[]})",
       door.waiting());
  door.jane_asks(-30s);
  door.jane_asks(-21s);
  const std::string jane = R"({"user_id":2,"name":"Jane Doe",)"
                           R"("waiting_since":"2025-11-16T08:59:30Z",)"
                           R"("last_seen":"2025-11-16T08:59:39Z","here":false})";
  same(R"({"appointment_id":47,"mode":"admit","waiting":[)" + jane +
           R"(],"admitted":[],"denied":[]})",
       door.waiting());
  accepted(door.decide(true));
  same(R"({"appointment_id":47,"mode":"admit","waiting":[],"admitted":[)" + jane +
           R"(],"denied":[]})",
       door.waiting());
}

TEST(letting_in_and_denying_are_events_once) {
  Door door;
  same(R"({"appointment_id":47,"user_id":2,"state":"admitted"})", accepted(door.decide(true)).body);
  accepted(door.decide(true));
  accepted(door.token_of(jane()));
  same(R"({"appointment_id":47,"user_id":2,"state":"denied"})", accepted(door.decide(false)).body);
  refused(Code::denied, door.token_of(jane()));
  same("visitor_admit changed user 2; video_token granted -; visitor_deny changed user 2; ",
       door.events());
}

TEST(only_who_may_be_inside_is_put_out) {
  Door door;
  door.jane_comes();
  door.jane_asks(0s);
  accepted(door.decide(false));  // she waits: what is inside is not hers by this door
  same("connected", door.jane_s_status());
  accepted(door.decide(true));
  accepted(door.decide(false));
  same("disconnected", door.jane_s_status());
}

TEST(a_provider_that_is_away_is_told_of_a_denial_later) {
  Door door;
  door.jane_comes();
  accepted(door.decide(true));
  door.there.control(R"({"fault":{"mode":"status","status":503}})");
  accepted(door.decide(false));
  same(1, roomkey::store::count_evictions(door.store.database));
  door.there.control(R"({"fault":null})");
  door.carry_on(60s);
  same("disconnected", door.jane_s_status());
  same(0, roomkey::store::count_evictions(door.store.database));
}

TEST(the_psychologist_and_strangers_wait_at_no_door) {
  Door door;
  for (const auto* const who : {"19", "3", "0", "", "jane", "guest-1", "02"}) {
    refused(Code::participant_not_found, door.decide(true, who), who);
    refused(Code::participant_not_found, door.decide(false, who), who);
  }
  door.call.authenticated = jane();
  refused(Code::permission_denied, door.decide(true));
  refused(Code::permission_denied,
          video_waiting(door.call, door.store.database, door.policy, door.providers));
}

TEST(with_callbacks_the_psychologist_s_token_opens_nothing_and_her_coming_does) {
  Door door;
  door.policy.waiting_room = WaitingRoom::psychologist_first;
  accepted(door.token_of(sarah()));
  accepted(door.token_of(jane()));  // nobody tells here: the token has to do
  Door told;
  told.policy.waiting_room = WaitingRoom::psychologist_first;
  told.twilio.asked_at(told.there.settings(), {.are_told_of = true});
  accepted(told.token_of(sarah()));
  refused(Code::waiting, told.token_of(jane()));
  accepted(told.twilio.own_rooms->make(std::string(kRoom), kNine));
  told.there.control(
      R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":"19-dr.sarah@example.com"}})");
  refused(Code::waiting, told.token_of(jane()));
  told.waiting();  // looks at the provider, whose event may have got lost
  accepted(told.token_of(jane()));
}

}  // namespace
