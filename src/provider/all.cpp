#include "roomkey/provider/all.hpp"

#include <algorithm>
#include <array>

namespace roomkey::provider {

std::span<const Kind* const> all() {
  static const std::array kAll{&twilio::kind(), &stream::kind()};
  return kAll;
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
