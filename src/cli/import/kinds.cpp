// Files that are brought by mistake, each by how it begins.

#include <algorithm>

#include "cli/import/reader.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

using namespace std::string_view_literals;

struct Kind {
  std::string_view start;
  const char* why;
};

constexpr const char* kWorkbook =
    "is a workbook (Excel, LibreOffice): save its sheet as CSV UTF-8 and import that";
constexpr const char* kPacked = "is compressed: unpack it and import what is in it";
constexpr const char* kCalendar =
    "is an iCalendar file, which does not say who the people are: export CSV or JSON instead";
constexpr const char* kDump =
    "is a dump of a database: export its users and appointments as CSV instead, such as with "
    "COPY ... TO STDOUT WITH (FORMAT csv, HEADER)";
constexpr const char* kDatabase =
    "is an SQLite database: export its users and appointments as CSV instead (sqlite3 -header "
    "-csv). A backup of roomkey's own store goes back with `roomkey db restore FILE`";

constexpr Kind kBinary[] = {
    {"PK\x03\x04"sv, kPacked},
    {"PK\x05\x06"sv, kPacked},
    {"\x1F\x8B"sv, kPacked},
    {"BZh"sv, kPacked},
    {"\xFD"
     "7zXZ\0"sv,
     kPacked},
    {"\x28\xB5\x2F\xFD"sv, kPacked},
    {"7z\xBC\xAF\x27\x1C"sv, kPacked},
    {"Rar!\x1A\x07"sv, kPacked},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, kWorkbook},
    {"%PDF-"sv, "is a PDF, which is for reading: export CSV or JSON instead"},
    {"SQLite format 3\0"sv, kDatabase},
    {"PGDMP"sv, kDump},
    {"PAR1"sv, "is Parquet: export CSV or JSON instead"},
    {"\xFF\xFE\0\0"sv, "is UTF-32: save it as UTF-8"},
    {"\0\0\xFE\xFF"sv, "is UTF-32: save it as UTF-8"},
};

// In lower case, behind blanks.
constexpr Kind kText[] = {
    {"begin:vcalendar", kCalendar},
    {"begin:vcard", "is a vCard file: export CSV or JSON instead"},
    {"<!doctype html", "is a web page, perhaps a login page: download the export while logged in"},
    {"<html", "is a web page, perhaps a login page: download the export while logged in"},
    {"{\\rtf", "is an RTF document: export CSV or JSON instead"},
    {"msh|", "is an HL7 version 2 message: export CSV, JSON or a FHIR R4 Bundle instead"},
    {"-- ", kDump},
    {"--\n", kDump},
    {"/*", kDump},
    {"create table", kDump},
    {"insert into", kDump},
    {"%yaml", "is YAML: export JSON instead"},
    {"---\n", "is YAML: export JSON instead"},
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

const char* kind_of_xml(std::string_view start) {
  if (has(start, "http://hl7.org/fhir")) {
    return "is FHIR in XML: ask the server for JSON (Accept: application/fhir+json, or "
           "_format=json)";
  }
  if (has(start, "<html")) return kText[2].why;
  if (has(start, "office:spreadsheet")) return kWorkbook;
  return "is XML: export CSV or JSON instead";
}

// The names of a ZIP file's parts stand in it as they are.
const char* kind_of_zip(std::string_view text) {
  const auto start = text.substr(0, 4096);
  const bool workbook = has(start, "[Content_Types].xml") || has(start, "xl/") ||
                        has(start, "vnd.oasis.opendocument");
  return workbook ? kWorkbook : kPacked;
}

}  // namespace

std::string foreign_kind(std::string_view text) {
  for (const auto& [start, why] : kBinary) {
    if (text.starts_with(start)) return start.starts_with("PK") ? kind_of_zip(text) : why;
  }
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return "";
  const std::string start = base::lower_ascii(text.substr(first, 2000));
  for (const auto& kind : kText) {
    if (start.starts_with(kind.start)) return kind.why;
  }
  return start.starts_with('<') ? kind_of_xml(start) : "";
}

}  // namespace roomkey::cli::import
