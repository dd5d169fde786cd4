#include "roomkey/base/file.hpp"

#include <sys/stat.h>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

TEST(reads_every_byte_of_a_file_of_any_size) {
  const Folder folder;
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  for (const std::string& content :
       {std::string(), every, std::string(16384, 'x'), std::string(100'000, 'y') + every}) {
    same(content, accepted(read_file(folder.file("content", content))));
  }
}

TEST(reads_no_more_than_it_may) {
  const Folder folder;
  const std::string path = folder.file("content", std::string(20'000, 'x'));
  same(20'000, accepted(read_file(path, 20'000)).size());
  same("too large", refused(Code::payload_too_large, read_file(path, 19'999)));
  same("too large", refused(Code::payload_too_large, read_file("/dev/zero", 100'000)));
}

TEST(reads_a_regular_file_alone_and_waits_for_no_other) {
  const Folder folder;
  const std::string pipe = folder.file("pipe");
  same(0, mkfifo(pipe.c_str(), 0600));
  for (const std::string& path : {pipe, folder.path(), std::string("/dev/zero")}) {
    same("not a regular file", refused(Code::bad_request, read_regular_file(path, 100)), path);
  }
  const std::string path = folder.file("content", "0123456789");
  same("0123456789", accepted(read_regular_file(path, 10)));
  same("too large", refused(Code::payload_too_large, read_regular_file(path, 9)));
  same("No such file or directory",
       refused(Code::bad_request, read_regular_file(folder.file("missing"), 10)));
}

TEST(says_in_the_system_s_words_why_not_and_names_no_path) {
  const Folder folder;
  same("No such file or directory", refused(Code::bad_request, read_file(folder.file("missing"))));
  same("Is a directory", refused(Code::bad_request, read_file(folder.path())));
  same("Not a directory",
       refused(Code::bad_request, read_file(folder.file("plain", "x") + "/below")));
}

TEST(only_a_text_loses_the_line_ends_behind_it) {
  using namespace std::string_view_literals;
  for (const auto& [content, rest] : {std::pair{"text\n"sv, "text"sv},
                                      {"text\r\n"sv, "text"sv},
                                      {"text\n\r\n\n"sv, "text"sv},
                                      {"two\nlines\n"sv, "two\nlines"sv},
                                      {"ta\tb \n"sv, "ta\tb "sv},
                                      {"zo\xc3\xab\n"sv, "zo\xc3\xab"sv},
                                      {"text"sv, "text"sv},
                                      {"\r\n"sv, ""sv},
                                      {""sv, ""sv}}) {
    same(rest, without_line_end(content), content);
  }
  for (const auto key :
       {"\x9c\xf1 random\n"sv, "\x9c\xf1 random\r"sv, "\x9c\xf1 random\r\n"sv, "\x01key\n"sv,
        "\0\n"sv, "key\0\n"sv, "\x7f\n"sv, "\xc2\x85\n"sv, "cut \xc3\n"sv, "\xff\n\n"sv}) {
    same(key, without_line_end(key));
  }
}

}  // namespace
