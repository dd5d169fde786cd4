// A test is a sentence: TEST(refuses_before_window_opens) { ... }. It registers itself with CppUnit
// under its file's name. Expectations throw CppUnit's exception and name their own line; `what`
// says which row of a table it was. What can't run on this machine says so by skip().
#pragma once

#include <cppunit/Asserter.h>
#include <cppunit/TestCase.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "roomkey/base/result.hpp"

namespace roomkey::test {

struct Skipped {
  std::string why;
};
inline int skipped_tests = 0;

[[noreturn]] inline void skip(const std::string& why) { throw Skipped{why}; }

class Sentence final : public CppUnit::TestCase {
 public:
  Sentence(const std::string& name, std::function<void()> body)
      : TestCase(name), body_(std::move(body)) {}
  void runTest() override {
    try {
      body_();
    } catch (const Skipped& skipped) {
      ++skipped_tests;
      std::cout << "skip " << getName() << ": " << skipped.why << '\n';
    }
  }

 private:
  std::function<void()> body_;
};

class Registered final : public CppUnit::TestFactory {
 public:
  Registered(std::string_view file, std::string_view sentence, std::function<void()> body)
      : body_(std::move(body)) {
    name_.append(file).append(": ").append(sentence);
    CppUnit::TestFactoryRegistry::getRegistry().registerFactory(this);
  }
  CppUnit::Test* makeTest() override { return new Sentence(name_, body_); }

 private:
  std::string name_;
  std::function<void()> body_;
};

#define TEST(sentence)                                                                          \
  static void sentence();                                                                       \
  static const roomkey::test::Registered registered_##sentence(__FILE__, #sentence, &sentence); \
  static void sentence()

template <typename T>
std::string show(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<int>(value));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    return std::string(std::string_view(value));
  } else if constexpr (requires { value.time_since_epoch(); }) {
    return std::to_string(value.time_since_epoch().count());
  } else if constexpr (requires { value.count(); }) {
    return std::to_string(value.count());
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value() ? show(*value) : "nothing";
  } else {
    std::string list;
    for (const auto& one : value) list += (list.empty() ? "" : " | ") + show(one);
    return '[' + list + ']';
  }
}

// What std::source_location is; Debian 12's clang can't compile that of its own standard library.
struct Where {
  const char* file;
  int line;
};
constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return {file, line};
}

inline void expect(bool truth, std::string_view what = "", Where where = here()) {
  const CppUnit::SourceLine line(where.file, where.line);
  CppUnit::Asserter::failIf(!truth, std::string(what.empty() ? "does not hold" : what), line);
}

template <typename Wanted, typename Got>
void same(const Wanted& wanted, const Got& got, std::string_view what = "", Where where = here()) {
  bool equal = false;
  if constexpr (std::is_integral_v<Wanted> && std::is_integral_v<Got> &&
                !std::is_same_v<Wanted, bool>) {
    equal = std::cmp_equal(wanted, got);
  } else {
    equal = wanted == got;
  }
  if (equal) return;
  expect(false, std::string(what) + "\n  wanted: " + show(wanted) + "\n  got:    " + show(got),
         where);
}

// That the result is a refusal with this code; returns its detail.
template <typename T>
std::string refused(base::Code code, const base::Result<T>& result, std::string_view what = "",
                    Where where = here()) {
  if (result) expect(false, std::string(what) + ": was not refused", where);
  same(base::word(code), base::word(result.error().code), what, where);
  return result.error().detail;
}

// That the result is a value, which is returned.
template <typename T>
T accepted(base::Result<T> result, std::string_view what = "", Where where = here()) {
  if (!result) {
    expect(false,
           std::string(what) + ": refused: " + std::string(word(result.error().code)) + ' ' +
               result.error().detail,
           where);
  }
  return std::move(result).value();
}

// That `work` throws a Fault; returns what it says.
template <typename Fault, typename Work>
std::string throws(Work&& work, std::string_view what = "", Where where = here()) {
  try {
    std::forward<Work>(work)();
  } catch (const Fault& fault) {
    return fault.what();
  }
  expect(false, std::string(what) + ": nothing was thrown", where);
  return {};
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace roomkey::test
