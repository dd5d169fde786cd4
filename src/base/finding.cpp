#include "roomkey/base/finding.hpp"

#include <algorithm>

namespace roomkey::base {

void Findings::ok(std::string code, std::string text) {
  all_.push_back({Finding::Level::ok, std::move(code), std::move(text), ""});
}

void Findings::warn(std::string code, std::string text, std::string cure) {
  all_.push_back({Finding::Level::warning, std::move(code), std::move(text), std::move(cure)});
}

void Findings::error(std::string code, std::string text, std::string cure) {
  all_.push_back({Finding::Level::error, std::move(code), std::move(text), std::move(cure)});
}

void Findings::add(const Findings& more) {
  all_.insert(all_.end(), more.all_.begin(), more.all_.end());
}

std::size_t Findings::count(Finding::Level level) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const Finding& one) { return one.level == level; }));
}

}  // namespace roomkey::base
