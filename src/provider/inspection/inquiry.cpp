#include <algorithm>
#include <utility>

#include "roomkey/base/json.hpp"
#include "roomkey/provider/inspection.hpp"

namespace roomkey::provider::inspection {

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

bool Report::faultless() const {
  return std::none_of(findings.begin(), findings.end(), [](const base::Finding& one) {
    return one.level == base::Finding::Level::error;
  });
}

void Inquiry::line(std::string label, std::string value) const {
  report.lines.push_back({std::move(label), std::move(value)});
}

void Inquiry::error(std::string code, std::string text, std::string cure) const {
  report.findings.push_back(
      {base::Finding::Level::error, std::move(code), std::move(text), std::move(cure)});
}

void Inquiry::warning(std::string code, std::string text, std::string cure) const {
  report.findings.push_back(
      {base::Finding::Level::warning, std::move(code), std::move(text), std::move(cure)});
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

void say_unchecked(const Inquiry& inquiry, const std::string& variable) {
  inquiry.line("signature", "not checked");
  inquiry.warning("unchecked", "The signature was not checked: " + variable + " is not set here.",
                  "Inspect the token where the configuration is: roomkey --env-file "
                  "/etc/roomkey/roomkey.env inspect -");
}

}  // namespace roomkey::provider::inspection
