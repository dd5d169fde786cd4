#include "roomkey/base/json.hpp"

#include <json/reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

std::unique_ptr<Json::CharReader> make_reader(int deepest) {
  Json::CharReaderBuilder builder;
  Json::CharReaderBuilder::strictMode(&builder.settings_);
  builder["stackLimit"] = deepest;
  return std::unique_ptr<Json::CharReader>(builder.newCharReader());
}

// One for each depth that is asked for: making one takes longer than reading a record.
Json::CharReader& reader_for(int deepest) {
  static std::map<int, std::unique_ptr<Json::CharReader>> readers;
  auto& reader = readers[deepest];
  if (!reader) reader = make_reader(deepest);
  return *reader;
}

void skip_digits(std::string_view& text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
}

// Takes a number off the front (RFC 8259 section 6): no leading zero, no bare sign or point.
bool take_number(std::string_view& text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto take_digits = [&] {
    const auto before = text.size();
    skip_digits(text);
    return text.size() < before;
  };
  const bool zero = text.starts_with('0');
  const auto before = text.size();
  if (!take_digits() || (zero && before - text.size() > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits()) return false;
  }
  if (!text.starts_with('e') && !text.starts_with('E')) return true;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return take_digits();
}

// Takes a string off the front: no control character, no half of a surrogate pair.
bool take_string(std::string_view& text) {
  text.remove_prefix(1);
  for (bool half = false; !text.empty();) {
    const char c = text.front();
    text.remove_prefix(1);
    const bool unit = c == '\\' && text.starts_with('u');
    std::uint16_t value = 0;
    if (unit) {
      const auto end = text.data() + std::min<std::size_t>(text.size(), 5);
      if (std::from_chars(text.data() + 1, end, value, 16).ptr != text.data() + 5) return false;
    }
    const bool low = unit && (value & 0xFC00) == 0xDC00;
    if (low != half) return false;
    if (c == '"') return true;
    if (static_cast<unsigned char>(c) < 0x20) return false;
    half = unit && (value & 0xFC00) == 0xD800;
    if (c == '\\' && !text.empty()) text.remove_prefix(unit ? 5 : 1);
  }
  return false;
}

// False for what jsoncpp lets pass in spite of its strict mode: numbers such as 01, - and +1,
// control characters and halves of surrogate pairs in strings, some comments.
bool is_strict(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    if (c == '"') {
      if (!take_string(text)) return false;
    } else if (c == '-' || is_digit(c)) {
      if (!take_number(text)) return false;
    } else if (c == '/' || c == '+') {
      return false;
    } else {
      text.remove_prefix(1);
    }
  }
  return true;
}

// At least as many as there are members and elements, where it is JSON.
std::size_t count_parts(std::string_view text) {
  std::size_t parts = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') in_string = !in_string;
    if (!in_string && (c == ',' || c == '[' || c == '{')) ++parts;
    if (in_string && c == '\\') ++at;
  }
  return parts;
}

void append_unit(std::string& out, char32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  out +=
      {'\\',           'u', kHex[(unit >> 12) & 15], kHex[(unit >> 8) & 15], kHex[(unit >> 4) & 15],
       kHex[unit & 15]};
}

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

void append_escaped(std::string& out, char32_t point) {
  if (point == '"' || point == '\\') {
    out += {'\\', static_cast<char>(point)};
  } else if (point == '\n') {
    out += "\\n";
  } else if (point < 0x10000) {
    append_unit(out, point);
  } else {
    append_unit(out, 0xD800 + ((point - 0x10000) >> 10));
    append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
  }
}

}  // namespace

Result<Json::Value> parse_json(std::string_view text, int deepest) {
  if (!is_utf8(text)) return Error{Code::bad_request, "not UTF-8 without NUL"};
  if (!is_strict(text)) return Error{Code::bad_request, "not valid JSON"};
  Json::Value value;
  try {
    std::string errors;
    if (!reader_for(deepest).parse(text.data(), text.data() + text.size(), &value, &errors)) {
      // jsoncpp's own words quote the input, which may hold a secret.
      return Error{Code::bad_request, "not valid JSON"};
    }
  } catch (const Json::Exception&) {  // thrown past the stack limit
    return Error{Code::bad_request, "nested too deeply"};
  }
  return value;
}

Result<Json::Value> parse_json_object(std::string_view text, std::size_t most_parts) {
  if (text.size() > most_parts && count_parts(text) > most_parts) {
    return Error{Code::bad_request, "made of too many parts"};
  }
  auto value = parse_json(text);
  if (value && !value->isObject()) return Error{Code::bad_request, "not a JSON object"};
  return value;
}

std::optional<std::string> string_member(const Json::Value& object, const char* key) {
  const Json::Value& member = object[key];
  if (!member.isString()) return std::nullopt;
  return member.asString();
}

std::optional<std::int64_t> integer(const Json::Value& value) {
  const bool whole = value.type() == Json::intValue || value.type() == Json::uintValue;
  if (!whole || !value.isInt64()) return std::nullopt;
  return value.asInt64();
}

std::optional<std::chrono::sys_seconds> numeric_date(const Json::Value& value) {
  constexpr double kYear10000 = 253402300800;
  if (!value.isNumeric()) return std::nullopt;
  // Exact to far less than a second in this range. Written so that NaN is out of it.
  const double seconds = std::floor(value.asDouble());
  if (!(seconds >= 0 && seconds < kYear10000)) return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out.append(text, start, at - start);
    if (at < text.size()) append_escaped(out, next_code_point(text, at));
  }
  out += '"';
}

JsonObject& JsonObject::add_raw(std::string_view key, std::string_view json) {
  if (out_.size() > 1) out_ += ',';
  out_ += '"';
  out_ += key;
  out_ += "\":";
  out_ += json;
  return *this;
}

JsonObject& JsonObject::add(std::string_view key, std::string_view text) {
  add_raw(key, "");
  append_quoted(out_, text);
  return *this;
}

JsonObject& JsonObject::add(std::string_view key, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return add_raw(key, {digits, static_cast<std::size_t>(end - digits)});
}

std::string JsonObject::text() const& {
  std::string whole;
  whole.reserve(out_.size() + 1);
  whole = out_;
  whole += '}';
  return whole;
}

}  // namespace roomkey::base
