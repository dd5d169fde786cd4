#include "cli/site/origin_host.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "roomkey/base/ascii.hpp"

namespace roomkey::cli::site {

namespace {

base::Error refused(std::string why) { return {base::Code::bad_request, std::move(why)}; }

constexpr bool is_hex(char c) { return base::is_digit(c) || (c >= 'a' && c <= 'f'); }
// RFC 1123 2.1, and the underscore, which is no host's but which browsers send.
constexpr bool is_plain(char c) {
  return base::is_digit(c) || base::is_lower(c) || c == '-' || c == '_';
}

bool all(std::string_view text, bool (*is)(char)) {
  return std::all_of(text.begin(), text.end(), is);
}

// What the URL standard takes for an IPv4 address, a good one or none: 127.1, 0x7f.1, 1.2.3.4.
bool ends_in_a_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool hex = last.starts_with("0x") && all(last.substr(2), is_hex);
  return !last.empty() && (hex || all(last, base::is_digit));
}

base::Result<std::string> read_ipv4(const std::string& host) {
  in_addr address{};
  std::array<char, INET_ADDRSTRLEN> text{};
  if (inet_aton(host.c_str(), &address) == 0 ||
      inet_ntop(AF_INET, &address, text.data(), text.size()) == nullptr) {
    return refused("ends in a number and is not an IPv4 address");
  }
  const std::string sent = text.data();
  return sent == host ? base::Result<std::string>(sent)
                      : refused("has an address that browsers take for " + sent +
                                ": write all four numbers, in decimal");
}

// As inet_ntop has it, but never with an IPv4 address in its end.
base::Result<std::string> read_ipv6(const std::string& host) {
  const std::string inside = host.substr(1, host.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (host.back() != ']' || inet_pton(AF_INET6, inside.c_str(), bytes.data()) != 1 ||
      inet_ntop(AF_INET6, bytes.data(), text.data(), text.size()) == nullptr) {
    return refused("has brackets, and not an IPv6 address in them, such as [2001:db8::7]");
  }
  std::string sent = text.data();
  if (sent.find('.') != sent.npos) {
    std::array<char, 10> end{};
    static_cast<void>(std::snprintf(end.data(), end.size(), "%x:%x", bytes[12] * 256 + bytes[13],
                                    bytes[14] * 256 + bytes[15]));
    sent = sent.substr(0, sent.rfind(':') + 1) + end.data();
  }
  return '[' + sent + ']';
}

std::string label_fault(std::string_view label) {
  if (label.empty()) return "has two dots in a row, or one at the beginning";
  if (label.size() > 63) return "has more than 63 characters between two dots";
  const bool hyphen = label.front() == '-' || label.back() == '-';
  if (hyphen) return "has a hyphen where a part of the name begins or ends: no host is called so";
  return "";
}

std::string name_fault(std::string_view name) {
  if (name.size() > 253) return "has a name of more than 253 characters";
  for (;;) {
    const std::size_t dot = name.find('.');
    if (std::string why = label_fault(name.substr(0, dot)); !why.empty()) return why;
    if (dot == name.npos) return "";
    name.remove_prefix(dot + 1);
  }
}

std::string odd_fault(std::string_view host, bool web) {
  const auto odd = std::find_if(host.begin(), host.end(), [web](char c) {
    return !is_plain(c) && c != '.' && (web || c != '~');
  });
  if (odd == host.end()) return "";
  if (*odd == '%') return "has a % in its host: write the name as it is";
  return std::string("has a ") + *odd + " in its host";
}

}  // namespace

base::Result<std::string> read_host(const std::string& host, bool web) {
  if (host.empty()) return refused("has no host");
  if (host.front() == '[') return read_ipv6(host);
  if (std::string why = odd_fault(host, web); !why.empty()) return refused(std::move(why));
  if (!web) return host;
  if (host.back() == '.') {
    return refused("ends in a dot, which browsers send only where it was typed: leave it out");
  }
  if (ends_in_a_number(host)) return read_ipv4(host);
  if (std::string why = name_fault(host); !why.empty()) return refused(std::move(why));
  return host;
}

}  // namespace roomkey::cli::site
