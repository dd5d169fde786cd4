// CSV as in RFC 4180, record by record.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace roomkey::base {

// A field in double quotes may hold separators, line ends and, doubled, quotes. Lines end with LF,
// CRLF or CR; empty ones are passed over. `text` must outlive the reader.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, char separator = ',')
      : text_(text), separator_(separator) {}

  // Reads the next record. False behind the last one, and for good at a quote that is out of place:
  // where the records behind it begin would be a guess.
  bool next(std::vector<std::string>& fields);

  // The line, from 1, on which the record (or what is wrong) began.
  [[nodiscard]] std::size_t line() const { return line_; }
  // What is wrong, for a person; empty where nothing is.
  [[nodiscard]] std::string_view fault() const { return fault_; }
  // How many bytes are read.
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] bool at_line_end() const { return text_[at_] == '\n' || text_[at_] == '\r'; }
  void take_line_end();
  bool take_field(std::string& field);
  bool take_quoted(std::string& field);

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t next_line_ = 1;
  std::size_t line_ = 1;
  std::string_view fault_;
};

}  // namespace roomkey::base
