#include "cli/check/checks.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace check_rooms_test {

using namespace roomkey;
using namespace roomkey::test;
using cli::check::Kinds;

Kinds used(std::initializer_list<const char*> names) {
  Kinds kinds;
  for (const char* const name : names) kinds.push_back(provider::named(name));
  return kinds;
}

std::string new_rooms(const Kinds& kinds, const char* chosen, bool named) {
  base::Findings findings;
  cli::check::check_new_rooms(findings, kinds, chosen, named);
  return findings.all().empty() ? "" : findings.all().front().text;
}

TEST(new_rooms_are_at_a_provider_that_is_configured) {
  same("", new_rooms(used({"twilio"}), "twilio", false));
  same("", new_rooms(used({"stream"}), "twilio", false), "its own route serves any room");
  expect(contains(new_rooms(used({"stream"}), "livekit", true), "ROOMKEY_PROVIDER is livekit"));
  expect(contains(new_rooms(used({"livekit"}), "twilio", false), "ROOMKEY_PROVIDER is not set"));
  same("", new_rooms({}, "twilio", false), "that none is used is said elsewhere");
}

TEST(open_rooms_where_nobody_gets_in_are_counted) {
  MemoryStore store;
  const auto said = [&](const Kinds& kinds) {
    base::Findings findings;
    cli::check::check_open_rooms(findings, kinds, store.database);
    return findings.all().empty() ? "" : findings.all().front().text;
  };
  same("1 open appointment has the room at twilio, which is not configured: nobody gets in.",
       said(used({"livekit"})));
  same("", said(used({"twilio"})));
  same("", said(used({"stream"})));
}

}  // namespace check_rooms_test
