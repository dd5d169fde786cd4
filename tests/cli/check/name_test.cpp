#include "cli/check/checked.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;
using cli::check::Lookup;
using Outcome = cli::check::Lookup::Outcome;
using Addresses = std::vector<std::string>;

const Addresses kOwn{"198.51.100.7", "2001:db8::7", "10.0.0.7"};

base::Findings said(const Lookup& lookup, const Addresses& own = kOwn, bool behind_proxy = false) {
  base::Findings findings;
  cli::check::check_name(findings, "video.clinic.example", lookup, own, behind_proxy);
  return findings;
}

base::Findings leads_to(const Addresses& addresses, const Addresses& own = kOwn,
                        bool behind_proxy = false) {
  return said({Outcome::found, addresses}, own, behind_proxy);
}

TEST(a_name_that_leads_nowhere_is_a_warning) {
  came_out("warn domain", said({Outcome::unknown, {}}), "does not resolve");
  came_out("warn domain", said({Outcome::no_answer, {}}), "no name server answers");
  came_out("warn domain", said({Outcome::unknown, {}}, kOwn, true), "does not resolve");
}

TEST(a_name_leads_here_by_any_of_its_own_addresses) {
  came_out("ok domain", leads_to({"198.51.100.7", "2001:db8::7"}), "to this machine");
  came_out("ok domain", leads_to({"10.0.0.7"}));
  came_out("ok domain", leads_to({"127.0.1.1"}));
}

TEST(another_machines_address_is_said_with_ours) {
  came_out("warn domain", leads_to({"198.51.100.7", "203.0.113.9"}),
           "leads to 203.0.113.9, and this machine has 198.51.100.7, 2001:db8::7, 10.0.0.7.");
  came_out("warn domain", leads_to({"10.0.0.8"}));
  came_out("warn domain", leads_to({"2001:db8::9"}, {"198.51.100.7"}));
  came_out("warn domain", leads_to({"2001:db8::9"}));
  came_out("ok domain", leads_to({"203.0.113.9"}, kOwn, true), "a proxy stands in front");
}

TEST(behind_a_router_its_public_address_may_be_ours) {
  for (const auto* const own : {"10.0.0.7", "172.31.0.1", "192.168.1.1", "100.64.0.1"}) {
    came_out("ok domain", leads_to({"203.0.113.9"}, {own}), "its router must");
  }
  came_out("ok domain", leads_to({"2001:db8::9"}, {"fd00::7"}));
  came_out("warn domain", leads_to({"203.0.113.9"}, {"172.32.0.1"}));
  came_out("warn domain", leads_to({"203.0.113.9"}, {"fd00::7"}));
  came_out("warn domain", leads_to({"192.168.1.2"}, {"192.168.1.1"}));
}

TEST(an_address_and_localhost_are_not_looked_up) {
  for (const auto* const host : {"localhost", "192.0.2.7", "_", "", "*.example", "a.localhost"}) {
    expect(!cli::check::is_looked_up(host), host);
  }
  expect(cli::check::is_looked_up("video.clinic.example"));
}

TEST(localhost_is_found_and_this_machine_has_no_loopback_address) {
  const auto found = cli::check::look_up("localhost");
  expect(found.outcome == Outcome::found);
  for (const auto& address : cli::check::own_addresses()) {
    expect(!address.starts_with("127.") && address != "::1", address);
  }
}

TEST(a_name_server_that_says_nothing_is_not_waited_for) {
  const auto began = std::chrono::steady_clock::now();
  expect(cli::check::look_up("silent.example").outcome == Outcome::no_answer);
  expect(std::chrono::steady_clock::now() - began < std::chrono::seconds{6});
}

}  // namespace
