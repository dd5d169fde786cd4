// A large JSON text element by element, so that not all of it is held as values at once: those take
// ten times the room of the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "roomkey/base/json.hpp"

namespace roomkey::base {

// The elements of an array, or the members of an object. `text` must outlive the parts.
class JsonParts {
 public:
  explicit JsonParts(std::string_view text);

  // Moves on to the next part. False behind the last one, and for good where the text is no JSON.
  bool next();

  // The member's key; empty for an element.
  [[nodiscard]] const std::string& key() const { return key_; }
  // The part as it stands. Its quotes and brackets are closed; the rest is value()'s to judge.
  [[nodiscard]] std::string_view text() const { return part_; }
  // The part as a value, see parse_json(); a text or number, too. `deepest` counts from the part.
  [[nodiscard]] Result<Json::Value> value(int deepest) const;

  [[nodiscard]] bool is_array() const { return close_ == ']'; }
  [[nodiscard]] bool is_object() const { return close_ == '}'; }
  [[nodiscard]] bool broken() const { return broken_; }
  // How many bytes are read.
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  void skip_blanks();
  bool take(char wanted);
  bool take_part();
  bool take_key();
  bool end(bool well);

  std::string_view text_;
  std::size_t at_ = 0;
  char close_ = '\0';
  bool first_ = true;
  bool done_ = false;
  bool broken_ = false;
  std::string key_;
  std::string_view part_;
};

}  // namespace roomkey::base
