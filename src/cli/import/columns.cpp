#include "cli/import/columns.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "roomkey/base/csv.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"

namespace roomkey::cli::import {

namespace {

// `Patient ID`, `patient-id` and `PatientId` are patient_id.
std::string plain_name(std::string_view name) {
  std::string plain = base::lower_ascii(base::trimmed(name));
  std::erase_if(plain, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return plain;
}

std::optional<bool> truth(const std::string& text) {
  const std::string word = base::lower_ascii(text);
  const auto is_one_of = [&](std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (is_one_of({"true", "t", "yes", "y", "1"})) return true;
  if (is_one_of({"false", "f", "no", "n", "0"})) return false;
  return std::nullopt;
}

}  // namespace

const Column* find_column(std::string_view name) {
  const std::string plain = plain_name(name);
  const auto is_it = [&](const Column& column) {
    std::size_t at = 0;
    for (const char c : column.name) {
      if (c != '_' && (at == plain.size() || plain[at++] != c)) return false;
    }
    return at == plain.size();
  };
  const auto found = std::find_if(std::begin(kColumns), std::end(kColumns), is_it);
  return found == std::end(kColumns) ? nullptr : found;
}

bool is_empty(std::string_view field) { return base::trimmed(field).empty(); }

bool is_nothing(std::string_view column, std::string_view field) {
  const auto text = base::trimmed(field);
  return text.empty() || text == "\\N" || (text == "NULL" && column != "name");
}

Json::Value typed_field(std::string_view column, std::string_view field) {
  if (is_nothing(column, field)) return {};
  const std::string text(base::trimmed(field));
  if (column == "active") {
    const auto word = truth(text);
    return word ? Json::Value(*word) : Json::Value(text);
  }
  if (column == "appointment_date") {
    const auto time = base::parse_exported_time(text);
    return time ? base::format_utc(*time) : text;
  }
  if (column == "id" || column.ends_with("_id") || column == "duration_minutes") {
    const auto number = column == "video_room_id" ? std::nullopt : base::parse_id(text);
    if (number) return Json::Int64{*number};
  }
  return text;
}

std::optional<char> named_separator(std::string_view text) {
  std::string_view line = base::trimmed(text.substr(0, text.find_first_of("\r\n")));
  if (line.starts_with('"')) line.remove_prefix(1);
  if (!base::equals_ignoring_case(line.substr(0, 4), "sep=")) return std::nullopt;
  const auto named = text.find('=') + 1;
  const char c = named < text.size() ? text[named] : '\0';
  return std::string_view(",;\t|").find(c) == std::string_view::npos ? std::nullopt
                                                                     : std::optional(c);
}

char likely_separator(std::string_view text) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    std::vector<std::string> names;
    base::CsvReader(text, separator).next(names);
    const auto known = std::count_if(names.begin(), names.end(),
                                     [](const auto& name) { return find_column(name) != nullptr; });
    if (known > most) best = separator;
    most = std::max(most, known);
  }
  return best;
}

}  // namespace roomkey::cli::import
