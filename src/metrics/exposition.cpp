#include "roomkey/metrics/exposition.hpp"

namespace roomkey::metrics {

namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  out_.append("# HELP ").append(name).append(" ").append(help);
  out_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::sample(Labels labels, std::string_view value, std::string_view suffix) {
  out_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [label, content] : labels) {
    out_ += before;
    out_.append(label).append("=\"");
    append_escaped(out_, content);
    out_ += '"';
    before = ',';
  }
  if (before == ',') out_ += '}';
  out_.append(" ").append(value).append("\n");
}

void Exposition::gauge(std::string_view name, std::string_view help, std::int64_t value) {
  family(name, "gauge", help);
  sample({}, std::string_view(std::to_string(value)));
}

void Exposition::remark(std::string_view text) {
  out_ += "# remark: ";
  append_escaped(out_, text);
  out_ += '\n';
}

std::string seconds_of(std::uint64_t nanoseconds) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const std::string fraction = std::to_string(kSecond + nanoseconds % kSecond);
  return std::to_string(nanoseconds / kSecond) + '.' + fraction.substr(1);
}

}  // namespace roomkey::metrics
