#include "roomkey/base/counted.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::base::counted;

TEST(counts_one_thing_and_several) {
  same("0 problems", counted(0, "problem"));
  same("1 problem", counted(1, "problem"));
  same("2 audit events", counted(2, "audit event"));
}

}  // namespace
