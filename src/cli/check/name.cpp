// Whether the site's name leads to this machine.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <thread>

#include "cli/check/checks.hpp"
#include "cli/site/site.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kDomainCheck = "domain";

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address->sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  }
  if (bytes == nullptr) return {};
  inet_ntop(address->sa_family, bytes, text.data(), text.size());
  return text.data();
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

Lookup resolve(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int fault = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (fault == EAI_NONAME || fault == EAI_NODATA) return {Lookup::Outcome::unknown, {}};
  if (fault != 0) return {Lookup::Outcome::no_answer, {}};
  Lookup result{Lookup::Outcome::found, {}};
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    add_once(result.addresses, text_of(one->ai_addr));
  }
  freeaddrinfo(found);
  return result;
}

bool is_six(const std::string& address) { return address.find(':') != address.npos; }

// Of a network that the Internet doesn't lead to: RFC 1918, 6598, 3927, 4193, 4291.
bool is_private(const std::string& address) {
  std::array<unsigned char, 16> at{};
  if (is_six(address)) {
    inet_pton(AF_INET6, address.c_str(), at.data());
    return (at[0] & 0xFE) == 0xFC || (at[0] == 0xFE && (at[1] & 0xC0) == 0x80);
  }
  inet_pton(AF_INET, address.c_str(), at.data());
  return at[0] == 10 || (at[0] == 172 && (at[1] & 0xF0) == 16) || (at[0] == 192 && at[1] == 168) ||
         (at[0] == 100 && (at[1] & 0xC0) == 64) || (at[0] == 169 && at[1] == 254);
}

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

// Whose an address of the name is.
enum class Whose { ours, anothers, perhaps_ours };

Whose whose(const std::string& address, const std::vector<std::string>& own) {
  if (is_loopback(address) || std::find(own.begin(), own.end(), address) != own.end()) {
    return Whose::ours;
  }
  if (is_private(address)) return Whose::anothers;
  const auto of_its_kind = [&](const std::string& mine) {
    return is_six(mine) == is_six(address) && !is_loopback(mine);
  };
  // A router may lead its public address here, if we have none.
  const bool any = std::any_of(own.begin(), own.end(), of_its_kind);
  const bool all_private = std::all_of(own.begin(), own.end(), [&](const std::string& mine) {
    return !of_its_kind(mine) || is_private(mine);
  });
  return any && all_private ? Whose::perhaps_ours : Whose::anothers;
}

void check_addresses(base::Findings& findings, const std::string& host,
                     const std::vector<std::string>& addresses,
                     const std::vector<std::string>& own) {
  std::vector<std::string> others, behind_router;
  for (const auto& address : addresses) {
    const Whose is = whose(address, own);
    if (is == Whose::anothers) others.push_back(address);
    if (is == Whose::perhaps_ours) behind_router.push_back(address);
  }
  if (!others.empty()) {
    return findings.warn(
        kDomainCheck,
        host + " leads to " + list_of(others) + ", and this machine has " + list_of(own) + '.',
        "Enter this machine's public addresses in the clinic's DNS (A, and AAAA only where it has "
        "IPv6), unless a proxy or load balancer is there and leads here.");
  }
  if (!behind_router.empty()) {
    return findings.ok(kDomainCheck,
                       host + " leads to " + list_of(behind_router) +
                           "; this machine has private addresses alone, so its router must "
                           "lead that here");
  }
  findings.ok(kDomainCheck, host + " leads to this machine (" + list_of(addresses) + ')');
}

}  // namespace

Lookup look_up(const std::string& name) {
  constexpr std::chrono::seconds kPatience{4};
  const auto promise = std::make_shared<std::promise<Lookup>>();
  auto answer = promise->get_future();
  std::thread([promise, name] { promise->set_value(resolve(name)); }).detach();
  if (answer.wait_for(kPatience) != std::future_status::ready) {
    return {Lookup::Outcome::no_answer, {}};
  }
  return answer.get();
}

std::vector<std::string> own_addresses() {
  std::vector<std::string> list;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return list;
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const std::string text = text_of(one->ifa_addr);
    if (!is_loopback(text) && !text.starts_with("fe80:")) add_once(list, text);
  }
  freeifaddrs(all);
  return list;
}

bool is_looked_up(const std::string& host) {
  return site::domain_fault(host).empty() && host != "localhost" && !host.ends_with(".localhost");
}

void check_name(base::Findings& findings, const std::string& host, const Lookup& lookup,
                const std::vector<std::string>& own, bool behind_proxy) {
  const std::string see = "getent ahosts " + host + " must show it.";
  switch (lookup.outcome) {
    case Lookup::Outcome::unknown:
      return findings.warn(
          kDomainCheck, host + " does not resolve: no browser finds it.",
          "Enter it in the clinic's DNS, with this machine's public address; " + see);
    case Lookup::Outcome::no_answer:
      return findings.warn(kDomainCheck, host + " could not be looked up: no name server answers.",
                           "See that this machine can look up names (/etc/resolv.conf); " + see);
    case Lookup::Outcome::found: break;
  }
  if (behind_proxy) {
    return findings.ok(kDomainCheck, host + " resolves (" + list_of(lookup.addresses) +
                                         "); a proxy stands in front");
  }
  check_addresses(findings, host, lookup.addresses, own);
}

}  // namespace roomkey::cli::check
