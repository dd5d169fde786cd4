#include "inspect_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::cli {

namespace {

// At most so many bytes of what a stranger wrote, cut between two characters.
std::string clipped(const std::string& text) {
  constexpr std::size_t kMost = 200;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

void Inquiry::line(std::string label, std::string value) const {
  report.lines.push_back({std::move(label), std::move(value)});
}

void Inquiry::error(std::string code, std::string text, std::string cure) const {
  report.findings.push_back(
      {Report::Severity::error, std::move(code), std::move(text), std::move(cure)});
}

void Inquiry::warning(std::string code, std::string text, std::string cure) const {
  report.findings.push_back(
      {Report::Severity::warning, std::move(code), std::move(text), std::move(cure)});
}

const Json::Value& member(const Json::Value& object, const char* key) {
  return object.isObject() ? object[key] : Json::Value::nullSingleton();
}

std::string text_at(const Json::Value& object, const char* key) {
  const Json::Value& value = member(object, key);
  return value.isString() ? value.asString() : std::string();
}

std::string shown(const Json::Value& object, const char* key) {
  const Json::Value& value = member(object, key);
  if (value.isString()) return value.asString().empty() ? "(empty)" : clipped(value.asString());
  if (value.isBool()) return value.asBool() ? "true" : "false";
  if (const auto number = base::integer(value)) return std::to_string(*number);
  if (value.isNumeric()) return "(a number that is too big or not whole)";
  if (value.isArray()) return "(a list)";
  if (value.isObject()) return "(an object)";
  return object.isObject() && object.isMember(key) ? "(null)" : "(missing)";
}

std::string said(const Json::Value& object, const char* key) {
  return object.isObject() && object.isMember(key) ? shown(object, key) : "missing";
}

std::string other_names(const Json::Value& object, const std::vector<std::string_view>& known) {
  std::string names;
  if (!object.isObject()) return names;
  for (const auto& name : object.getMemberNames()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  return clipped(names);
}

std::string plain(std::string_view text) {
  std::string quoted;
  base::append_quoted(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string shown_list(const Json::Value& object, const char* key) {
  constexpr Json::ArrayIndex kMost = 10;
  const Json::Value& list = member(object, key);
  if (!list.isArray()) return shown(object, key);
  if (list.empty()) return "(an empty list)";
  std::string text;
  Json::Value one(Json::objectValue);
  for (Json::ArrayIndex i = 0; i < std::min(list.size(), kMost); ++i) {
    one[key] = list[i];
    text += (i == 0 ? "" : ", ") + shown(one, key);
  }
  if (list.size() > kMost) text += ", and " + std::to_string(list.size() - kMost) + " more";
  return text;
}

bool is_sid(std::string_view text, std::string_view kind) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return text.size() == 34 && text.starts_with(kind) &&
         text.find_first_not_of(kHex, 2) == text.npos;
}

std::string masked_sid(const std::string& text) {
  if (is_sid(text, "AC") || is_sid(text, "SK")) {
    return text.substr(0, 6) + "..." + text.substr(text.size() - 4);
  }
  const bool known = text.starts_with("AC") || text.starts_with("SK");
  return (known ? text.substr(0, 2) + "..., which is no SID: " : "no SID: ") +
         base::counted(static_cast<std::int64_t>(text.size()), "character");
}

bool has_signalling(std::string_view region) {
  static constexpr std::array<std::string_view, 10> kRegions{"au1", "br1", "de1", "gll", "ie1",
                                                             "in1", "jp1", "sg1", "us1", "us2"};
  return std::find(kRegions.begin(), kRegions.end(), region) != kRegions.end();
}

std::string in_words(std::chrono::seconds span) {
  static constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits{
      {{86400, " day"}, {3600, " hour"}, {60, " minute"}, {1, " second"}}};
  std::string words;
  std::int64_t left = span.count();
  // The biggest unit and the one below it.
  for (std::size_t i = 0, said = 0; i < kUnits.size() && said < 2; ++i) {
    const std::int64_t count = left / kUnits[i].first;
    left %= kUnits[i].first;
    if (count == 0 && said == 0) continue;
    ++said;
    if (count == 0) continue;
    words += (words.empty() ? "" : " ") + std::to_string(count) + kUnits[i].second;
    if (count > 1) words += 's';
  }
  return words.empty() ? "0 seconds" : words;
}

std::string relative(std::chrono::sys_seconds time, std::chrono::sys_seconds now) {
  if (time == now) return "now";
  return time > now ? "in " + in_words(time - now) : in_words(now - time) + " ago";
}

void say_unchecked(const Inquiry& inquiry, const std::string& variable) {
  inquiry.line("signature", "not checked");
  inquiry.warning("unchecked", "The signature was not checked: " + variable + " is not set here.",
                  "Inspect the token where the configuration is: roomkey --env-file "
                  "/etc/roomkey/roomkey.env inspect -");
}

}  // namespace roomkey::cli
