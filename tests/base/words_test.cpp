#include "roomkey/base/words.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;
using namespace std::chrono_literals;

TEST(a_span_is_said_in_its_biggest_unit_and_the_one_below) {
  same("0 seconds", in_words(0s));
  same("1 second", in_words(1s));
  same("59 seconds", in_words(59s));
  same("1 minute 1 second", in_words(61s));
  same("1 hour 30 minutes", in_words(90min));
  same("1 hour", in_words(1h + 5s));
  same("2 days 1 hour", in_words(49h + 59min));
}

TEST(a_time_is_said_as_seen_from_now) {
  const std::chrono::sys_seconds now{1763283600s};
  same("now", relative(now, now));
  same("in 5 minutes", relative(now + 5min, now));
  same("1 day ago", relative(now - 24h, now));
}

TEST(what_a_stranger_wrote_stays_on_its_line_and_tells_a_terminal_nothing) {
  same("a \\\"b\\\" c", plain("a \"b\" c"));
  same("one\\ntwo\\u001b[31m", plain("one\ntwo\x1B[31m"));
  same("\\u00e4", plain("\xC3\xA4"));
  same("", plain(""));
}

}  // namespace
