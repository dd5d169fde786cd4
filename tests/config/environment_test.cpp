#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "roomkey/config/config.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::string_view_literals;

// What reading a file with this content says; the variables go to `environment`.
std::string read(config::Environment& environment, std::string_view content) {
  const Folder folder;
  std::string said;
  for (auto& fault : environment.add_file(folder.file("roomkey.env", content))) {
    if (fault.line > 0) fault.where.clear();
    said += (said.empty() ? "" : "; ") + fault.text();
  }
  return said;
}

TEST(reads_lines_of_key_and_value) {
  config::Environment environment;
  same("", read(environment,
                "# a comment\n; another\n\n   \nA=1\n  B = two words  \nC=\nD=x=y\r\nE=last"));
  same("1", environment.get("A"));
  same("two words", environment.get("B"));
  same("", environment.get("C"));
  same("x=y", environment.get("D"));
  same("last", environment.get("E"));
  same("", environment.get("F"));
}

// systemd.exec(5), EnvironmentFile=.
TEST(takes_quotes_and_backslashes_as_systemd_does) {
  struct Case {
    std::string_view line, value;
  };
  for (const auto& [line, value] :
       {Case{"A=\" padded \"", " padded "}, Case{"A='it is \\n \"raw\"'", "it is \\n \"raw\""},
        Case{"A=\"say \\\"hi\\\"\"", "say \"hi\""}, Case{"A=a\\\\b", "a\\b"},
        Case{"A=\"it's\"", "it's"}, Case{"A='a'\"b\"c", "abc"}, Case{"A=\"#1\"", "#1"},
        Case{"A=1 # no comment", "1 # no comment"}, Case{"A=$HOME", "$HOME"},
        Case{"A=one\\\ntwo", "onetwo"}, Case{"A=\"\"", ""}, Case{"A=\"abc\\def\"", "abc\\def"},
        Case{"A=abc\"def\"", "abc\"def\""}, Case{"A=\"a\" \"b\"", "ab"}, Case{"A=it's", "it's"},
        Case{"A=\"one\ntwo\"", "one\ntwo"}, Case{"A=\"one\\\ntwo\"", "onetwo"}}) {
    config::Environment environment;
    same("", read(environment, line), line);
    same(value, environment.get("A"), line);
  }
}

TEST(two_backslashes_at_the_end_of_a_line_keep_the_next_one) {
  config::Environment environment;
  same("", read(environment, "A=a\\\\\nB=b"));
  same("a\\", environment.get("A"));
  same("b", environment.get("B"));
}

TEST(says_every_bad_line_at_once) {
  config::Environment environment;
  same("line 1: not of the form KEY=VALUE; line 3: not of the form KEY=VALUE",
       read(environment, "nothing\nA=1\n2=3\nB=2"));
  same("2", environment.get("B"));
}

TEST(a_bad_line_is_named_by_its_number_and_never_shown) {
  struct Case {
    std::string_view content, fault;
  };
  for (const auto& [content, fault] :
       {Case{"A=1\nhunter2\n", "line 2: not of the form KEY=VALUE"},
        Case{"export hunter2=hunter2", "line 1: not of the form KEY=VALUE"},
        Case{"=hunter2", "line 1: not of the form KEY=VALUE"},
        Case{"1A=hunter2", "line 1: not of the form KEY=VALUE"},
        Case{"A-B=hunter2", "line 1: not of the form KEY=VALUE"},
        Case{"\n\nA=\"hunter2\n", "line 3: a quote is not closed"},
        Case{"A='hunter2", "line 1: a quote is not closed"},
        Case{"B=1\nA=hunter2\0x\n"sv, "line 2: A is not UTF-8 without NUL"},
        Case{"A=hunter2\xE4", "line 1: A is not UTF-8 without NUL"}}) {
    config::Environment environment;
    same(fault, read(environment, content), content);
  }
}

TEST(a_file_that_cannot_be_read_is_a_fault) {
  const Folder folder;
  config::Environment environment;
  expect(contains(environment.add_file(folder.file("missing")).at(0).text(), "No such file"));
  expect(!environment.add_file(folder.path()).empty(), "a folder is no file of variables");
  same("/dev/zero: too large", environment.add_file("/dev/zero").at(0).text());
}

TEST(later_files_and_then_the_process_win) {
  config::Environment environment;
  read(environment, "ROOMKEY_TEST_A=file\nROOMKEY_TEST_B=file\nROOMKEY_TEST_C=file");
  read(environment, "ROOMKEY_TEST_B=second file");
  setenv("ROOMKEY_TEST_C", "process", 1);
  environment.add_process();
  unsetenv("ROOMKEY_TEST_C");
  same("file", environment.get("ROOMKEY_TEST_A"));
  same("second file", environment.get("ROOMKEY_TEST_B"));
  same("process", environment.get("ROOMKEY_TEST_C"));
}

TEST(secrets_are_wiped_out_of_the_process_s_environment) {
  for (const char* const name : {"ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET",
                                 "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"}) {
    setenv(name, "hunter2", 1);
    const char* const memory = getenv(name);
    config::Environment environment;
    environment.add_process();
    same("hunter2", environment.get(name), name);
    same("\0\0\0\0\0\0\0"sv, std::string_view(memory, 7), name);
    unsetenv(name);
  }
  setenv("TWILIO_API_KEY", "SK1", 1);
  config::Environment environment;
  environment.add_process();
  same("SK1", std::string(getenv("TWILIO_API_KEY")), "what is no secret stays");
  unsetenv("TWILIO_API_KEY");
}

}  // namespace
