#include "cli/progress.hpp"

#include "support/captured_log.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::cli;
using namespace roomkey::test;

TEST(a_line_shows_how_far_it_is) {
  same("reading a.json [------------------------------] 0 %",
       progress_line("reading a.json", 0, 9));
  same("storing [###############---------------] 50 %", progress_line("storing", 1, 2));
  same("storing [##############################] 100 %", progress_line("storing", 7, 2));
  same("storing [##############################] 100 %", progress_line("storing", 0, 0));
  same(79, progress_line(std::string(99, 'x'), 2, 2).size());
}

TEST(nothing_is_drawn_where_there_is_no_terminal) {
  const CapturedLog log;
  Progress progress;
  for (int i = 0; i < 60; ++i) progress.show("storing", 1, 2);
  progress.clear();
  same("", log.text());
}

}  // namespace
