#include "roomkey/base/csv.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::base;
using namespace roomkey::test;

// Each record as `line:field|field`, then what is wrong as `line!fault`.
std::string read(std::string_view text) {
  CsvReader reader(text);
  std::string result;
  for (std::vector<std::string> fields; reader.next(fields);) {
    result += (result.empty() ? "" : " ") + std::to_string(reader.line()) + ':';
    for (std::size_t i = 0; i < fields.size(); ++i) result += (i == 0 ? "" : "|") + fields[i];
  }
  std::vector<std::string> fields;
  expect(!reader.next(fields), "goes on behind its end");
  if (reader.fault().empty()) same(text.size(), reader.at(), text);
  if (!reader.fault().empty()) {
    result += ' ' + std::to_string(reader.line()) + '!' + std::string(reader.fault());
  }
  return result;
}

TEST(reads_records_whatever_their_line_ends) {
  same("1:a|b 2:c|d", read("a,b\nc,d\n"));
  same("1:a|b 2:c|d", read("a,b\r\nc,d"));
  same("1:a|b 2:c|d", read("a,b\rc,d\r"));
  same("1:a 4:b", read("a\n\r\n\nb\n\n"));
  same("", read(""));
  same("", read("\r\n\n"));
}

TEST(reads_empty_fields) {
  same("1:||", read(",,"));
  same("1:a| 2:|b", read("a,\n,b"));
  same("1:", read("\"\"\n"));
  same("1:|x", read("\"\",x\n"));
}

TEST(reads_quoted_fields_and_counts_the_lines_in_them) {
  same("1:a,b|c\"d 2:e|f", read("\"a,b\",\"c\"\"d\"\ne,f"));
  same("1:a\nb\r\nc|d 4:e", read("\"a\nb\r\nc\",d\ne"));
  same("1:\"|\"\"", read("\"\"\"\",\"\"\"\"\"\""));
  same("1: a |b", read(" a ,b"));
}

TEST(another_separator_leaves_commas_alone) {
  CsvReader reader("a,b;\"c;d\"\n", ';');
  std::vector<std::string> fields;
  expect(reader.next(fields));
  same(2, fields.size());
  same("a,b", fields[0]);
  same("c;d", fields[1]);
}

TEST(stops_for_good_at_a_quote_out_of_place) {
  same("1:a 2!has a quote inside a field that is not in quotes", read("a\nb\"c\nd\n"));
  same("1:a 2!has something between a closing quote and the next separator",
       read("a\n\"b\"c\nd\n"));
  same("1:a 2!has a quote that is opened and never closed", read("a\n\"b\nc\nd"));
  same(" 1!has a quote that is opened and never closed", read("\""));
  same(" 1!has a quote that is opened and never closed", read("\"a\"\""));
}

}  // namespace
