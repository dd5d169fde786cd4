#include "roomkey/base/unseen.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

struct Range {
  char32_t first, last;
  bool in_names = false;
};

constexpr Range kUnseen[] = {
    {0xA0, 0xA0, true},       {0xAD, 0xAD},           {0x34F, 0x34F, true},
    {0x61C, 0x61C},           {0x115F, 0x1160, true}, {0x1680, 0x1680},
    {0x17B4, 0x17B5, true},   {0x180B, 0x180F, true}, {0x2000, 0x200B},
    {0x200C, 0x200D, true},   {0x200E, 0x200F},       {0x2028, 0x202E},
    {0x202F, 0x202F, true},   {0x205F, 0x206F},       {0x2800, 0x2800},
    {0x3000, 0x3000, true},   {0x3164, 0x3164, true}, {0xFE00, 0xFE0F, true},
    {0xFEFF, 0xFEFF},         {0xFFA0, 0xFFA0, true}, {0xFFF0, 0xFFFB},
    {0x1BCA0, 0x1BCA3},       {0x1D173, 0x1D17A},     {0xE0000, 0xE00FF},
    {0xE0100, 0xE01EF, true}, {0xE01F0, 0xE0FFF},
};

const Range* find_range(char32_t point) {
  const auto found = std::find_if(std::begin(kUnseen), std::end(kUnseen),
                                  [&](const Range& one) { return point <= one.last; });
  return found != std::end(kUnseen) && point >= found->first ? found : nullptr;
}

bool is_margin(char32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || is_unseen(point);
}

// Where the character that ends before `end` begins.
std::size_t start_of_last(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

}  // namespace

bool is_unseen(char32_t point) { return point >= 0xA0 && find_range(point) != nullptr; }

bool is_unseen_in_a_name(char32_t point) {
  return is_unseen(point) && !find_range(point)->in_names;
}

std::optional<char32_t> find_unseen(std::string_view text, bool (*unseen)(char32_t)) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = next_code_point(text, at);
    if (unseen(point)) return point;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  for (std::size_t at = 0; !text.empty() && is_margin(next_code_point(text, at)); at = 0) {
    text.remove_prefix(at);
  }
  while (!text.empty()) {
    const auto start = start_of_last(text, text.size());
    std::size_t at = start;
    if (!is_margin(next_code_point(text, at)) || at != text.size()) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

std::string code_point_name(char32_t point) {
  std::array<char, 16> text{};
  static_cast<void>(
      std::snprintf(text.data(), text.size(), "U+%04X", static_cast<unsigned>(point)));
  return text.data();
}

}  // namespace roomkey::base
