#include "roomkey/config/env_file.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::config {

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && !base::is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return base::is_alphanumeric(c) || c == '_'; });
}

bool is_newline(char c) { return c == '\n' || c == '\r'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || is_newline(c); }

void drop_blanks_at_end(std::string& text) {
  while (!text.empty() && is_blank(text.back())) text.pop_back();
}

// The states of systemd's own reader (parse_env_file), so that a file means the same to both.
class EnvFileReader {
 public:
  using Assign = std::function<void(const Assignment&)>;
  // `longest`: no value has more bytes, so none is moved, and left behind, while it grows.
  EnvFileReader(const Assign& assign, std::size_t longest) : assign_(assign) {
    value_.reserve(longest);
  }
  ~EnvFileReader() { crypto::wipe(value_); }
  EnvFileReader(const EnvFileReader&) = delete;
  EnvFileReader& operator=(const EnvFileReader&) = delete;

  void begin_at(std::size_t position) { position_ = line_begin_ = position; }

  void take(char c) {
    ++position_;
    take_in_state(c);
    if (c != '\n') return;
    ++line_;
    line_begin_ = position_;
  }

  void finish() {
    if (state_ == State::single_quoted || state_ == State::double_quoted ||
        state_ == State::double_quoted_escape) {
      fault(quote_line_, "a quote is not closed");
    } else if (state_ == State::key) {
      end_key_without_value();
    } else if (state_ != State::before_key && state_ != State::comment) {
      end_value();
    }
  }

  [[nodiscard]] const Faults& faults() const { return faults_; }

 private:
  enum class State {
    before_key,
    key,
    before_value,
    value,
    value_escape,
    single_quoted,
    double_quoted,
    double_quoted_escape,
    comment
  };

  void take_in_state(char c) {
    switch (state_) {
      case State::before_key: return take_before_key(c);
      case State::key: return take_key(c);
      case State::before_value: return take_before_value(c);
      case State::value: return take_value(c);
      case State::value_escape: return take_escaped(c, !is_newline(c), State::value);
      case State::single_quoted: return c == '\'' ? go(State::before_value) : append(c);
      case State::double_quoted: return take_double_quoted(c);
      case State::double_quoted_escape:
        if (std::string_view("\"\\`$\n").find(c) == std::string_view::npos) append('\\');
        return take_escaped(c, c != '\n', State::double_quoted);
      case State::comment: return is_newline(c) ? go(State::before_key) : void();
    }
  }

  void take_before_key(char c) {
    if (c == '#' || c == ';') return go(State::comment);
    if (is_blank(c)) return;
    key_ = c;
    key_line_ = line_;
    begin_ = line_begin_;
    go(c == '=' ? State::before_value : State::key);
    if (c == '=') key_.clear();
  }

  void take_key(char c) {
    if (is_newline(c)) return end_key_without_value();
    if (c == '=') return go(State::before_value);
    key_ += c;
  }

  void take_before_value(char c) {
    if (is_newline(c)) return end_value();
    if (c == '\'' || c == '"') {
      quote_line_ = line_;
      return go(c == '"' ? State::double_quoted : State::single_quoted);
    }
    if (c == '\\') return go(State::value_escape);
    if (is_blank(c)) return;
    append(c);
    go(State::value);
  }

  void take_value(char c) {
    if (is_newline(c)) {
      // Of an escaped blank as well: nobody ends a value with one on purpose.
      drop_blanks_at_end(value_);
      return end_value();
    }
    c == '\\' ? go(State::value_escape) : append(c);
  }

  void take_double_quoted(char c) {
    if (c == '"') return go(State::before_value);
    c == '\\' ? go(State::double_quoted_escape) : append(c);
  }

  void take_escaped(char c, bool stays, State then) {
    if (stays) append(c);
    go(then);
  }

  void end_key_without_value() {
    fault(key_line_, "not of the form KEY=VALUE");
    key_.clear();
    go(State::before_key);
  }

  void end_value() {
    drop_blanks_at_end(key_);
    Assignment found{std::move(key_), value_, begin_, position_};
    if (!is_name(found.name)) {
      fault(key_line_, "not of the form KEY=VALUE");
    } else if (!base::is_utf8(found.value)) {
      fault(key_line_, found.name + " is not UTF-8 without NUL");
    } else {
      assign_(found);
    }
    crypto::wipe(found.value);
    crypto::wipe(value_);
    key_.clear();
    go(State::before_key);
  }

  void append(char c) { value_ += c; }
  void go(State next) { state_ = next; }
  void fault(int line, const std::string& why) { faults_.push_back({"", why, line}); }

  const Assign& assign_;
  State state_ = State::before_key;
  std::string key_, value_;
  std::size_t position_ = 0, line_begin_ = 0, begin_ = 0;
  int line_ = 1, key_line_ = 1, quote_line_ = 1;
  Faults faults_;
};

}  // namespace

Faults read_env_file(std::string_view text, const std::function<void(const Assignment&)>& assign) {
  EnvFileReader reader(assign, text.size());
  const std::size_t mark = text.starts_with(base::kByteOrderMark) ? base::kByteOrderMark.size() : 0;
  reader.begin_at(mark);
  for (const char c : text.substr(mark)) reader.take(c);
  reader.finish();
  return reader.faults();
}

}  // namespace roomkey::config
