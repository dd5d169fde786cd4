#include "cli/site/site_file.hpp"

#include <algorithm>

namespace roomkey::cli::site {

namespace {

using Words = std::vector<std::string>;

// A directive, up to its `;` or `{`.
struct Directive {
  Words words;
  bool opens = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool ends_word(char c) { return is_blank(c) || c == ';' || c == '{' || c == '}'; }

std::string quoted_word(std::string_view text, std::size_t& at) {
  const char quote = text[at++];
  std::string word;
  for (; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    word += text[at];
  }
  ++at;
  return word;
}

std::string word_at(std::string_view text, std::size_t& at) {
  if (text[at] == '"' || text[at] == '\'') return quoted_word(text, at);
  const std::size_t start = at;
  while (at < text.size() && !ends_word(text[at])) ++at;
  return std::string(text.substr(start, at - start));
}

std::vector<Directive> directives_of(std::string_view text) {
  std::vector<Directive> list(1);
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (is_blank(c)) {
      ++at;
    } else if (c == ';' || c == '{' || c == '}') {
      list.back().opens = c == '{';
      list.emplace_back();
      ++at;
    } else {
      list.back().words.push_back(word_at(text, at));
    }
  }
  return list;
}

// From where a socket listens to where it is reached from here; empty where that is nowhere.
std::string door_of(const std::string& address) {
  if (address.starts_with("unix:")) return {};
  const bool six = address.starts_with('[');
  const std::size_t colon = address.rfind(':');
  const bool has_port = colon != address.npos && (!six || address.find(']') < colon);
  const bool alone = address.find_first_not_of("0123456789") == address.npos;
  std::string host = alone ? "*" : has_port ? address.substr(0, colon) : address;
  const std::string port = alone ? address : has_port ? address.substr(colon + 1) : "80";
  if (host == "*" || host == "0.0.0.0") host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  return host + ':' + port;
}

bool has(const Words& words, std::string_view wanted) {
  return std::find(words.begin(), words.end(), wanted) != words.end();
}

void take_listen(SiteFile& site, const Words& words) {
  if (!has(words, "ssl") || has(words, "proxy_protocol")) return;
  const std::string door = door_of(words[1]);
  if (!door.empty() && !has(site.doors, door)) site.doors.push_back(door);
}

void take(SiteFile& site, const Words& words) {
  if (words.size() < 2) return;
  const std::string& name = words[0];
  if (name == "listen") take_listen(site, words);
  if (name == "server_name" && site.host.empty()) site.host = words[1];
  if (name == "ssl_certificate") site.certificates.push_back(words[1]);
  if (name == "set_real_ip_from") site.proxies.networks.push_back(words[1]);
  if (name == "real_ip_header") site.proxies.header = words[1];
}

// What `first` lacks, `more` may have: in nginx an outer block speaks for those inside, too.
void fill_up(SiteFile& first, const SiteFile& more) {
  if (first.host.empty()) first.host = more.host;
  if (first.certificates.empty()) first.certificates = more.certificates;
  if (first.proxies.networks.empty()) first.proxies.networks = more.proxies.networks;
  if (first.proxies.header.empty()) first.proxies.header = more.proxies.header;
}

}  // namespace

SiteFile read_site_file(std::string_view text) {
  std::vector<SiteFile> servers(1);
  for (const auto& [words, opens] : directives_of(text)) {
    if (opens && words == Words{"server"}) servers.emplace_back();
    take(servers.back(), words);
  }
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [](const SiteFile& one) { return !one.doors.empty(); });
  SiteFile site = found == servers.end() ? SiteFile() : *found;
  for (const auto& other : servers) fill_up(site, other);
  return site;
}

}  // namespace roomkey::cli::site
