#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>

#include "cli/audit/events.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::cli::audit {

namespace {

// RFC 4180. A spreadsheet takes a text that begins so for a formula; with the mark before it, it is
// a text. A text that begins with the mark gets another, so that taking one away is always right.
void append_cell(std::string& line, std::string_view text) {
  const bool marked =
      !text.empty() && std::string_view("=+-@'\t\r").find(text.front()) != text.npos;
  const bool quoted = text.empty() || text.find_first_of(",\"\r\n") != text.npos;
  if (quoted) line += '"';
  if (marked) line += '\'';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  if (quoted) line += '"';
  line += ',';
}

// Where there is nothing, not even quotes.
void append_cell(std::string& line, const std::optional<std::string>& text) {
  text ? append_cell(line, std::string_view(*text)) : line.push_back(',');
}
void append_cell(std::string& line, const std::optional<std::int64_t>& number) {
  if (number) line += std::to_string(*number);
  line += ',';
}
void append_cell(std::string& line, const std::optional<std::chrono::sys_seconds>& time) {
  if (time) line += base::format_utc(*time);
  line += ',';
}

std::string csv_of(const store::AuditEvent& event) {
  std::string line;
  append_cell(line, std::optional(event.id));
  append_cell(line, std::optional(event.at));
  append_cell(line, std::string_view(event.request_id));
  append_cell(line, event.user_id);
  append_cell(line, event.appointment_id);
  append_cell(line, std::string_view(event.action));
  append_cell(line, store::word(event.outcome));
  append_cell(line, event.reason);
  append_cell(line, event.expires_at);
  return line + crypto::to_hex(event.hash) + "\r\n";
}

std::string json_of(const store::AuditEvent& event) {
  return event_json(event).add("hash", crypto::to_hex(event.hash)).text() + '\n';
}

// Standard output, or a new file that is taken away again unless all of it was written.
class Output {
 public:
  explicit Output(const std::string& path) : path_(path) {
    if (path.empty()) return;
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    stream_ = file < 0 ? nullptr : fdopen(file, "w");
  }
  ~Output() {
    if (path_.empty() || stream_ == nullptr) return;
    static_cast<void>(std::fclose(stream_));
    if (!whole_) unlink(path_.c_str());
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }
  void write(std::string_view text) {
    good_ = good_ && std::fwrite(text.data(), 1, text.size(), stream_) == text.size();
  }
  // Whether all of it has reached the file.
  bool finish() {
    good_ = good_ && std::fflush(stream_) == 0;
    if (!path_.empty()) good_ = good_ && fsync(fileno(stream_)) == 0;
    return whole_ = good_;
  }

 private:
  std::string path_;
  FILE* stream_ = stdout;
  bool good_ = true;
  bool whole_ = false;
};

int say_not_open(const std::string& file) {
  const std::string why = file + ": " + std::strerror(errno);
  const std::string closed = may_not_write(file);
  if (closed.empty()) return fail(kFailed, why);
  return fail(kFailed, closed,
              "as root, roomkey works as the store's owner: leave --output out, and have the shell "
              "write the file: > FILE");
}

void say_exported(const Session& session, const std::string& file, std::int64_t events) {
  if (session.json) {
    std::cout << base::JsonObject().add("file", file).add("events", events).text() << '\n';
  } else {
    std::cout << "exported " << file << ": " << base::counted(events, "event") << '\n';
  }
}

}  // namespace

int export_events(Session& session, const Filter& filter_fields, const ExportFields& fields) {
  store::AuditFilter filter;
  if (!read_filter(filter_fields, filter)) return kUsage;
  const bool csv = fields.format.empty() ? !session.json : fields.format == "csv";
  session.database.ready();
  Output output(fields.file);
  if (!output.is_open()) return say_not_open(fields.file);
  if (csv) {
    output.write(
        "id,at,request_id,user_id,appointment_id,action,outcome,reason,expires_at,hash\r\n");
  }
  std::int64_t events = 0;
  store::each_audit_event(session.database, filter, [&](const store::AuditEvent& event) {
    output.write(csv ? csv_of(event) : json_of(event));
    ++events;
  });
  if (!output.finish()) return fail(kFailed, std::string("can't write: ") + std::strerror(errno));
  if (!fields.file.empty()) say_exported(session, fields.file, events);
  return kDone;
}

}  // namespace roomkey::cli::audit
