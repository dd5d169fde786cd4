#include "roomkey/access/meeting_url.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/url.hpp"

namespace roomkey::access {

namespace {

// Takes what is before the next brace off the front.
std::string_view take_plain(std::string_view& rest) {
  const auto plain = rest.substr(0, rest.find_first_of("{}"));
  rest.remove_prefix(plain.size());
  return plain;
}

// Takes a placeholder with its braces off the front; returns its name.
std::string_view take_placeholder(std::string_view& rest) {
  const auto name = rest.substr(1, rest.find('}') - 1);
  rest.remove_prefix(name.size() + 2);
  return name;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_letter(c) || c == '_';
  });
}

std::string placeholder_fault(std::string_view rest) {
  for (take_plain(rest); !rest.empty(); take_plain(rest)) {
    const auto end = rest.find_first_of("{}", 1);
    if (rest.front() == '}' || end == rest.npos || rest[end] == '{') {
      return "has a brace without its other half";
    }
    const auto name = take_placeholder(rest);
    if (name == "id" || name == "room") continue;
    const std::string shown = is_word(name) ? '{' + std::string(name) + '}' : "one placeholder";
    return shown + " is not known: only {id} and {room} are filled in";
  }
  return "";
}

bool may_stand_in_an_address(char c) {
  return c > ' ' && c < 0x7F && std::string_view("\"<>\\^`|").find(c) == std::string_view::npos;
}

}  // namespace

std::string meeting_url_fault(std::string_view pattern) {
  if (!pattern.starts_with("https://") && !pattern.starts_with("http://")) {
    return "must begin with https:// or http://";
  }
  if (!std::all_of(pattern.begin(), pattern.end(), may_stand_in_an_address)) {
    return "has a character that can't be in an address: write it as %20 or the like";
  }
  if (!base::is_web_address(pattern)) {
    return "must have a plain host behind the //, without password or placeholder";
  }
  return placeholder_fault(pattern);
}

std::string meeting_url(std::string_view pattern, std::int64_t id, std::string_view room) {
  std::string url(take_plain(pattern));
  while (!pattern.empty()) {
    const bool is_id = take_placeholder(pattern) == "id";
    url += is_id ? std::to_string(id) : base::percent_encoded(room);
    url += take_plain(pattern);
  }
  return url;
}

}  // namespace roomkey::access
