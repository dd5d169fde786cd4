// Text at the borders: ids, times, UTF-8. Everything here takes hostile input and never throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roomkey::base {

// Of UTF-8: some editors put it before the text. It is passed over wherever a file is read.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A decimal id, 1 to 2^63-1: digits only, no sign, no blank, no leading zero.
[[nodiscard]] std::optional<std::int64_t> parse_id(std::string_view text);

// A decimal number without sign, 0 to 2^63-1, leading zeros allowed.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);

// RFC 3339 in UTC with `Z` and whole seconds: 2025-11-16T10:30:00Z.
[[nodiscard]] std::string format_utc(std::chrono::sys_seconds time);
[[nodiscard]] std::optional<std::string> format_utc(
    const std::optional<std::chrono::sys_seconds>& time);

// RFC 3339 (offset `Z` or +hh:mm; a fraction of a second is cut off), years 1970 to 9999. A time
// without an offset is refused: it would be a guess.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

// The same, and as databases write them: seconds may be missing, the offset may be +hh or +hhmm or
// the word UTC or GMT, with a blank before it.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_exported_time(std::string_view text);

// True where the bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL.
[[nodiscard]] bool is_utf8(std::string_view bytes);

// The code point that starts at bytes[at], and moves `at` behind it; U+FFFD and one byte further
// where there is none.
[[nodiscard]] char32_t next_code_point(std::string_view bytes, std::size_t& at);

// True where the bytes are UTF-8 without control characters (Unicode's Cc: below U+0020, U+007F to
// U+009F; terminals obey all of them), so that they fit into a line of a table or a log. The one
// place where foreign text that is shown as it is gets refused.
[[nodiscard]] bool is_line(std::string_view bytes);

[[nodiscard]] std::string lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

// One value of a key=value log line: control bytes, quotes, backslashes and whatever is not ASCII
// as \xHH, quoted where it has a blank, cut at 200 bytes. The one place where foreign text is made
// harmless for logs.
[[nodiscard]] std::string log_value(std::string_view text);

}  // namespace roomkey::base
