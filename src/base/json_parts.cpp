#include "roomkey/base/json_parts.hpp"

#include <algorithm>

namespace roomkey::base {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Behind the closing quote of the string that begins at `at`; npos where there is none.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at < text.size() ? at + 1 : text.npos;
}

// Behind the value that begins at `at`; npos where a quote or bracket stays open.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    const bool closes = c == ']' || c == '}';
    if (depth == 0 && (closes || c == ',' || kBlanks.find(c) != kBlanks.npos)) return at;
    at = c == '"' ? behind_string(text, at) : at + 1;
    if (at == text.npos) return at;
    if (c == '[' || c == '{') ++depth;
    if (closes) --depth;
    if (depth == 0 && (closes || c == '"')) return at;
  }
  return depth == 0 ? at : text.npos;
}

}  // namespace

JsonParts::JsonParts(std::string_view text) : text_(text) {
  skip_blanks();
  if (take('[')) close_ = ']';
  if (close_ == '\0' && take('{')) close_ = '}';
  if (close_ == '\0') end(false);
}

bool JsonParts::next() {
  if (done_) return false;
  skip_blanks();
  if (take(close_)) {
    skip_blanks();
    return end(at_ == text_.size());
  }
  if (!first_ && !take(',')) return end(false);
  first_ = false;
  skip_blanks();
  return (is_array() || take_key()) && take_part() ? true : end(false);
}

Result<Json::Value> JsonParts::value(int deepest) const {
  if (part_.starts_with('{')) return parse_json(part_, deepest);
  auto wrapped = parse_json('[' + std::string(part_) + ']', deepest + 1);
  if (wrapped && wrapped->size() == 1) return std::move((*wrapped)[0]);
  return wrapped ? Error{Code::bad_request, "not valid JSON"} : std::move(wrapped).error();
}

void JsonParts::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
}

bool JsonParts::take(char wanted) {
  if (at_ == text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

bool JsonParts::take_part() {
  const auto behind = behind_value(text_, at_);
  if (behind == text_.npos || behind == at_) return false;
  part_ = text_.substr(at_, behind - at_);
  at_ = behind;
  return true;
}

bool JsonParts::take_key() {
  if (at_ == text_.size() || text_[at_] != '"' || !take_part()) return false;
  const auto key = value(1);
  if (!key) return false;
  key_ = key->asString();
  skip_blanks();
  if (!take(':')) return false;
  skip_blanks();
  return true;
}

bool JsonParts::end(bool well) {
  done_ = true;
  broken_ = !well;
  return false;
}

}  // namespace roomkey::base
