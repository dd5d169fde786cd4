// What a provider's answer says, field by field.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "provider/twilio/sid.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::provider::twilio {

inline constexpr std::size_t kMostText = 512;  // bytes; Twilio's names end at 128 characters

// Reads the fields of an object whose maker is not trusted, and keeps the name of the first that is
// missing or wrong.
class Fields {
 public:
  explicit Fields(const Json::Value& object) : object_(object.isObject() ? object : kNone) {}

  std::string text(const char* key) {
    auto value = base::string_member(object_, key);
    const bool good = value && !value->empty() && value->size() <= kMostText;
    return good ? std::move(*value) : fault<std::string>(key);
  }
  std::string sid(const char* key, std::string_view kind) {
    auto value = text(key);
    return is_sid(value, kind) ? std::move(value) : fault<std::string>(key);
  }
  void must_be(const char* key, std::string_view wanted) {
    if (text(key) != wanted) fault<bool>(key);
  }
  std::chrono::sys_seconds time(const char* key) {
    const auto value = base::parse_utc(text(key));
    return value ? *value : fault<std::chrono::sys_seconds>(key);
  }
  template <typename Status>
  Status status(const std::array<std::string_view, 3>& words) {
    const auto found = std::find(words.begin(), words.end(), text("status"));
    return found != words.end() ? Status(found - words.begin()) : fault<Status>("status");
  }
  std::chrono::seconds span(const char* key) {
    const auto value = base::integer(object_[key]);
    constexpr std::chrono::seconds kMost = std::chrono::days{366};  // no room is open so long
    const bool good = value && *value >= 0 && *value <= kMost.count();
    return good ? std::chrono::seconds{*value} : fault<std::chrono::seconds>(key);
  }
  // Nothing where the field is null or missing; what `read` makes of it otherwise.
  template <typename T>
  std::optional<T> maybe(const char* key, T (Fields::*read)(const char*)) {
    return object_[key].isNull() ? std::nullopt : std::optional<T>((this->*read)(key));
  }

  // Empty where all was well.
  [[nodiscard]] const std::string& bad() const { return bad_; }

 private:
  template <typename T>
  T fault(const char* key) {
    if (bad_.empty()) bad_ = key;
    return T{};
  }

  static inline const Json::Value kNone{Json::objectValue};
  const Json::Value& object_;
  std::string bad_;
};

}  // namespace roomkey::provider::twilio
