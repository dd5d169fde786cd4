// What a file of nginx's says about the site in it, as far as `roomkey check` must know. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/site/proxy.hpp"

namespace roomkey::cli::site {

// Of the first server that listens for HTTPS; where none does, of the first that has any of it.
struct SiteFile {
  std::string host;                       // the first of its names
  std::vector<std::string> certificates;  // paths; more than one where kinds of keys differ
  // Where it can be asked on this machine, "127.0.0.1:443" or "[::1]:443"; none that begins with
  // the PROXY protocol.
  std::vector<std::string> doors;
  Proxies proxies;  // by set_real_ip_from
};

[[nodiscard]] SiteFile read_site_file(std::string_view text);

}  // namespace roomkey::cli::site
