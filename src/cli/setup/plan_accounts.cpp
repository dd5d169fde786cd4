// The accounts at providers, each of which is of use only as a whole.
#include <algorithm>
#include <map>

#include "cli/setup/plan.hpp"

namespace roomkey::cli::setup {

namespace {

using Variables = std::span<const provider::Variable>;

// In place of another way in which the account was proven before.
void drop_other_proof(Plan& plan, const SetupFlags& flags, const Present& present,
                      Variables variables) {
  for (const auto& variable : variables) {
    const std::string name(variable.name), other(variable.instead_of);
    const bool is_other_given = asked_for(flags, other) || flags.secrets.contains(other);
    if (asked_for(flags, name) || !is_other_given) continue;
    take_out(plan, present, name);
    take_out(plan, present, name + "_FILE");
  }
}

// Where the first of an account is taken out, the others go with it.
void drop_account(Plan& plan, const SetupFlags& flags, const Present& present,
                  Variables variables) {
  const auto given = flags.settings.find(std::string(variables.front().name));
  if (given == flags.settings.end() || !given->second.empty()) return;
  if (const auto also = variables.front().also; !also.empty()) {
    take_out(plan, present, std::string(also));
  }
  for (const auto& variable : variables.subspan(1)) {
    const bool stays = variable.role == provider::Role::option && variable.instead_of.empty();
    if (stays || asked_for(flags, std::string(variable.name))) continue;
    take_out(plan, present, std::string(variable.name));
    take_out(plan, present, std::string(variable.name) + "_FILE");
  }
}

// The flags that give an account, or prove it in one way.
struct Whole {
  std::vector<std::string> there, missing;

  void add(const Plan& plan, const SetupFlags& flags, const Present& present,
           const provider::Variable& variable) {
    const std::string name(variable.name);
    const bool is_there = will_have(plan, present, name) || asked_for(flags, name);
    (is_there ? there : missing).push_back(flag_of(name));
  }
};

std::string together(const std::vector<std::string>& flags) {
  std::string text;
  for (const auto& flag : flags) text += (text.empty() ? "" : " with ") + flag;
  return text;
}

// Of the ways to prove the account one, and that one whole.
std::string missing_proof(const std::map<std::string_view, Whole>& ways) {
  std::string all, begun;
  for (const auto& [other, way] : ways) {
    const std::string left = together(way.missing);
    if (left.empty()) return "";
    if (!way.there.empty()) begun = left;
    all += (all.empty() ? "" : ", or ") + left;
  }
  return begun.empty() ? all : begun;
}

}  // namespace

bool will_have(const Plan& plan, const Present& present, const std::string& variable) {
  const auto changed = plan.variables.find(variable);
  return changed == plan.variables.end() ? present.has(variable) : changed->second.has_value();
}

void take_out(Plan& plan, const Present& present, const std::string& variable) {
  if (!present.env.get(variable).empty()) plan.variables[variable] = std::nullopt;
}

bool asked_for(const SetupFlags& flags, const std::string& variable) {
  const auto given = flags.settings.find(variable);
  return given != flags.settings.end() && !given->second.empty();
}

void drop_accounts(Plan& plan, const SetupFlags& flags, const Present& present) {
  for (const auto* const kind : provider::all()) {
    drop_other_proof(plan, flags, present, kind->variables());
    drop_account(plan, flags, present, kind->variables());
  }
}

void need_accounts(const Plan& plan, const SetupFlags& flags, const Present& present,
                   PlanFaults& faults) {
  for (const auto* const kind : provider::all()) {
    Whole account;
    std::map<std::string_view, Whole> ways;
    for (const auto& variable : kind->variables()) {
      if (provider::is_needed(variable.role)) account.add(plan, flags, present, variable);
      if (!variable.instead_of.empty()) {
        ways[variable.instead_of].add(plan, flags, present, variable);
      }
    }
    if (account.there.empty()) continue;
    const std::string why = std::string(kind->title()) + " is of no use without it";
    for (const auto& flag : account.missing) faults.missing.push_back({flag, why});
    const std::string proof = missing_proof(ways);
    if (!proof.empty()) faults.missing.push_back({proof, why});
  }
}

}  // namespace roomkey::cli::setup
