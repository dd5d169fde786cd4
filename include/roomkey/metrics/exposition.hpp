// Prometheus's text format, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace roomkey::metrics {

inline constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

// Written family by family: each begins with family(), and its samples follow.
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Names and help are literals of ours: [a-z_]+, one line without backslash.
  void family(std::string_view name, std::string_view type, std::string_view help);
  // `suffix` for the parts of a histogram: "_bucket", "_sum", "_count".
  void sample(Labels labels, std::string_view value, std::string_view suffix = "");
  void sample(Labels labels, std::uint64_t value, std::string_view suffix = "") {
    sample(labels, std::string_view(std::to_string(value)), suffix);
  }
  // A family with one sample and no labels.
  void gauge(std::string_view name, std::string_view help, std::int64_t value);

  // A line for people, which programs pass over.
  void remark(std::string_view text);

  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  std::string out_;
  std::string name_;
};

// Nanoseconds in seconds, to the last digit: "1.000000250".
[[nodiscard]] std::string seconds_of(std::uint64_t nanoseconds);

}  // namespace roomkey::metrics
