#include "roomkey/base/finding.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;
using Level = Finding::Level;

TEST(findings_keep_their_order_and_are_counted_by_level) {
  Findings first, second;
  first.ok("a", "Well");
  first.error("b", "Wrong.", "Do this.");
  second.warn("c", "Not well.", "Do that.");
  second.error("d", "Wrong, too.", "Do that.");
  first.add(second);
  std::string codes;
  for (const auto& one : first.all()) codes += one.code;
  same("abcd", codes);
  same(std::size_t{1}, first.count(Level::ok));
  same(std::size_t{1}, first.count(Level::warning));
  same(std::size_t{2}, first.count(Level::error));
  same("", first.all().front().cure);
  same("Do that.", first.all().back().cure);
}

}  // namespace
