// How read_config() reads its variables. Private to this room.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/access/identity.hpp"
#include "roomkey/config/config.hpp"

namespace roomkey::config {

// Reads variables and gathers what is wrong with them.
class Variables final : public provider::Values {
 public:
  Variables(const Environment& environment, Faults& faults)
      : environment_(environment), faults_(faults) {}

  void fault(const std::string& name, const std::string& why) override {
    faults_.push_back({name, why});
  }
  void add(Faults faults);
  [[nodiscard]] std::size_t fault_count() const { return faults_.size(); }

  [[nodiscard]] std::string text(const std::string& name,
                                 const std::string& otherwise = "") const override;
  // `what`: the word for it in a fault.
  std::string file(const std::string& name, const std::string& path,
                   const std::string& what = "file");
  // The variable, or the file that <name>_FILE names, or the systemd credential of that name.
  crypto::Secret secret(const std::string& name) override;
  std::optional<std::int64_t> number(const std::string& name, std::int64_t most,
                                     std::int64_t least = 0) override;
  std::optional<std::chrono::minutes> minutes(const std::string& name);
  // The value, which must be one of `words`; the first where it is unset.
  std::string choice(const std::string& name, const std::vector<std::string>& words) override;

 private:
  std::string credential(const std::string& name);

  const Environment& environment_;
  Faults& faults_;
};

// ROOMKEY_IDENTITY and the secrets of pseudonyms.
[[nodiscard]] access::Identities read_identities(Variables& reader);

}  // namespace roomkey::config
