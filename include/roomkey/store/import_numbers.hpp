#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

// What is numbered: users and appointments each have ids of their own.
enum class Numbered { user, appointment };

// Ids of other systems that are not numbers get numbers from here on; those that are and lie below
// may keep theirs, so that neither takes the other's.
inline constexpr std::int64_t kFirstGivenNumber = 1'000'000'000'000;

struct ImportNumber {
  std::int64_t number = 0;
  std::string server;  // where the resource comes from; empty: not said
};

// The numbers of one import's resources, such as `Patient/p-1`, and those of earlier imports. What
// the store has of them is read beforehand, a hundred with a statement, as Ahead does.
class ImportNumbers {
 public:
  // Until it goes, numbers are put by it alone, each resource once.
  ImportNumbers(Transaction&, Database& database) : database_(database) {}

  // Before any of them is asked for or put.
  void read(const std::vector<std::string>& sources);
  void read(Numbered kind, const std::vector<std::int64_t>& numbers);

  // From an earlier import, or put since; null where there is none.
  [[nodiscard]] const ImportNumber* find(const std::string& source) const;

  // Whether some resource has the number.
  [[nodiscard]] bool is_taken(Numbered kind, std::int64_t number) const;

  // A number from kFirstGivenNumber on that no resource has, and no user or appointment had when it
  // was asked for first.
  [[nodiscard]] std::int64_t free(Numbered kind);

  // Remembers it. Part of the open transaction, as is the next.
  void put(Numbered kind, const std::string& source, const ImportNumber& number);
  // The resource, which has a number, comes from another server now.
  void move(const std::string& source, const std::string& server);

 private:
  struct Kind {
    std::unordered_set<std::int64_t> taken = {};
    std::int64_t free = 0;  // 0: not asked for
  };
  [[nodiscard]] Kind& of(Numbered kind) { return kinds_[static_cast<std::size_t>(kind)]; }

  Database& database_;
  std::unordered_map<std::string, ImportNumber> known_ = {};  // by source
  std::array<Kind, 2> kinds_ = {};
};

}  // namespace roomkey::store
