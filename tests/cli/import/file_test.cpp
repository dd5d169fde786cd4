#include "cli/import/imported.hpp"

namespace {

using namespace roomkey::test;
using namespace std::string_literals;

std::string utf16(const std::string& ascii, bool big) {
  std::string text = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) text += big ? ""s + '\0' + c : ""s + c + '\0';
  return text;
}

TEST(utf_16_with_a_mark_is_read) {
  for (const bool big : {false, true}) {
    same("x", faultless_records(utf16("id\temail\tname\trole\r\n2\ta@b\tx\tpatient\r\n", big))
                  .users.at(0)
                  .record.name);
    same(1, faultless_records(
                utf16(R"({"users":[{"id":2,"email":"a@b","name":"x","role":"patient"}]})", big))
                .users.size());
  }
}

TEST(a_file_of_another_kind_is_named_with_the_cure) {
  const std::pair<std::string, const char*> kinds[] = {
      {"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", "is a workbook"},
      {"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "is a workbook"},
      {"PK\x03\x04....users.csv", "is compressed"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"s, "is a workbook"},
      {"\x1F\x8B\x08\0"s, "is compressed"},
      {"\x28\xB5\x2F\xFD....", "is compressed"},
      {"%PDF-1.7\n", "is a PDF"},
      {"SQLite format 3\0...."s, "is an SQLite database"},
      {"PGDMP\x01", "is a dump of a database"},
      {"--\n-- PostgreSQL database dump\n--\n", "is a dump of a database"},
      {"CREATE TABLE users (id int);\n", "is a dump of a database"},
      {"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "is an iCalendar file"},
      {"\xEF\xBB\xBF"
       "BEGIN:VCALENDAR\r\n",
       "is an iCalendar file"},
      {"BEGIN:VCARD\r\n", "is a vCard file"},
      {"\n<!DOCTYPE html>\n<html>", "is a web page, perhaps a login page"},
      {"<HTML><head>", "is a web page, perhaps a login page"},
      {"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">", "is a web page"},
      {"<Bundle xmlns=\"http://hl7.org/fhir\">", "is FHIR in XML: ask the server for JSON"},
      {"<?xml version=\"1.0\"?><users/>", "is XML"},
      {"MSH|^~\\&|A|B\r", "is an HL7 version 2 message"},
      {"{\\rtf1", "is an RTF document"},
      {"id,name\n1,J\xE4ne\n", "line 2 has the byte 0xE4, perhaps Windows-1252"},
      {"i\0d\0,\0"s, "has the byte 0x00, as UTF-16 without a byte order mark"},
      {"\xFF\xFE\0\0i\0\0\0"s, "is UTF-32"},
      {"", "is empty"},
      {"\xEF\xBB\xBF", "is empty"},
      {"{\"id\":1}\n{\"id\":2}\n", "line 1: has no resourceType"}};
  for (const auto& [text, why] : kinds) {
    const auto records = records_of(text);
    expect(contains(faults_of(records), why), faults_of(records) + " for " + why);
  }
}

}  // namespace
