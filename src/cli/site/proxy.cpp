#include "cli/site/proxy.hpp"

#include <algorithm>

#include "cli/site/site.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::site {

namespace {

// Such as nginx finds by their names: it drops those with an underscore.
bool is_header(std::string_view name) {
  const auto fits = [](char c) { return base::is_digit(c) || base::is_letter(c) || c == '-'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

}  // namespace

Proxies read_proxies(const std::vector<std::string>& words) {
  Proxies proxies;
  std::vector<std::string> headers;
  for (const auto& word : words) {
    const std::size_t comma = word.find(',');
    add_once(proxies.networks, word.substr(0, comma));
    if (comma != word.npos) add_once(headers, word.substr(comma + 1));
  }
  if (headers.empty() && !words.empty()) headers.emplace_back("X-Forwarded-For");
  for (const auto& header : headers) {
    proxies.header += (proxies.header.empty() ? "" : ",") + header;
  }
  return proxies;
}

std::vector<std::string> proxy_faults(const Proxies& proxies) {
  std::vector<std::string> faults;
  for (const auto& network : proxies.networks) {
    const std::string why = address_fault(network);
    if (!why.empty()) faults.push_back(base::log_value(network) + ' ' + why);
  }
  if (proxies.networks.empty() || is_header(proxies.header)) return faults;
  const bool several = proxies.header.find(',') != proxies.header.npos;
  faults.push_back(base::log_value(proxies.header) +
                   (several ? " are several headers: nginx reads one"
                            : " is not the name of a header, such as CF-Connecting-IP"));
  return faults;
}

bool is_everybody(std::string_view network) {
  const std::size_t slash = network.find('/');
  return slash != network.npos && base::parse_number(network.substr(slash + 1)) == 0;
}

std::string real_ip(const Proxies& proxies) {
  std::string lines;
  for (const auto& network : proxies.networks) lines += "set_real_ip_from " + network + ";\n    ";
  if (lines.empty()) return lines;
  return lines + "real_ip_header " + proxies.header + ";\n    real_ip_recursive on;";
}

}  // namespace roomkey::cli::site
