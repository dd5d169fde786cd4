#include "roomkey/base/csv.hpp"

#include <algorithm>

namespace roomkey::base {

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  while (at_ < text_.size() && at_line_end()) take_line_end();
  if (at_ == text_.size() || !fault_.empty()) return false;
  line_ = next_line_;
  do {
    if (!take_field(fields.emplace_back())) return false;
  } while (at_ < text_.size() && text_[at_] == separator_ && ++at_ > 0);
  if (at_ < text_.size()) take_line_end();
  return true;
}

void CsvReader::take_line_end() {
  at_ += text_.substr(at_, 2) == "\r\n" ? 2 : 1;
  ++next_line_;
}

// Stops before the separator or line end behind the field.
bool CsvReader::take_field(std::string& field) {
  if (at_ < text_.size() && text_[at_] == '"') return take_quoted(field);
  const char ends[] = {separator_, '\r', '\n', '"'};
  const auto end = std::min(text_.find_first_of({ends, sizeof ends}, at_), text_.size());
  field = text_.substr(at_, end - at_);
  at_ = end;
  if (at_ == text_.size() || text_[at_] != '"') return true;
  fault_ = "has a quote inside a field that is not in quotes";
  return false;
}

bool CsvReader::take_quoted(std::string& field) {
  for (++at_;;) {
    const auto quote = text_.find('"', at_);
    if (quote == text_.npos) {
      fault_ = "has a quote that is opened and never closed";
      return false;
    }
    field.append(text_, at_, quote - at_);
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') break;
    field += '"';
    ++at_;
  }
  next_line_ += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
  if (at_ == text_.size() || text_[at_] == separator_ || at_line_end()) return true;
  fault_ = "has something between a closing quote and the next separator";
  return false;
}

}  // namespace roomkey::base
