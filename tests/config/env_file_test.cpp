#include "roomkey/config/env_file.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

std::string edited(const std::string& text, const config::EnvChanges& changes) {
  return accepted(config::edit_env_file(text, changes), text);
}

std::string value_of(const std::string& text, const std::string& name) {
  std::string value;
  for (const auto& fault : config::read_env_file(text, [&](const config::Assignment& found) {
         if (found.name == name) value = found.value;
       })) {
    expect(false, fault.text());
  }
  return value;
}

TEST(says_where_each_assignment_stands) {
  const std::string text = "# a\n  A = 1 \nB=\"x\ny\"\n\nC=one\\\ntwo\nD=4";
  std::string spans;
  same(0, config::read_env_file(text, [&](const config::Assignment& found) {
            spans += found.name + '[' + text.substr(found.begin, found.end - found.begin) + ']';
          }).size());
  same("A[  A = 1 \n]B[B=\"x\ny\"\n]C[C=one\\\ntwo\n]D[D=4]", spans);
}

// As Windows' editors write it.
TEST(a_byte_order_mark_is_passed_over_and_stays) {
  const std::string text =
      "\xEF\xBB\xBF"
      "A=1\nB=2\n";
  same("1", value_of(text, "A"));
  same(
      "\xEF\xBB\xBF"
      "A=3\nB=2\n",
      edited(text, {{"A", "3"}}));
}

TEST(changes_one_variable_and_leaves_every_other_byte) {
  const std::string text =
      "# about A\n\n  A = \"old\" \n; B=1\nB='two\nlines'\r\nC=keep  \n\n# the end";
  same("# about A\n\nA=new\n; B=1\nB='two\nlines'\r\nC=keep  \n\n# the end",
       edited(text, {{"A", "new"}}));
  same("# about A\n\n  A = \"old\" \n; B=1\nB=1\nC=keep  \n\n# the end",
       edited(text, {{"B", "1"}}));
  same("# about A\n\n  A = \"old\" \n; B=1\nB='two\nlines'\r\n\n# the end",
       edited(text, {{"C", std::nullopt}}));
  same(text, edited(text, {}));
  same(text, edited(text, {{"A", "old"}, {"B", "two\nlines"}, {"X", std::nullopt}}));
}

TEST(a_new_variable_goes_under_its_comment_or_to_the_end) {
  const std::string text = "#A=1\n#AB=1\n# B=one\n# B=two\nC=3";
  same("#A=1\nA=x\n#AB=1\n# B=one\n# B=two\nC=3", edited(text, {{"A", "x"}}));
  same("#A=1\n#AB=1\n# B=one\n# B=two\nB=x\nC=3", edited(text, {{"B", "x"}}));
  same(text + "\nD=x\n", edited(text, {{"D", "x"}}));
  same("A=x\n", edited("", {{"A", "x"}}));
  same("# A=1\nA=x\n", edited("# A=1", {{"A", "x"}}));
}

TEST(a_line_inside_a_quoted_value_is_no_comment) {
  same("A=\"\n#B=1\n\"\nB=x\n", edited("A=\"\n#B=1\n\"\n", {{"B", "x"}}));
}

TEST(of_several_assignments_the_last_is_changed_and_the_others_go) {
  same("B=1\nA=x\n", edited("A=1\nB=1\nA=2\n", {{"A", "x"}}));
  same("B=1\n", edited("A=1\nB=1\nA=2\n", {{"A", std::nullopt}}));
}

TEST(every_value_is_read_back_as_it_was) {
  for (const std::string value :
       {"plain", "a b", " padded ", "it's", "\"quoted\"", "back\\slash\\", "$HOME `id`", "#1", ";x",
        "a=b", "\xC3\xA4\xE2\x82\xAC", "tab\there", "\\n", "two\nlines", "", "\\\"$`"}) {
    const std::string text = edited("# x\nA=1\n", {{"A", value}, {"B", value}});
    same(value, value_of(text, "A"), text);
    same(value, value_of(text, "B"), text);
  }
}

TEST(a_file_with_faults_is_refused_and_its_line_is_named) {
  const std::string why =
      refused(base::Code::bad_request, config::edit_env_file("A=1\nhunter2\n", {}));
  expect(contains(why, "line 2") && !contains(why, "hunter2"), why);
}

// Systemd would join what is put behind an open line to it.
TEST(a_change_that_would_change_something_else_is_refused) {
  refused(base::Code::bad_request, config::edit_env_file("A=1\\", {{"B", "2"}}));
}

TEST(says_what_systemd_would_not_take) {
  same("", config::env_value_fault("a \xC3\xA4 \"b\" $"));
  for (const auto& bad : {std::string("a\nb"), std::string("a\rb"), std::string("a\x7F"),
                          std::string("a\0b", 3), std::string("\xFF\xFE")}) {
    expect(!config::env_value_fault(bad).empty());
  }
}

}  // namespace
