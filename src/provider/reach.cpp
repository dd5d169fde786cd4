#include "provider/reach.hpp"

namespace roomkey::provider {

namespace {

using Failure = Https::Failure;

std::string_view cure_for(Failure failure) {
  switch (failure) {
    case Failure::name:
      return "See that this machine can look up names (getent hosts HOST; /etc/resolv.conf), and "
             "that the name is spelt right.";
    case Failure::connection:
    case Failure::deadline:
      return "See that a firewall lets this machine out to TCP port 443 (curl -sSI https://HOST). "
             "roomkey uses no proxy.";
    case Failure::tls:
      return "See that ca-certificates is installed and this machine's clock right, and that no "
             "firewall between opens the connection (openssl s_client -connect HOST:443).";
    case Failure::answer:
      return "Try again. If it stays so, something between this machine and HOST breaks the "
             "connection.";
    case Failure::library:
      return "Install it anew (apt install --reinstall libcurl4): nobody is asked anything without "
             "it.";
  }
  return {};
}

std::string with_host(std::string_view cure, const std::string& host) {
  std::string text;
  for (std::size_t at = 0; at < cure.size();) {
    const bool here = cure.substr(at).starts_with("HOST");
    here ? text += host : text += cure[at];
    at += here ? 4 : 1;
  }
  return text;
}

}  // namespace

std::string host_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == url.npos ? 0 : scheme + 3;
  return url.substr(begin, url.find_first_of("/?", begin) - begin);
}

std::string network_cure(Failure failure, const std::string& host) {
  return with_host(cure_for(failure), host);
}

}  // namespace roomkey::provider
