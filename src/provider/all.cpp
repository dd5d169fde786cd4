#include "roomkey/provider/all.hpp"

#include <algorithm>
#include <array>

namespace roomkey::provider {

std::span<const Kind* const> all() {
  static const std::array kAll{&twilio::kind(), &stream::kind(), &livekit::kind(),
                               &jitsi::kind(),  &janus::kind(),  &custom::kind()};
  return kAll;
}

const Kind* named(std::string_view name) {
  const auto kinds = all();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const Kind* kind) { return kind->name() == name; });
  return found == kinds.end() ? nullptr : *found;
}

std::string names() {
  return join(", ", [](const Kind& kind) { return std::string(kind.name()); });
}

std::string join(std::string_view between,
                 const std::function<std::string(const Kind& kind)>& word) {
  std::string text;
  for (const Kind* const kind : all()) {
    const std::string one = word(*kind);
    if (!one.empty()) text.append(text.empty() ? "" : between).append(one);
  }
  return text;
}

std::string titles(bool (*can)(const Kind& kind)) {
  return join(" and ", [&](const Kind& kind) { return can(kind) ? kind.title() : ""; });
}

const Kind* whose(std::string_view variable) {
  const auto kinds = all();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind* kind) {
    const auto list = kind->variables();
    return std::any_of(list.begin(), list.end(),
                       [&](const Variable& one) { return one.name == variable; });
  });
  return found == kinds.end() ? nullptr : *found;
}

}  // namespace roomkey::provider
