// The log: one line an event on standard error, key=value, by spdlog. Foreign text goes through
// log_value(); tokens, secrets and Authorization headers never come here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace roomkey::base {

// trace, debug, info, warn or error.
[[nodiscard]] bool is_log_level(std::string_view level);

// Time (UTC), level and line; under systemd the line alone behind its <priority>, since the journal
// adds the time.
void set_up_log(std::string_view level);

struct RequestLine {
  std::string_view request_id;
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> appointment_id;
  std::string_view route;
  std::string_view method;
  int status;
  std::string_view code;   // "-" where all went well
  std::string_view fault;  // why, where code doesn't say it all; may be empty
  std::chrono::microseconds duration;
};

// error for 5xx, but warn for a 502, which is the provider's fault; info otherwise. Of 429s one a
// second. Kept until flush_log(), or the next line of another kind: a write of its own for each is
// a tenth of a request's system calls.
void log_request(const RequestLine& line);

// Writes what log_request() kept; before the answers that it tells of leave.
void flush_log();

void log_info(std::string_view line);
void log_warn(std::string_view line);
void log_error(std::string_view line);

}  // namespace roomkey::base
