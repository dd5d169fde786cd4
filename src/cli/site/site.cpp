#include "cli/site/site.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <regex>
#include <sstream>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::site {

namespace {

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return base::is_digit(c) || base::is_lower(c) || c == '-'; });
}

// RFC 1123 section 2.1; a last label of digits alone would be an address.
bool is_host_name(std::string_view name) {
  if (name.size() > 253) return false;
  std::string_view label;
  for (;;) {
    const std::size_t dot = name.find('.');
    label = name.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == name.npos) break;
    name.remove_prefix(dot + 1);
  }
  return !std::all_of(label.begin(), label.end(), base::is_digit);
}

bool is_address(const std::string& text, int family) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// The one that new rooms get, else the first that is configured.
const provider::Kind& used_kind(const std::function<std::string(const std::string&)>& value) {
  const std::string named = value("ROOMKEY_PROVIDER");
  const auto kinds = provider::all();
  const auto used = std::find_if(kinds.begin(), kinds.end(), [&](const provider::Kind* kind) {
    return named.empty() ? !value(std::string(kind->variables().front().name)).empty()
                         : kind->name() == named;
  });
  return used == kinds.end() ? *kinds.front() : **used;
}

std::string text_or_null(const std::string& text) {
  return text.empty() ? "null" : '"' + text + '"';
}

}  // namespace

std::string domain_fault(std::string_view domain) {
  return is_host_name(domain) ? "" : "is not a host name, such as video.clinic.example";
}

std::string address_fault(std::string_view address) {
  const std::size_t slash = address.find('/');
  const std::string host(address.substr(0, slash));
  const bool four = is_address(host, AF_INET);
  bool good = four || is_address(host, AF_INET6);
  if (slash != address.npos) {
    const auto bits = base::parse_number(address.substr(slash + 1));
    good = good && bits && *bits <= (four ? 32 : 128);
  }
  return good ? "" : "is not an address or network, such as 192.0.2.7 or 2001:db8::/48";
}

std::string path_fault(std::string_view path) {
  if (!path.starts_with('/')) return "is not an absolute path";
  const auto odd = [](char c) {
    return (c >= 0 && c < ' ') || std::string_view("\"'\\$\x7F").find(c) != std::string_view::npos;
  };
  return std::any_of(path.begin(), path.end(), odd)
             ? "has a quote, backslash, dollar or control character in its path"
             : "";
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string line_of(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string origin_map(const std::vector<std::string>& origins) {
  std::string map;
  for (const auto& origin : origins) {
    map += map.empty() ? "\"~^" : "\n    \"~^";
    for (const char c : origin) {
      if (c == '.' || c == '+' || c == '[' || c == ']') map += '\\';
      map += c;
    }
    map += "$\" $http_origin;";
  }
  return map;
}

std::string check_config(const std::vector<std::string>& origins, const Tried& tried,
                         const Practice& practice) {
  std::string list;
  for (const auto& origin : origins) list += (list.empty() ? "\"" : ", \"") + origin + '"';
  const bool has_address =
      !own_door(tried.address).empty() && path_fault('/' + tried.address).empty();
  return "{\"origins\": [" + list + "], \"provider\": \"" + tried.provider +
         "\", \"region\": " + text_or_null(tried.region) +
         (has_address ? ", \"address\": " + text_or_null(tried.address) : "") +
         (practice.is_named() ? ", \"practice\": " + practice_json(practice) : "") + '}';
}

std::string own_door(const std::string& address) {
  static const std::regex form(R"((?:(?:wss|https)://)?([A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?:/.*)?)");
  std::smatch found;
  if (!std::regex_match(address, found, form)) return "";
  const std::string host = found[1];
  return " https://" + host + " wss://" + host;
}

std::string allow_list(const std::vector<std::string>& addresses) {
  std::string list;
  for (const auto& address : addresses) {
    list += (list.empty() ? "allow " : "\n        allow ") + address + ';';
  }
  return list;
}

namespace {

// The one server of the clinic's own that is configured, if any.
const provider::Carried* carried(const std::function<std::string(const std::string&)>& value) {
  for (const auto* const kind : provider::all()) {
    const auto* const one = kind->carried();
    if (one != nullptr && !value(one->variable).empty()) return one;
  }
  return nullptr;
}

void add_carried(Names& names, const provider::Carried* server) {
  names["CARRY"] = server == nullptr ? "#" : "";
  names["CARRIED_PATH"] = server == nullptr ? "/-" : server->path;
  names["CARRIED_SERVER"] = server == nullptr ? "127.0.0.1:9" : server->server;
}

}  // namespace

Names names_of(const Site& site, const std::function<std::string(const std::string&)>& value) {
  const provider::Kind& used = used_kind(value);
  const auto value_of = [&](std::string_view variable) {
    return variable.empty() ? "" : value(std::string(variable));
  };
  std::string doors;
  for (const provider::Kind* kind : provider::all()) {
    doors += own_door(value_of(kind->address_variable()));
  }
  Names names{
      {"ORIGINS", origin_map(site.origins)},
      {"SERVER_NAME", site.domain},
      {"CERTIFICATE", site.certificate},
      {"CERTIFICATE_KEY", site.key},
      {"HEALTH_ALLOW", allow_list(site.health_allow)},
      {"TRUSTED_PROXY", real_ip(site.proxies)},
      {"OWN_DOORS", doors},
      {"CHECK_CONFIG", check_config(site.origins,
                                    {std::string(used.name()), value_of(used.region_variable()),
                                     value_of(used.address_variable())},
                                    site.practice)}};
  add_carried(names, carried(value));
  return names;
}

base::Result<std::string> fill_in(std::string_view text, const Names& names) {
  static const std::regex mark("@([A-Z][A-Z0-9_]*)@");
  std::string filled;
  using Marks = std::cregex_iterator;
  const char* rest = text.data();
  const char* const end = rest + text.size();
  for (Marks found(rest, end, mark); found != Marks(); ++found) {
    const std::string name = (*found)[1];
    filled.append(rest, (*found)[0].first);
    rest = (*found)[0].second;
    if (name == "PORT80") continue;
    const auto value = names.find(name);
    if (value == names.end()) {
      return base::Error{base::Code::bad_request,
                         "the template asks for @" + name + "@, which this roomkey doesn't know"};
    }
    filled += value->second;
  }
  return filled.append(rest, end);
}

std::string without_port_80(const std::string& text) {
  static const std::regex line("@PORT80@[^\n]*\n");
  return std::regex_replace(text, line, "");
}

}  // namespace roomkey::cli::site
