#include "roomkey/base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

// sd-daemon(3)'s priorities; a custom flag, because spdlog has no such thing.
class Priority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const char digit = message.level >= spdlog::level::err    ? '3'
                       : message.level == spdlog::level::warn ? '4'
                       : message.level == spdlog::level::info ? '6'
                                                              : '7';
    out.push_back('<');
    out.push_back(digit);
    out.push_back('>');
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<Priority>();
  }
};

// Standard error, which has no buffer of its own: one write for what was kept.
class StandardError final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    formatter_->format(message, kept_);
  }
  void flush_() override {
    static_cast<void>(std::fwrite(kept_.data(), 1, kept_.size(), stderr));
    kept_.clear();
  }
  spdlog::memory_buf_t kept_;
};

void log_now(spdlog::level::level_enum level, std::string_view line) {
  spdlog::default_logger_raw()->log(level, "{}", line);
  flush_log();
}

// A flood of those who ask too often is not to become a flood of lines: one a second tells of it.
bool is_told_already(const RequestLine& line) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point next;
  if (line.status != 429) return false;
  const auto now = Clock::now();
  if (now < next) return true;
  next = now + std::chrono::seconds{1};
  return false;
}

std::string id_text(const std::optional<std::int64_t>& id) {
  return id ? std::to_string(*id) : "-";
}

}  // namespace

bool is_log_level(std::string_view level) {
  constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};
  return std::find(kLevels.begin(), kLevels.end(), level) != kLevels.end();
}

void set_up_log(std::string_view level) {
  auto formatter =
      std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  formatter->add_flag<Priority>('*').set_pattern(journal ? "%*%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v");
  auto logger = std::make_shared<spdlog::logger>("roomkey", std::make_shared<StandardError>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

void log_request(const RequestLine& line) {
  const auto level = line.status == 502   ? spdlog::level::warn
                     : line.status >= 500 ? spdlog::level::err
                                          : spdlog::level::info;
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(level) || is_told_already(line)) return;
  logger->log(level,
              "request_id={} user_id={} appointment_id={} route={} method={} status={} code={} "
              "duration_us={}{}{}",
              log_value(line.request_id), id_text(line.user_id), id_text(line.appointment_id),
              line.route, log_value(line.method), line.status, line.code, line.duration.count(),
              line.fault.empty() ? "" : " fault=", line.fault.empty() ? "" : log_value(line.fault));
}

void flush_log() { spdlog::default_logger_raw()->flush(); }

void log_info(std::string_view line) { log_now(spdlog::level::info, line); }
void log_warn(std::string_view line) { log_now(spdlog::level::warn, line); }
void log_error(std::string_view line) { log_now(spdlog::level::err, line); }

}  // namespace roomkey::base
