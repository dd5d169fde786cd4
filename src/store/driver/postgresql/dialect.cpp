#include "store/driver/postgresql/dialect.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kWords{{
    {"group_concat(user_id)", "string_agg(user_id::text, ',')"},
    {"1 + max(?1 - 1,", "1 + greatest(?1 - 1,"},  // of several values, not of several rows
}};

std::string with_words(std::string_view sql) {
  std::string text(sql);
  for (const auto& [theirs, ours] : kWords) {
    for (auto at = text.find(theirs); at != text.npos; at = text.find(theirs, at + ours.size())) {
      text.replace(at, theirs.size(), ours);
    }
  }
  return text;
}

}  // namespace

std::string translated(std::string_view sql) {
  std::string text;
  int next = 0;
  bool quoted = false;
  const std::string words = with_words(sql);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const char c = words[i];
    if (c == '\'') quoted = !quoted;
    text += c == '?' && !quoted ? '$' : c;
    const bool numbered = i + 1 < words.size() && base::is_digit(words[i + 1]);
    if (c == '?' && !quoted && !numbered) text += std::to_string(++next);
  }
  return text;
}

std::string with_nulls(std::string_view sql, const std::vector<std::size_t>& places) {
  std::string text;
  while (!sql.empty()) {
    const auto end = std::min(sql.find('$'), sql.size());
    text += sql.substr(0, end);
    sql.remove_prefix(end);
    if (sql.empty()) break;
    std::size_t digits = 1;
    while (digits < sql.size() && base::is_digit(sql[digits])) ++digits;
    const auto place = base::parse_number(sql.substr(1, digits - 1));
    const bool null = place && std::find(places.begin(), places.end(),
                                         static_cast<std::size_t>(*place)) != places.end();
    text += null ? "NULL" : sql.substr(0, digits);
    sql.remove_prefix(digits);
  }
  return text;
}

}  // namespace roomkey::store::driver::postgresql
