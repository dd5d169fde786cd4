#include "worker/fcgi_records.hpp"

#include <fastcgi.h>

#include <cstddef>

namespace roomkey::worker {

namespace {

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

// One begin record, parameters up to an empty record, input up to an empty record, all of one id.
Arrived arrived(std::string_view bytes) {
  std::size_t wanted = FCGI_BEGIN_REQUEST;
  for (std::size_t at = 0; at + FCGI_HEADER_LEN <= bytes.size();) {
    const std::size_t content = byte_at(bytes, at + 4) << 8 | byte_at(bytes, at + 5);
    const bool begins = wanted == FCGI_BEGIN_REQUEST;
    if (byte_at(bytes, at) != FCGI_VERSION_1 || byte_at(bytes, at + 1) != wanted ||
        bytes.substr(at + 2, 2) != bytes.substr(2, 2) ||
        (begins && content != sizeof(FCGI_BeginRequestBody))) {
      return Arrived::no_request;
    }
    at += FCGI_HEADER_LEN + content + byte_at(bytes, at + 6);
    if (!begins && content > 0) continue;
    if (wanted == FCGI_STDIN) return at <= bytes.size() ? Arrived::whole : Arrived::in_part;
    wanted = begins ? FCGI_PARAMS : FCGI_STDIN;
  }
  return Arrived::in_part;
}

}  // namespace roomkey::worker
