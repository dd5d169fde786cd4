// JSON at the borders. Reading is jsoncpp with its strict settings, made stricter; writing is a few
// lines of our own, because tokens are checked byte for byte and so want their members in the order
// in which they are written, in plain ASCII.
#pragma once

#include <json/value.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "roomkey/base/result.hpp"

namespace roomkey::base {

// More parts (members, elements) than a request's body or a token's header has, and few enough
// that reading them costs no more than a token does.
inline constexpr std::size_t kFewParts = 256;

// The object that `text` holds (RFC 8259): UTF-8, no duplicate key at any depth, no comment,
// nothing behind it, no deeper than 16, of at most `most_parts`. bad_request with a sentence
// otherwise. The caller bounds the size.
[[nodiscard]] Result<Json::Value> parse_json_object(
    std::string_view text, std::size_t most_parts = std::string_view::npos);

// The same for a text that holds an object or an array, and no deeper than `deepest`.
[[nodiscard]] Result<Json::Value> parse_json(std::string_view text, int deepest = 16);

// A member that is a string / written as an integer (not 1.0, not 1e3, not "1") that fits; nothing
// where it is missing or of another type.
[[nodiscard]] std::optional<std::string> string_member(const Json::Value& object, const char* key);
[[nodiscard]] std::optional<std::int64_t> integer(const Json::Value& value);
// A NumericDate of RFC 7519 section 2: any JSON number of seconds since 1970 (1763138954.5 and
// 1.763138954e9 as well), rounded down to whole ones. Nothing for what is no number, negative or
// past the year 9999.
[[nodiscard]] std::optional<std::chrono::sys_seconds> numeric_date(const Json::Value& value);

// Appends `text` as a JSON string, plain ASCII: \uXXXX for the rest, U+FFFD for what is not UTF-8.
void append_quoted(std::string& out, std::string_view text);

// An object written member by member. Keys are literals of ours and are not escaped.
class JsonObject {
 public:
  JsonObject() {
    out_.reserve(kUsual);
    out_ += '{';
  }
  JsonObject& add(std::string_view key, std::string_view text);
  JsonObject& add(std::string_view key, const char* text) {
    return add(key, std::string_view(text));
  }
  JsonObject& add(std::string_view key, std::same_as<bool> auto truth) {
    return add_raw(key, truth ? "true" : "false");
  }
  JsonObject& add(std::string_view key, std::int64_t number);
  JsonObject& add(std::string_view key, int number) { return add(key, std::int64_t{number}); }
  // null where there is nothing.
  template <typename T>
  JsonObject& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, *value) : add_raw(key, "null");
  }
  // `json` is JSON already.
  JsonObject& add_raw(std::string_view key, std::string_view json);
  [[nodiscard]] std::string text() const&;
  [[nodiscard]] std::string text() && { return std::move(out_ += '}'); }

 private:
  static constexpr std::size_t kUsual = 1000;  // bytes; an answer with a token has less
  std::string out_;
};

class JsonArray {
 public:
  void add(std::string_view text) {
    add_raw("");
    append_quoted(out_, text);
  }
  // `json` is JSON already.
  void add_raw(std::string_view json) {
    if (out_.size() > 1) out_ += ',';
    out_ += json;
  }
  [[nodiscard]] std::string text() const { return out_ + ']'; }

 private:
  std::string out_ = "[";
};

}  // namespace roomkey::base
