// FastCGI requests as nginx writes them.
#pragma once

#include <fastcgi.h>

#include <string>
#include <string_view>

namespace roomkey::test {

inline std::string fcgi_record(int type, std::string_view content, std::size_t padding = 0) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xFF); };
  std::string record{byte(FCGI_VERSION_1), byte(static_cast<std::size_t>(type)), 0, 1};
  record += {byte(content.size() >> 8), byte(content.size()), byte(padding), 0};
  return record.append(content).append(padding, '\0');
}

inline std::string fcgi_begin(bool keep = true) {
  const char flags = keep ? FCGI_KEEP_CONN : 0;
  const std::string content{0, FCGI_RESPONDER, flags, 0, 0, 0, 0, 0};
  return fcgi_record(FCGI_BEGIN_REQUEST, content);
}

// Short names and values only.
inline std::string fcgi_pair(std::string_view name, std::string_view value) {
  std::string pair{static_cast<char>(name.size()), static_cast<char>(value.size())};
  return pair.append(name).append(value);
}

inline std::string fcgi_request(std::string_view body = "", bool keep = true) {
  const std::string params = fcgi_pair("REQUEST_METHOD", "GET") + fcgi_pair("DOCUMENT_URI", "/x");
  std::string text = fcgi_begin(keep) + fcgi_record(FCGI_PARAMS, params, 5);
  text += fcgi_record(FCGI_PARAMS, "");
  if (!body.empty()) text += fcgi_record(FCGI_STDIN, body);
  return text + fcgi_record(FCGI_STDIN, "");
}

}  // namespace roomkey::test
