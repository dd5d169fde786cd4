// Owns the vocabulary of refusals: Code, Error and Result. `base` knows no other room: no HTTP, no
// SQL, no cryptography, no appointment. A function that can refuse returns Result; an exception
// means a broken machine and is caught in two places only, around one request and in main.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace roomkey::base {

// Every way roomkey says no. The word of each (see word()) is what programs read: the `code` of an
// HTTP error, the `reason` of an audit event, the `code` of a log line.
enum class Code {
  authentication_required,
  invalid_token,
  token_expired,
  user_unknown,
  rate_limited,
  permission_denied,
  removed,
  denied,
  waiting,
  guest_not_found,
  guest_elsewhere,
  too_many_guests,
  appointment_not_found,
  room_not_found,
  not_found,
  method_not_allowed,
  appointment_closed,
  too_early,
  too_late,
  no_open_appointment,
  not_telehealth,
  bad_request,
  bad_signature,
  participant_not_found,
  payload_too_large,
  invalid_fields,
  token_failed,
  provider_not_configured,
  provider_unavailable,
  store_unavailable,
  internal_error,  // stays the last
};
inline constexpr std::size_t kCodeCount = static_cast<std::size_t>(Code::internal_error) + 1;

[[nodiscard]] std::string_view word(Code code);

// A span of time open on either side where there is no limit.
struct Window {
  std::optional<std::chrono::sys_seconds> opens_at;
  std::optional<std::chrono::sys_seconds> closes_at;
};

// What is wrong with one field of a record that somebody hands in.
struct FieldFault {
  std::string field;
  std::string why;  // for a person; never quotes the value
};

struct Error {
  Code code;
  // What is wrong, for a person; may be shown to the caller, so never a token, a secret, a file
  // path or SQL. Empty where the code says it all.
  std::string detail = {};
  // Set with too_early and too_late only.
  Window window = {};
  // Set with invalid_fields only: what is wrong, each field once.
  std::vector<FieldFault> fields = {};
  // Set with waiting only.
  std::optional<std::chrono::sys_seconds> waiting_since = {};
  // When to try again, with store_unavailable.
  std::chrono::seconds retry_after{2};
  // What the caller is told instead of `detail`, which is for the log then; a literal.
  std::string_view told = {};
};

// The store or another part of the machine can't do its work now; may pass. what() is fit for a log
// line: no SQL, no file path.
class Unavailable : public std::runtime_error {
 public:
  // What it came from, where that is known: whoever has a cure goes by it, never by the words.
  enum class Cause {
    other,
    missing,         // a file can't be opened
    not_made,        // a new file can't be made
    locked,          // by somebody else, for too long
    disk_full,       // of bytes,
    no_inodes,       // of files,
    quota,           // or of what its owner may have there
    disk_fails,      // or is full, where SQLite can't tell
    disk_read_only,  // the file system
    not_allowed,     // to write
    unreadable,      // no store, or a broken one
    older_schema,
    newer_schema,
    // Of a server that keeps the store:
    no_library,       // the one that speaks to it is not installed
    away,             // it can't be reached, or does not answer in time
    refused,          // the login, or the way that it came
    no_database,      // of that name
    too_many,         // connections
    read_only,        // a standby, most often
    alone,            // it has no synchronous standby
    conflict,         // with another transaction: what failed may be tried once more
    unknown_outcome,  // of a commit: what failed may stand; stays the last
  };
  static constexpr std::size_t kCauseCount = static_cast<std::size_t>(Cause::unknown_outcome) + 1;

  explicit Unavailable(const std::string& what, Cause cause = Cause::other)
      : runtime_error(what), cause_(cause) {}
  [[nodiscard]] Cause cause() const { return cause_; }
  // The server that keeps the store is away or changes its part: that is soon over.
  [[nodiscard]] bool is_servers() const {
    return cause_ == Cause::away || cause_ == Cause::too_many || cause_ == Cause::read_only ||
           cause_ == Cause::alone || cause_ == Cause::conflict || cause_ == Cause::unknown_outcome;
  }

 private:
  Cause cause_;
};

// As metrics have it: "unknown_outcome".
[[nodiscard]] std::string_view word(Unavailable::Cause cause);

// std::expected's names (g++ 12 has no std::expected). Reading the side that isn't there throws
// std::bad_variant_access.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(content_); }
  const T& value() const& { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(content_); }
  Error&& error() && { return std::get<1>(std::move(content_)); }

 private:
  std::variant<T, Error> content_;
};

}  // namespace roomkey::base
