// From bytes to one of the formats.

#include <algorithm>

#include "cli/import/reader.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/utf16.hpp"

namespace roomkey::cli::import {

namespace {

constexpr std::string_view kBundle = "\"Bundle\"";

// Such as "Bundle", in its quotes; empty where this is no FHIR.
std::string_view resource_type(std::string_view text) {
  base::JsonParts members(text);
  while (members.next()) {
    if (members.key() == "resourceType") return members.text();
  }
  return {};
}

// Objects, one a line (NDJSON), or a single one in a line of its own.
bool is_lines(std::string_view text) {
  const auto end = text.find('\n');
  const auto next = end == text.npos ? end : text.find_first_not_of(" \t\r\n", end);
  if (next == text.npos) {
    const auto type = resource_type(text);
    return !type.empty() && type != kBundle;
  }
  base::JsonParts members(text.substr(0, end));
  while (members.next()) continue;
  return text[next] == '{' && !members.broken();
}

std::string hex(unsigned char byte) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  return {'0', 'x', kHex[byte >> 4], kHex[byte & 15]};
}

// Where the first byte is that belongs to no UTF-8 text.
std::size_t first_wrong_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    const char32_t point = base::next_code_point(text, at);
    if (point == 0 || (point == 0xFFFD && at - start == 1)) return start;
  }
  return text.size();
}

void say_not_utf8(const ImportFile& file, Records& records) {
  const auto at = first_wrong_byte(file.text);
  const auto line =
      1 + std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const auto byte = static_cast<unsigned char>(file.text[at]);
  const std::string where =
      "is not UTF-8: line " + std::to_string(line) + " has the byte " + hex(byte);
  records.fault(file.name,
                byte == 0 ? where + ", as UTF-16 without a byte order mark has: save it as UTF-8"
                          : where +
                                ", perhaps Windows-1252 or another code page: save it as UTF-8 "
                                "(Excel: CSV UTF-8), or "
                                "iconv -f WINDOWS-1252 -t UTF-8 FILE");
}

// False where it could not be.
bool turn_into_utf8(ImportFile& file, Records& records) {
  if (const auto order = base::utf16_mark(file.text)) {
    auto text = base::utf8_of_utf16(file.text, *order);
    if (!text) {
      records.fault(file.name,
                    "is UTF-16 with something cut off or out of place: save it as UTF-8");
      return false;
    }
    file.text = std::move(*text);
  }
  if (file.text.starts_with(base::kByteOrderMark)) file.text.erase(0, base::kByteOrderMark.size());
  if (base::is_utf8(file.text)) return true;
  say_not_utf8(file, records);
  return false;
}

}  // namespace

void read_import(ImportFile& file, Records& records) {
  const std::string kind = foreign_kind(file.text);
  if (!kind.empty()) return records.fault(file.name, kind);
  if (!turn_into_utf8(file, records)) return;
  const std::string behind_mark = foreign_kind(file.text);
  if (!behind_mark.empty()) return records.fault(file.name, behind_mark);
  const auto first = file.text.find_first_not_of(" \t\r\n");
  if (first == file.text.npos) return records.fault(file.name, "is empty");
  if (file.text[first] == '[') return read_django_import(file, records);
  if (file.text[first] != '{') return read_csv_import(file, records);
  const std::string_view text = std::string_view(file.text).substr(first);
  if (is_lines(text)) return read_fhir_lines(file, records);
  (resource_type(text).empty() ? read_json_import : read_fhir_import)(file, records);
}

}  // namespace roomkey::cli::import
