#include "roomkey/base/counted.hpp"

namespace roomkey::base {

std::string counted(std::int64_t count, std::string_view thing) {
  std::string text = std::to_string(count) + ' ';
  text += thing;
  return count == 1 ? text : text + 's';
}

}  // namespace roomkey::base
