#include "roomkey/base/text.hpp"

#include <limits>

#include "roomkey/base/clock.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
using namespace std::string_view_literals;

TEST(an_id_is_a_decimal_from_1_to_the_largest) {
  same(std::optional<std::int64_t>(1), parse_id("1"));
  same(std::optional<std::int64_t>(kMost), parse_id("9223372036854775807"));
  for (const auto text :
       {""sv, "0"sv, "007"sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "1.0"sv, "1e3"sv, "0x1"sv,
        "9223372036854775808"sv, "99999999999999999999"sv, "1\0"sv, "\u0661"sv, "video"sv}) {
    same(std::optional<std::int64_t>(), parse_id(text), text);
  }
}

TEST(a_number_may_be_zero_and_have_leading_zeros) {
  same(std::optional<std::int64_t>(0), parse_number("0"));
  same(std::optional<std::int64_t>(7), parse_number("007"));
  same(std::optional<std::int64_t>(kMost), parse_number("9223372036854775807"));
  for (const auto text : {"", "-1", "+1", "1.", "9223372036854775808"}) {
    same(std::optional<std::int64_t>(), parse_number(text), text);
  }
}

TEST(writes_and_reads_the_same_time) {
  struct Case {
    std::int64_t seconds;
    std::string_view text;
  };
  for (const auto& [seconds, text] :
       {Case{0, "1970-01-01T00:00:00Z"}, Case{951782399, "2000-02-28T23:59:59Z"},
        Case{951782400, "2000-02-29T00:00:00Z"}, Case{1763283600, "2025-11-16T09:00:00Z"},
        Case{4102444800, "2100-01-01T00:00:00Z"}, Case{253402300799, "9999-12-31T23:59:59Z"}}) {
    same(text, format_utc(from_unix(seconds)));
    same(std::optional(from_unix(seconds)), parse_utc(text), text);
  }
}

TEST(a_time_may_have_an_offset_and_a_fraction) {
  const std::optional nine = from_unix(1763283600);
  for (const auto text :
       {"2025-11-16T09:00:00+00:00", "2025-11-16T10:00:00+01:00", "2025-11-16T03:30:00-05:30",
        "2025-11-17T08:59:00+23:59", "2025-11-16T09:00:00.999999Z", "2025-11-16 09:00:00z",
        "2025-11-16t09:00:00.0-00:00"}) {
    same(nine, parse_utc(text), text);
  }
}

TEST(refuses_times_that_are_a_guess_or_nonsense) {
  for (const auto text : {"",
                          "2025-11-16",
                          "2025-11-16T09:00:00",
                          "2025-11-16T09:00Z",
                          "2025-11-16T9:00:00Z",
                          "2025-11-16T24:00:00Z",
                          "2025-11-16T09:60:00Z",
                          "2025-11-16T09:00:60Z",
                          "2025-02-29T09:00:00Z",
                          "2025-13-01T09:00:00Z",
                          "2025-00-01T09:00:00Z",
                          "2025-11-31T09:00:00Z",
                          "1969-12-31T23:59:59Z",
                          "1970-01-01T00:00:00+00:01",
                          "9999-12-31T23:59:59-00:01",
                          "10000-01-01T00:00:00Z",
                          "2025-11-16T09:00:00.Z",
                          "2025-11-16T09:00:00+1:00",
                          "2025-11-16T09:00:00+01",
                          "2025-11-16T09:00:00+24:00",
                          "2025-11-16T09:00:00+01:60",
                          "2025-11-16T09:00:00Z ",
                          " 2025-11-16T09:00:00Z",
                          "2025-11-16T09:00:00ZZ",
                          "2025/11/16T09:00:00Z",
                          "1763283600"}) {
    same(std::optional<std::chrono::sys_seconds>(), parse_utc(text), text);
  }
}

TEST(utf8_is_told_from_what_only_looks_like_it) {
  for (const auto good : {""sv, "plain"sv, "zo\u00eb"sv, "\u20ac"sv, "\U0001F98A"sv, "\uFFFD"sv,
                          "\xF4\x8F\xBF\xBF"sv}) {
    expect(is_utf8(good), good);
  }
  for (const auto bad :
       {"a\0b"sv, "\xFF"sv, "\x80"sv, "\xC3"sv, "\xC0\xAF"sv, "\xC1\xBF"sv, "\xE0\x80\xAF"sv,
        "\xED\xA0\x80"sv, "\xF0\x80\x80\xAF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv,
        "\xE2\x82"sv, "\xC3("sv, "\xF0\x9F\xA6"sv}) {
    expect(!is_utf8(bad), log_value(bad));
  }
}

TEST(a_line_holds_no_control_character) {
  for (const auto good :
       {""sv, "Zo\u00eb \u20ac"sv, "~"sv, "\u00a0"sv, "\u0100"sv, "\U0001F98A"sv}) {
    expect(is_line(good), log_value(good));
  }
  for (const auto bad : {"a\0b"sv, "a\nb"sv, "\x1b[2J"sv, "\x1f"sv, "\x7f"sv, "a\u0080"sv,
                         "\u0085"sv, "\u009b2J"sv, "\u009f"sv, "\x9b"sv, "a\xff"sv}) {
    expect(!is_line(bad), log_value(bad));
  }
}

TEST(a_broken_byte_is_one_replacement_and_one_step) {
  const std::string_view bytes = "a\xC3(\xF0\x9F\xA6\x8A";
  std::size_t at = 0;
  expect(next_code_point(bytes, at) == U'a' && at == 1);
  expect(next_code_point(bytes, at) == 0xFFFD && at == 2);
  expect(next_code_point(bytes, at) == U'(' && at == 3);
  expect(next_code_point(bytes, at) == 0x1F98A && at == 7);
}

TEST(only_ascii_letters_have_two_cases) {
  same("bearer-\xC3\x84 9", lower_ascii("BeArEr-\xC3\x84 9"));
  expect(equals_ignoring_case("BEARER", "bearer"));
  expect(!equals_ignoring_case("bearer", "bearer "));
  expect(!equals_ignoring_case("[", "{"));
  expect(!equals_ignoring_case("\xC3\x84", "\xC3\xA4"));
}

TEST(a_log_value_can_neither_break_the_line_nor_forge_a_field) {
  same("plain", log_value("plain"));
  same("\"\"", log_value(""));
  same("\"two words\"", log_value("two words"));
  same("\"status=200\"", log_value("status=200"));
  same("a\\x0ab\\x0dc\\x00\\x1b\\x7f", log_value("a\nb\rc\0\x1b\x7f"sv));
  same("\"\\x22 \\x5c\"", log_value("\" \\"));
  same("zo\\xc3\\xab", log_value("zo\u00eb"));
  same(std::string(200, 'a'), log_value(std::string(200, 'a')));
  same(std::string(200, 'a') + "...", log_value(std::string(5000, 'a')));
}

}  // namespace
