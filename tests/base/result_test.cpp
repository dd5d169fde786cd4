#include "roomkey/base/result.hpp"

#include <memory>
#include <set>

#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Error;
using roomkey::base::Result;

TEST(holds_either_a_value_or_an_error) {
  const Result<int> value = 7;
  const Result<int> error = Error{Code::too_early, "why"};
  expect(value.has_value() && static_cast<bool>(value));
  same(7, *value);
  expect(!error.has_value() && !static_cast<bool>(error));
  expect(error.error().code == Code::too_early);
  same("why", error.error().detail);
}

TEST(reading_the_side_that_is_not_there_throws) {
  const Result<int> value = 7;
  const Result<int> error = Error{Code::not_found};
  throws<std::bad_variant_access>([&] { static_cast<void>(value.error()); });
  throws<std::bad_variant_access>([&] { static_cast<void>(error.value()); });
}

TEST(moves_a_value_out_that_cannot_be_copied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  same(7, *taken);
}

TEST(every_code_has_a_word_of_its_own) {
  std::set<std::string_view> words;
  for (std::size_t code = 0; code < roomkey::base::kCodeCount; ++code) {
    const auto word = roomkey::base::word(static_cast<Code>(code));
    expect(!word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == word.npos);
    expect(words.insert(word).second, word);
  }
  throws<std::logic_error>([] { (void)word(static_cast<Code>(roomkey::base::kCodeCount)); },
                           "internal_error is not the last: kCodeCount is too small");
}

}  // namespace
