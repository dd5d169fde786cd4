#include "roomkey/metrics/exposition.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::metrics::Exposition;
using roomkey::metrics::seconds_of;

TEST(writes_family_by_family) {
  Exposition out;
  out.family("a_total", "counter", "What a is.");
  out.sample({}, 18446744073709551615U);
  out.sample({{"x", "1"}, {"y", "two"}}, 0);
  out.gauge("b", "What b is.", -5);
  out.family("c", "histogram", "What c is.");
  out.sample({{"le", "+Inf"}}, 3, "_bucket");
  out.sample({}, "0.5", "_sum");
  same(
      "# HELP a_total What a is.\n# TYPE a_total counter\na_total 18446744073709551615\n"
      "a_total{x=\"1\",y=\"two\"} 0\n# HELP b What b is.\n# TYPE b gauge\nb -5\n"
      "# HELP c What c is.\n# TYPE c histogram\nc_bucket{le=\"+Inf\"} 3\nc_sum 0.5\n",
      out.text());
}

TEST(nothing_in_a_value_or_remark_breaks_out_of_its_line) {
  Exposition out;
  out.family("a", "gauge", "A.");
  out.sample({{"x", "q\" b\\ n\n}"}}, 1);
  out.remark("one\nfake 1");
  expect(out.text().ends_with("a{x=\"q\\\" b\\\\ n\\n}\"} 1\n# remark: one\\nfake 1\n"),
         out.text());
}

TEST(seconds_to_the_last_digit) {
  same("0.000000000", seconds_of(0));
  same("0.000000001", seconds_of(1));
  same("1.000000250", seconds_of(1'000'000'250));
  same("18446744073.709551615", seconds_of(18446744073709551615U));
}

}  // namespace
