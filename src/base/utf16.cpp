#include "roomkey/base/utf16.hpp"

namespace roomkey::base {

namespace {

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::optional<ByteOrder> utf16_mark(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return ByteOrder::little;
  return bytes.starts_with("\xFE\xFF") ? std::optional(ByteOrder::big) : std::nullopt;
}

std::optional<std::string> utf8_of_utf16(std::string_view bytes, ByteOrder order) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::string text;
  text.reserve(bytes.size() / 2);
  char32_t high = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    const char32_t unit = order == ByteOrder::big ? first << 8 | second : second << 8 | first;
    const bool low = (unit & 0xFC00) == 0xDC00;
    if (low != (high != 0)) return std::nullopt;
    if ((unit & 0xFC00) == 0xD800) {
      high = unit;
    } else {
      append_utf8(text, low ? 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF) : unit);
      high = 0;
    }
  }
  return high == 0 ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace roomkey::base
