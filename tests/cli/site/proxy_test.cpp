#include "cli/site/proxy.hpp"

#include "cli/site/site.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using namespace roomkey::cli::site;

std::string taken(const std::vector<std::string>& words) {
  const Proxies proxies = read_proxies(words);
  return line_of(proxies.networks) + (proxies.header.empty() ? "" : " by ") + proxies.header;
}

std::string faults_of(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& fault : proxy_faults(read_proxies(words))) text += fault + '\n';
  return text;
}

TEST(a_proxy_says_it_in_the_usual_header_or_in_the_one_that_is_named) {
  same("192.0.2.10 by X-Forwarded-For", taken({"192.0.2.10"}));
  same("192.0.2.10 2001:db8::/32 by CF-Connecting-IP",
       taken({"192.0.2.10", "2001:db8::/32,CF-Connecting-IP"}));
  same("192.0.2.10 by X-A", taken({"192.0.2.10,X-A", "192.0.2.10,X-A"}));
  same("", taken({}));
  same("", faults_of({"192.0.2.10,X-A", "10.0.0.0/8", "::1"}));
  same("", faults_of({}));
}

TEST(what_is_no_network_or_no_header_is_said) {
  for (const std::string bad : {"", "all", "cloudflare", "192.0.2.10/33", "192.0.2.10;",
                                "unix:", "proxy.example", "192.0.2.10 10.0.0.1"}) {
    expect(contains(faults_of({bad}), " is not an address or network"), bad);
  }
  for (const std::string bad : {"", "proxy_protocol", "X A", "X-A;", "X\n", "X:", "\"X\""}) {
    expect(contains(faults_of({"192.0.2.10," + bad}), " is not the name of a header"), bad);
  }
  for (const auto& words : {std::vector<std::string>{"192.0.2.10,X-A,X-B"},
                            std::vector<std::string>{"192.0.2.10,X-A", "10.0.0.1,X-B"}}) {
    same("X-A,X-B are several headers: nginx reads one\n", faults_of(words));
  }
}

TEST(everybody_is_a_network_of_all_addresses) {
  for (const auto* const all : {"0.0.0.0/0", "::/0", "192.0.2.7/0", "::/00"}) {
    expect(is_everybody(all), all);
  }
  for (const auto* const some : {"0.0.0.0", "10.0.0.0/8", "::1", "::/10", "10.0.0.0/"}) {
    expect(!is_everybody(some), some);
  }
}

TEST(nginx_is_told_in_its_own_words) {
  same("", real_ip({}));
  same(
      "set_real_ip_from 192.0.2.10;\n    set_real_ip_from ::1;\n    real_ip_header X-A;\n"
      "    real_ip_recursive on;",
      real_ip({{"192.0.2.10", "::1"}, "X-A"}));
}

}  // namespace
