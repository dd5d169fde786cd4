#include "cli/site/practice.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::site {

namespace {

bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7F; }
bool is_visible_ascii(char c) { return c > ' ' && c < 0x7F; }

std::string as_json(std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\'$<>&";
  std::string json = "\"";
  for (const char c : text) {
    if (!is_control(c) && kEscaped.find(c) == kEscaped.npos) {
      json += c;
      continue;
    }
    std::array<char, 8> escape{};
    static_cast<void>(
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned char>(c)));
    json += escape.data();
  }
  return json + '"';
}

// {id} may stand in it, and no other brace.
bool has_other_braces(std::string text) {
  constexpr std::string_view kId = "{id}";
  for (std::size_t at = text.find(kId); at != text.npos; at = text.find(kId)) {
    text.erase(at, kId.size());
  }
  return text.find_first_of("{}") != text.npos;
}

}  // namespace

std::string practice_name_fault(std::string_view name) {
  constexpr std::size_t kLongest = 200;
  if (name.size() > kLongest) return "is longer than 200 bytes";
  if (!base::is_utf8(name)) return "is not UTF-8";
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return "has a line break or another control character in it";
  }
  return "";
}

std::string practice_phone_fault(std::string_view phone) {
  constexpr std::string_view kBetween = " +-/().";
  const auto fits = [&](char c) { return base::is_digit(c) || kBetween.find(c) != kBetween.npos; };
  const auto digits = std::count_if(phone.begin(), phone.end(), base::is_digit);
  if (phone.empty()) return "";
  if (!std::all_of(phone.begin(), phone.end(), fits) || phone.rfind('+') + 1 > 1 || digits < 3 ||
      phone.size() > 40) {
    return "is not a telephone number, such as +49 30 1234567";
  }
  return "";
}

std::string practice_url_fault(std::string_view url) {
  constexpr std::size_t kLongest = 500;
  if (url.empty()) return "";
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return "must begin with https:// or http://";
  if (url.find_first_of("/?#", scheme) == scheme || url.size() == scheme) return "names no host";
  if (!std::all_of(url.begin(), url.end(), is_visible_ascii) || url.size() > kLongest) {
    return "is not an address: blanks and what is not ASCII must be written as %20 and the like";
  }
  if (has_other_braces(std::string(url))) {
    return "may have {id} in it, the appointment's number, and no other brace";
  }
  return "";
}

std::string practice_json(const Practice& practice) {
  return "{\"name\": " + as_json(practice.name) + ", \"phone\": " + as_json(practice.phone) +
         ", \"url\": " + as_json(practice.url) + '}';
}

}  // namespace roomkey::cli::site
