#include "roomkey/provider/all.hpp"

#include <set>

#include "roomkey/base/file.hpp"
#include "roomkey/config/config.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

TEST(every_variable_is_in_the_manual_and_in_the_docs) {
  const std::string manual = base::read_file("man/roomkey.env.5").value();
  const std::string docs = base::read_file("docs/configuration.md").value();
  for (const auto* const kind : provider::all()) {
    for (const auto& variable : kind->variables()) {
      for (const auto name : {variable.name, variable.also}) {
        expect(contains(manual, name), std::string(name) + " in roomkey.env(5)");
        expect(contains(docs, name), std::string(name) + " in docs/configuration.md");
      }
    }
  }
}

TEST(no_two_providers_share_a_name_or_a_variable) {
  std::set<std::string_view> names;
  for (const auto* const kind : provider::all()) {
    expect(names.insert(kind->title()).second, kind->title());
    expect(names.insert(kind->prefix()).second, kind->title());
    for (const auto& variable : kind->variables()) {
      expect(variable.name.starts_with(kind->prefix()), std::string(variable.name));
      expect(names.insert(variable.name).second, std::string(variable.name));
      expect(provider::whose(variable.name) == kind, std::string(variable.name));
    }
  }
  expect(provider::whose("ROOMKEY_DB") == nullptr);
}

TEST(no_two_requests_of_a_provider_s_share_a_name) {
  for (const auto* const kind : provider::all()) {
    std::set<std::string_view> names;
    for (const auto request : kind->requests()) {
      expect(names.insert(request).second, kind->title() + std::string(request));
    }
  }
}

// setup asks by the first whether the provider is used.
TEST(the_first_variable_is_needed_for_a_token_and_asked_for) {
  for (const auto* const kind : provider::all()) {
    const auto& first = kind->variables().front();
    expect(first.role == provider::Role::token && first.question != nullptr, kind->title());
    for (const auto& variable : kind->variables()) {
      expect((variable.meaning == nullptr) == (variable.question == nullptr),
             std::string(variable.name));
    }
  }
}

TEST(an_alias_leads_to_a_variable_of_its_provider) {
  for (const auto* const kind : provider::all()) {
    for (const auto& [theirs, ours] : kind->aliases()) {
      expect(provider::whose(ours) == kind, std::string(theirs));
      expect(provider::whose(theirs) == nullptr, std::string(theirs));
    }
  }
}

TEST(what_is_not_configured_is_unused_and_proves_nothing) {
  const config::Config config;
  for (const auto* const kind : provider::all()) {
    base::Findings findings;
    expect(kind->make(config)->unused(), kind->title());
    expect(!kind->check(findings, config) && findings.all().empty(), kind->title());
    same("", kind->proves(config), kind->title());
    for (const auto& part : kind->parts(config)) expect(!part.is_set, part.variable);
  }
}

}  // namespace
