// What was found of something that was looked at: well, or wrong and with a cure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace roomkey::base {

struct Finding {
  enum class Level { ok, warning, error };
  Level level;
  std::string code;  // for programs
  std::string text;  // one sentence or two
  std::string cure;  // empty where all is well
};

class Findings {
 public:
  void ok(std::string code, std::string text);
  void warn(std::string code, std::string text, std::string cure);
  void error(std::string code, std::string text, std::string cure);
  void add(const Findings& more);  // behind these

  [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
  [[nodiscard]] std::size_t count(Finding::Level level) const;

 private:
  std::vector<Finding> all_;
};

}  // namespace roomkey::base
