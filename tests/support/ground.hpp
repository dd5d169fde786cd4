// Where the stores of a test lie, by its driver. What is on a ground goes away with it.
#pragma once

#include <memory>
#include <string_view>

#include "roomkey/store/database.hpp"

namespace roomkey::test {

class Ground {
 public:
  virtual ~Ground() = default;

  // Each call names another store, which is not made yet: one that others can open as well,
  [[nodiscard]] virtual store::Settings shared() = 0;
  // and one that is quickly made and nobody else's.
  [[nodiscard]] virtual store::Settings own() { return shared(); }
};

// How a driver gets its ground. Says skip() where it can't be tested on this machine.
struct GroundKind {
  std::string_view title;  // the driver's
  std::unique_ptr<Ground> (*make)();
};

}  // namespace roomkey::test
