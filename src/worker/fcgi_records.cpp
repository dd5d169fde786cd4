#include "worker/fcgi_records.hpp"

#include <fastcgi.h>

#include <cstddef>

namespace roomkey::worker {

namespace {

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// Those that belong to a request; the first begins it.
bool belongs(std::size_t type, bool first) {
  return first ? type == FCGI_BEGIN_REQUEST : type == FCGI_PARAMS || type == FCGI_STDIN;
}

}  // namespace

Arrived arrived(std::string_view bytes) {
  for (std::size_t at = 0; at + FCGI_HEADER_LEN <= bytes.size();) {
    const std::size_t type = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) != FCGI_VERSION_1 || !belongs(type, at == 0)) return Arrived::no_request;
    const std::size_t content = byte_at(bytes, at + 4) << 8 | byte_at(bytes, at + 5);
    at += FCGI_HEADER_LEN + content + byte_at(bytes, at + 6);
    if (type == FCGI_STDIN && content == 0 && at <= bytes.size()) return Arrived::whole;
  }
  return Arrived::in_part;
}

}  // namespace roomkey::worker
