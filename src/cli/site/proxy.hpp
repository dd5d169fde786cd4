// Proxies, CDNs and tunnels before the site, whose word is taken for who asks. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roomkey::cli::site {

struct Proxies {
  std::vector<std::string> networks;  // and addresses
  std::string header;                 // in which they say it; empty where there are none
};

// From NETWORK[,HEADER] for each; where none names a header it is X-Forwarded-For.
[[nodiscard]] Proxies read_proxies(const std::vector<std::string>& words);

// All that is wrong, a sentence without its full stop each.
[[nodiscard]] std::vector<std::string> proxy_faults(const Proxies& proxies);

// Whether the network is everybody.
[[nodiscard]] bool is_everybody(std::string_view network);

// nginx's directives; empty where nobody's word is taken.
[[nodiscard]] std::string real_ip(const Proxies& proxies);

}  // namespace roomkey::cli::site
