#include "roomkey/provider/variables.hpp"

#include <algorithm>

#include "roomkey/base/url.hpp"

namespace roomkey::provider {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_plain(char c) { return c > ' ' && c < 0x7F; }

}  // namespace

std::string pasted_along(std::string_view value) {
  if (value.empty()) return {};
  if (is_quote(value.front()) || is_quote(value.back())) return "has quotes around it";
  if (is_blank(value.front()) || is_blank(value.back())) {
    return "has a blank or a line break before or behind it";
  }
  if (std::any_of(value.begin(), value.end(), is_blank)) return "has a blank in it";
  if (!std::all_of(value.begin(), value.end(), is_plain)) {
    return "has a character in it that can't be there, perhaps one that is not seen";
  }
  return value.find('=') == value.npos ? "" : "has a = in it: its name was pasted along";
}

std::string base_url(Values& values, const std::string& name, const std::string& otherwise) {
  std::string url = values.text(name, otherwise);
  while (url.ends_with('/')) url.pop_back();
  if (!base::is_https_or_local(url) || url.find('?') != url.npos) {
    values.fault(name, "must be https://host, or http:// to this machine, without password or ?");
  }
  return url;
}

}  // namespace roomkey::provider
