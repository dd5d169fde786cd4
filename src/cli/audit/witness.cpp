// The audit's head, told to a witness: a file on another file system, or an address.
#include "roomkey/store/witness.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/audit/commands.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/store/files.hpp"

namespace roomkey::cli::audit {

namespace {

constexpr std::chrono::seconds kDeadline{10};

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

// Whether its last line has no end: it was cut off on its way.
bool is_cut(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(-1, std::ios::end);
  const int last = file.get();
  return last != std::ifstream::traits_type::eof() && last != '\n';
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  return true;
}

// Adds the line, or puts it in the place of all that was there, whole and on the disk when this
// returns. Why not; empty where it did.
std::string write_line(const std::string& path, const std::string& line, bool append) {
  const std::string text = (append && is_cut(path) ? "\n" : "") + line + '\n';
  const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
  const Descriptor file{open(path.c_str(), flags, 0600)};
  if (file.number < 0 || !write_all(file.number, text) || fsync(file.number) != 0) {
    return std::string("can't write: ") + std::strerror(errno);
  }
  return {};
}

std::optional<store::Witnessed> last_of(const std::string& path) {
  constexpr std::streamoff kMost = 4096;  // more than a line has
  std::ifstream file(path, std::ios::binary);
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kMost));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string_view lines = text;
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  const auto start = lines.rfind('\n');
  return store::read_witnessed(start == lines.npos ? lines : lines.substr(start + 1));
}

std::string post_line(const std::string& url, const std::string& line) {
  provider::Https::Settings settings;
  settings.headers.emplace_back("Content-Type: application/json");
  provider::Https https(std::move(settings));
  const auto answer = https.post(url, line + '\n', std::chrono::steady_clock::now() + kDeadline);
  if (!answer) return answer.error().detail;
  if (answer->status >= 200 && answer->status < 300) return {};
  return "it answered " + std::to_string(answer->status);
}

// What was sent last to an address is kept beside the store; where a server has that, in the
// unit's own folder (systemd.exec(5), StateDirectory=). Empty where there is neither.
std::string told_last(const Session& session) {
  if (const auto* const files = session.database.files()) {
    return files->paths(session.database).front() + ".witnessed";
  }
  const char* const folder = std::getenv("STATE_DIRECTORY");
  return folder == nullptr || *folder == 0 ? "" : std::string(folder) + "/audit.witnessed";
}

// Where somebody wrote the audit anew, this is the first to see it.
void warn_of(store::Database& database, const store::Witnessed& before) {
  const auto standing = store::standing_of(database, before);
  if (standing == store::Standing::there || standing == store::Standing::removed) return;
  std::cerr << "roomkey: error: event " << before.event
            << ", which the witness knows, is not in the audit any more\n"
               "roomkey: hint: restored from a backup, or written anew by somebody: see `roomkey "
               "audit verify --against FILE`\n";
}

}  // namespace

int witness(Session& session) {
  const std::string& sink = session.config.audit_sink;
  if (sink.empty()) {
    std::cout << "ROOMKEY_AUDIT_SINK is not set: nothing to do\n";
    return kDone;
  }
  session.database.ready();
  const bool to_file = sink.starts_with('/');
  const std::string kept = to_file ? sink : told_last(session);
  const auto before = kept.empty() ? std::nullopt : last_of(kept);
  const auto end = store::audit_end(session.database, session.now);
  if (before && before->event == end.event && before->hash == end.hash) return kDone;
  const std::string line = store::line_of(end);
  if (before) warn_of(session.database, *before);
  std::string why = to_file ? write_line(sink, line, true) : post_line(sink, line);
  if (!why.empty()) return fail(kFailed, "the witness in ROOMKEY_AUDIT_SINK: " + why);
  if (!to_file && !kept.empty()) why = write_line(kept, line, false);
  if (!why.empty()) return fail(kFailed, "the witness was told, but " + kept + ": " + why);
  std::cout << "told the witness: event " << end.event << ", hash " << end.hash << '\n';
  return kDone;
}

}  // namespace roomkey::cli::audit
