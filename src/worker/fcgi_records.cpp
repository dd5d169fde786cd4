#include "worker/fcgi_records.hpp"

#include <fastcgi.h>

#include <algorithm>
#include <cstddef>

namespace roomkey::worker {

namespace {

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// The name-value pairs of the parameters (3.4), which run on from one record to the next. libfcgi
// sets aside what a pair says that it needs, before it has come, and where there is no such memory
// it ends the process: so what they say is held against what there is.
class Pairs {
 public:
  void add(std::string_view content) {
    while (!content.empty()) {
      const std::size_t passed = std::min(content.size(), to_come_);
      to_come_ -= passed;
      content.remove_prefix(passed);
      if (content.empty()) return;
      add_to_length(byte_at(content, 0));
      content.remove_prefix(1);
    }
  }
  [[nodiscard]] bool are_whole() const { return to_come_ == 0 && lengths_ == 0 && more_ == 0; }

 private:
  // A length has one byte, or four where the first one's highest bit says so.
  void add_to_length(std::size_t byte) {
    const bool first = more_ == 0;
    more_ = !first ? more_ - 1 : byte > 127 ? 3 : 0;
    length_ = first ? byte & 127 : length_ << 8 | byte;
    if (more_ > 0) return;
    size_ += length_;
    if (++lengths_ < 2) return;
    to_come_ = size_;
    size_ = lengths_ = 0;
  }

  std::size_t to_come_ = 0;  // bytes of the last pair's name and value
  std::size_t lengths_ = 0;  // of the next pair's two that were read
  std::size_t size_ = 0;     // their sum
  std::size_t length_ = 0;   // the one that is being read
  std::size_t more_ = 0;     // bytes of it
};

}  // namespace

// One begin record, parameters up to an empty record, input up to an empty record, all of one id.
Arrived arrived(std::string_view bytes) {
  std::size_t wanted = FCGI_BEGIN_REQUEST;
  Pairs pairs;
  for (std::size_t at = 0; at + FCGI_HEADER_LEN <= bytes.size();) {
    const std::size_t content = byte_at(bytes, at + 4) << 8 | byte_at(bytes, at + 5);
    const bool begins = wanted == FCGI_BEGIN_REQUEST;
    if (byte_at(bytes, at) != FCGI_VERSION_1 || byte_at(bytes, at + 1) != wanted ||
        bytes.substr(at + 2, 2) != bytes.substr(2, 2) ||
        (begins && content != sizeof(FCGI_BeginRequestBody))) {
      return Arrived::no_request;
    }
    const std::size_t padding = byte_at(bytes, at + 6);
    at += FCGI_HEADER_LEN;
    if (wanted == FCGI_PARAMS) pairs.add(bytes.substr(std::min(at, bytes.size()), content));
    at += content + padding;
    if (wanted == FCGI_PARAMS && content == 0 && !pairs.are_whole()) return Arrived::no_request;
    if (!begins && content > 0) continue;
    if (wanted == FCGI_STDIN) return at <= bytes.size() ? Arrived::whole : Arrived::in_part;
    wanted = begins ? FCGI_PARAMS : FCGI_STDIN;
  }
  return Arrived::in_part;
}

}  // namespace roomkey::worker
