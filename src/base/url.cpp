#include "roomkey/base/url.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

bool may_stand_in_url(char c) {
  return c > ' ' && c < 0x7F && std::string_view("\"#<>\\^`{|}").find(c) == std::string_view::npos;
}

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

// `host` or `host:port`; nothing where the port is none.
std::string_view host_of(std::string_view authority) {
  const auto end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const auto host = authority.substr(0, end);
  if (host.size() == authority.size()) return host;
  const auto port = base::parse_id(authority.substr(host.size() + 1));
  return authority[host.size()] == ':' && port && *port <= 65535 ? host : std::string_view();
}

// A name or an IPv4 address.
bool is_host(std::string_view host) {
  return !host.empty() && host.front() != '.' && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.';
  });
}

bool is_this_machine(std::string_view host) {
  return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

}  // namespace

bool is_https_or_local(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), may_stand_in_url)) return false;
  const bool tls = take(url, "https://");
  if (!tls && !take(url, "http://")) return false;
  const auto host = host_of(url.substr(0, url.find_first_of("/?")));
  return is_this_machine(host) || (tls && is_host(host));
}

bool is_web_address(std::string_view url) {
  if (!take(url, "https://") && !take(url, "http://")) return false;
  const auto host = host_of(url.substr(0, url.find_first_of("/?#")));
  return is_this_machine(host) || is_host(host);
}

std::string percent_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      result += c;
    } else {
      result += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return result;
}

}  // namespace roomkey::base
