#include "roomkey/crypto/secret.hpp"

#include <type_traits>

#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using namespace std::string_view_literals;

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(reveals_its_bytes_with_nul_and_all) {
  const Secret secret("a\0b"sv);
  same(3, secret.size());
  same("a\0b"sv, secret.reveal());
  expect(Secret().empty() && Secret("").empty());
  same("", Secret().reveal());
  expect(Secret(Secret().reveal()).empty());
}

TEST(moving_leaves_nothing_behind) {
  Secret first("hunter2");
  const Secret second(std::move(first));
  expect(first.empty());  // NOLINT(bugprone-use-after-move): that is the question
  same("hunter2", second.reveal());
}

TEST(assigning_takes_the_new_bytes) {
  Secret target("old");
  target = Secret("newer");
  same("newer", target.reveal());
}

TEST(wiping_overwrites_the_memory) {
  std::string text = "hunter2, long enough to live on the heap";
  const char* const memory = text.data();
  const std::size_t size = text.size();
  wipe(text);
  expect(text.empty());
  same(std::string(size, '\0').substr(1), std::string(memory + 1, size - 1));
  char array[] = "hunter2";
  wipe(array, sizeof array);
  same(std::string(sizeof array, '\0'), std::string(array, sizeof array));
}

TEST(compares_all_bytes) {
  expect(equal_constant_time("", ""));
  expect(equal_constant_time("a\0b"sv, "a\0b"sv));
  expect(!equal_constant_time("a\0b"sv, "a\0c"sv));
  expect(!equal_constant_time("abc", "abcd"));
  expect(!equal_constant_time("abc", "xbc"));
  expect(!equal_constant_time("", "a"));
}

}  // namespace
