#include "roomkey/base/form.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    if (text[at] == '+') {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else {
      const char* const first = text.data() + at + 1;
      if (text.size() - at < 3 || std::from_chars(first, first + 2, byte, 16).ptr != first + 2) {
        return std::nullopt;
      }
      decoded += static_cast<char>(byte);
      at += 2;
    }
  }
  return is_utf8(decoded) ? std::optional(std::move(decoded)) : std::nullopt;
}

struct Pair {
  std::string_view name, value;  // still encoded
};

Pair take_pair(std::string_view& rest) {
  const auto pair = rest.substr(0, rest.find('&'));
  rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
  const auto equals = std::min(pair.find('='), pair.size());
  return {pair.substr(0, equals), pair.substr(std::min(pair.size(), equals + 1))};
}

}  // namespace

Result<std::optional<std::string>> query_value(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  while (!query.empty()) {
    const Pair pair = take_pair(query);
    if (decode(pair.name) != name) continue;
    const auto wrong = [&](const char* how) {
      return Error{Code::bad_request, std::string(name) + how};
    };
    if (found) return wrong(" is given more than once");
    found = decode(pair.value);
    if (!found) return wrong(" is not percent-encoded UTF-8");
  }
  return found;
}

bool is_form(std::string_view content_type) {
  constexpr std::string_view kBlanks = " \t";
  auto type = content_type.substr(0, content_type.find(';'));
  type.remove_prefix(std::min(type.find_first_not_of(kBlanks), type.size()));
  type = type.substr(0, type.find_last_not_of(kBlanks) + 1);
  return equals_ignoring_case(type, "application/x-www-form-urlencoded");
}

Result<Form> parse_form(std::string_view form) {
  Form parameters;
  const auto fields = std::count(form.begin(), form.end(), '&') + (form.ends_with('&') ? 0 : 1);
  if (fields > std::ptrdiff_t{kMostFields}) return Error{Code::payload_too_large};
  while (!form.empty()) {
    const Pair pair = take_pair(form);
    auto name = decode(pair.name);
    auto value = decode(pair.value);
    if (!name || !value) {
      return Error{Code::bad_request, "The body is not percent-encoded UTF-8"};
    }
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

}  // namespace roomkey::base
