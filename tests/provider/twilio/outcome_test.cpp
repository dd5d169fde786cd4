// What whoever counts is told of each request to Twilio.
#include "roomkey/provider/twilio/rest.hpp"
#include "support/clinic.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace outcome_test {

using namespace roomkey::test;
using roomkey::provider::Outcome;
using roomkey::provider::twilio::Rest;

const std::string kNoRoom = "RM00000000000000000000000000000000";

struct Scene {
  const StandIn& twilio = stand_in();
  std::string told;
  Rest rest{
      twilio.settings(), [this](std::size_t request, Outcome outcome) {
        constexpr std::array<std::string_view, 3> kWords{"answered", "refused", "unreachable"};
        told += std::string(Rest::kRequests.at(request)) + ' ';
        told += kWords.at(static_cast<std::size_t>(outcome));
        told += '\n';
      }};

  // What is told of this work.
  template <typename Work>
  std::string of(Work&& work) {
    told.clear();
    static_cast<void>(work());
    return told;
  }
};

TEST(each_request_that_was_answered_is_told_also_where_there_is_no_such_thing) {
  Scene scene;
  const auto create = [&] { return scene.rest.create_room("outcomes"); };
  same("find_room answered\n", scene.of([&] { return scene.rest.find_room("outcomes"); }));
  same("create_room answered\n", scene.of(create));
  same("create_room answered\nfind_room answered\n", scene.of(create), "it exists");
  same("list_participants answered\n", scene.of([&] { return scene.rest.participants(kNoRoom); }));
  same("disconnect answered\nlist_participants answered\nlist_participants answered\n",
       scene.of([&] { return scene.rest.disconnect(kNoRoom, "nobody"); }));
}

TEST(a_refusal_and_silence_are_told_apart) {
  Scene scene;
  const auto find = [&] { return scene.rest.find_room("outcomes"); };
  scene.twilio.fault("status", R"(,"status":503)");
  same("find_room refused\n", scene.of(find));
  scene.twilio.fault("away");
  same("find_room unreachable\n", scene.of(find));
}

TEST(what_is_not_sent_is_not_told) {
  Scene scene;
  same("", scene.of([&] { return scene.rest.find_room(".."); }));
  same("", scene.of([&] { return scene.rest.disconnect("no SID", "nobody"); }));
  std::string told;
  Rest without({}, [&](std::size_t, Outcome) { told += 'x'; });
  static_cast<void>(without.create_room("outcomes"));
  same("", told);
}

}  // namespace outcome_test
