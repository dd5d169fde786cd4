#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/config/env_file.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::config {

namespace {

using Values = std::map<std::string, std::string>;

Values values_of(std::string_view text) {
  Values values;
  static_cast<void>(
      read_env_file(text, [&](const Assignment& found) { values[found.name] = found.value; }));
  return values;
}

void wipe_all(Values& values) {
  for (auto& [name, value] : values) crypto::wipe(value);
}

// Bare where a shell would take it so as well, else in double quotes.
std::string in_quotes(std::string_view value) {
  const auto plain = [](char c) {
    return base::is_alphanumeric(c) ||
           std::string_view("_./:@%+,=-").find(c) != std::string_view::npos;
  };
  if (std::all_of(value.begin(), value.end(), plain)) return std::string(value);
  std::string text = "\"";
  for (const char c : value) {
    if (std::string_view("\"\\`$").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text + '"';
}

struct Span {
  std::size_t begin, end;
};

// Where the variable is assigned, and where all others are.
struct Found {
  std::vector<Span> own, all;
};

Found find(const std::string& text, const std::string& name) {
  Found found;
  static_cast<void>(read_env_file(text, [&](const Assignment& one) {
    const bool crlf = text[one.end - 1] == '\r' && text[one.end] == '\n';
    found.all.push_back({one.begin, one.end + (crlf ? 1 : 0)});
    if (one.name == name) found.own.push_back(found.all.back());
  }));
  return found;
}

// Behind the last comment that shows the variable, such as `#NAME=...` or `# NAME=...`; nothing
// where there is none. A line inside a quoted value is no comment.
std::optional<std::size_t> behind_comment(const std::string& text, const std::string& name,
                                          const std::vector<Span>& assignments) {
  std::optional<std::size_t> place;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line(text.data() + at, end - at);
    const bool assigned = std::any_of(assignments.begin(), assignments.end(), [&](const Span& one) {
      return at >= one.begin && at < one.end;
    });
    if (assigned || line[0] != '#') continue;
    line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    if (line.starts_with(name + '=')) place = end;
  }
  return place;
}

void insert(std::string& text, std::size_t at, std::string line) {
  if (at > 0 && text[at - 1] != '\n') line.insert(0, 1, '\n');
  text.insert(at, line);
}

// Systemd takes the last of several assignments, so that one is changed and the others go.
void change(std::string& text, const std::string& name, const std::optional<std::string>& value) {
  const Found found = find(text, name);
  const std::string line = value ? name + '=' + in_quotes(*value) + '\n' : "";
  if (found.own.empty()) {
    if (value) insert(text, behind_comment(text, name, found.all).value_or(text.size()), line);
    return;
  }
  for (auto own = found.own.rbegin(); own != found.own.rend(); ++own) {
    const std::string& in_place = own == found.own.rbegin() ? line : std::string();
    text.replace(own->begin, own->end - own->begin, in_place);
  }
}

base::Error refused(std::string why) { return {base::Code::bad_request, std::move(why)}; }

}  // namespace

base::Result<std::string> edit_env_file(std::string text, const EnvChanges& changes) {
  for (const auto& fault : read_env_file(text, [](const Assignment&) {})) {
    return refused(fault.text());
  }
  Values wanted = values_of(text);
  for (const auto& [name, value] : changes) {
    if (value == (wanted.contains(name) ? std::optional(wanted[name]) : std::nullopt)) continue;
    value ? void(wanted[name] = *value) : void(wanted.erase(name));
    change(text, name, value);
  }
  Values got = values_of(text);
  const bool right = got == wanted;
  wipe_all(got);
  wipe_all(wanted);
  if (!right) return refused("can't be changed without changing what else stands in it");
  return text;
}

std::string env_value_fault(std::string_view value) {
  const auto control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), control)) {
    return "has a line break or another control character in it";
  }
  return base::is_utf8(value) ? "" : "is not UTF-8";
}

}  // namespace roomkey::config
