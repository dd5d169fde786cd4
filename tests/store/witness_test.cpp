#include "roomkey/store/witness.hpp"

#include "support/cut.hpp"
#include "support/test.hpp"

namespace witness_test {

using namespace roomkey::store;
using namespace roomkey::test;

TEST(a_line_is_read_as_it_was_written) {
  const std::string hash(64, 'a');
  const Witnessed made{7, hash, kNine, std::string(64, 'b')};
  const std::string line = line_of(made);
  same(R"({"event":7,"hash":")" + hash + R"(","at":"2025-11-16T09:00:00Z","mac":")" +
           std::string(64, 'b') + R"("})",
       line);
  const auto read = read_witnessed(line).value();
  same(7, read.event);
  same(hash, read.hash);
  expect(contains(line_of({7, hash, kNine}), "\"mac\":null"));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), line.substr(0, 40),
        R"({"event":"7","hash":")" + hash + "\"}", R"({"event":-1,"hash":")" + hash + "\"}",
        std::string(R"({"event":7,"hash":"aa"})")}) {
    expect(!read_witnessed(bad), bad);
  }
}

STORE_TEST(what_was_witnessed_is_there_missing_changed_or_removed) {
  QuickStore store;
  const Witnessed none = audit_end(store.database, kNine);
  same(0, none.event);
  expect(standing_of(store.database, none) == Standing::there);
  std::vector<Witnessed> ends;
  for (const int day : {0, 1, 2, 3, 4}) {
    append_days(store.database, {day});
    ends.push_back(audit_end(store.database, kNine));
  }
  for (const auto& end : ends) expect(standing_of(store.database, end) == Standing::there);
  auto other = ends[2];
  other.hash = std::string(64, '0');
  expect(standing_of(store.database, other) == Standing::changed);
  other.event = 99;
  expect(standing_of(store.database, other) == Standing::missing);
  prune(store.database, kNine + 3 * 24h, sign_off());
  expect(standing_of(store.database, ends[0]) == Standing::removed);
  expect(standing_of(store.database, ends[2]) == Standing::there, "the cut holds its hash");
  expect(standing_of(store.database, ends[3]) == Standing::there);
}

}  // namespace witness_test
