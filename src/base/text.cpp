#include "roomkey/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "roomkey/base/ascii.hpp"

namespace roomkey::base {

namespace {

bool digits_only(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes exactly `width` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width || !digits_only(text.substr(0, width))) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + width, value);
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// What behind the time is taken for an offset.
enum class Offset { rfc3339, exported };

// `Z`, `+hh:mm` or `-hh:mm`, and nothing behind it.
std::optional<std::chrono::minutes> parse_offset(std::string_view text, Offset form) {
  if (form == Offset::exported && take(text, ' ') && (text == "UTC" || text == "GMT")) text = "Z";
  if (text == "Z" || text == "z") return std::chrono::minutes{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, west ? '-' : '+')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (hours && text.empty() && form == Offset::exported) text = ":00";
  if (!hours || (!take(text, ':') && form == Offset::rfc3339)) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::minutes{*hours * 60 + *minutes};
  return west ? -offset : offset;
}

// `hh:mm:ss`, with a fraction that is cut off.
std::optional<std::chrono::seconds> take_clock(std::string_view& text, Offset form) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  const bool whole = minute && take(text, ':');
  if (!minute || (!whole && form == Offset::rfc3339)) return std::nullopt;
  const auto second = whole ? take_digits(text, 2) : 0;
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  if (whole && take(text, '.')) {
    if (!take_digits(text, 1)) return std::nullopt;
    while (take_digits(text, 1)) continue;
  }
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

std::optional<std::chrono::sys_seconds> parse_time(std::string_view text, Offset form) {
  const auto year = take_digits(text, 4);
  if (!year || *year < 1970 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const auto clock = take_clock(text, form);
  const auto offset = parse_offset(text, form);
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!clock || !offset || !date.ok()) return std::nullopt;
  const auto time = std::chrono::sys_days{date} + *clock - *offset;
  constexpr std::chrono::sys_days kYear10000{std::chrono::year{10000} / 1 / 1};
  if (time.time_since_epoch().count() < 0 || time >= kYear10000) return std::nullopt;
  return time;
}

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view text) {
  if (!digits_only(text)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.front() == '0') return std::nullopt;
  return parse_number(text);
}

std::string format_utc(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<std::string> format_utc(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? std::optional(format_utc(*time)) : std::nullopt;
}

std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text) {
  return parse_time(text, Offset::rfc3339);
}

std::optional<std::chrono::sys_seconds> parse_exported_time(std::string_view text) {
  return parse_time(text, Offset::exported);
}

char32_t next_code_point(std::string_view bytes, std::size_t& at) {
  constexpr char32_t kReplacement = 0xFFFD;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > bytes.size()) return kReplacement;
  char32_t point = first & (0x3F >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kReplacement;
    point = (point << 6) | (byte(at + i) & 0x3F);
  }
  const char32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
  if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    return kReplacement;
  }
  at += more;
  return point;
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (static_cast<signed char>(bytes[at]) > 0) {  // ASCII but NUL
      ++at;
      continue;
    }
    const std::size_t start = at;
    const char32_t point = next_code_point(bytes, at);
    if (point == 0 || (point == 0xFFFD && at - start == 1)) return false;
  }
  return true;
}

bool is_line(std::string_view bytes) {
  if (!is_utf8(bytes)) return false;
  for (std::size_t at = 0; at < bytes.size();) {
    const char32_t point = next_code_point(bytes, at);
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
  }
  return true;
}

std::string lower_ascii(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string log_value(std::string_view text) {
  constexpr std::size_t kMostBytes = 200;
  static constexpr char kHex[] = "0123456789abcdef";
  const std::string_view shown = text.substr(0, kMostBytes);
  std::string result;
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') {
      result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      result += c;
    }
  }
  if (shown.size() < text.size()) result += "...";
  const bool plain = !result.empty() && result.find_first_of(" =") == std::string::npos;
  return plain ? result : '"' + result + '"';
}

}  // namespace roomkey::base
