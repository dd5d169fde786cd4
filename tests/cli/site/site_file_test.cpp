#include "cli/site/site_file.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using cli::site::read_site_file;

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : " ") + text;
  return list;
}

std::string doors_of(const std::string& listens) {
  return list_of(read_site_file("server { " + listens + " }").doors);
}

TEST(the_server_that_listens_for_https_is_the_site) {
  const auto site = read_site_file(R"(
# server_name comment.example;
map $uri $x { default "a;b{c}"; }
upstream pool { server unix:/run/x.sock; }
server { listen 80; server_name plain.example; return 308 https://$host; }
server {
    listen 443 ssl http2; listen [::]:443 ssl http2;
    server_name "video.clinic.example" other.example;  # two names
    ssl_certificate "/etc/a b.pem";
    ssl_certificate '/etc/rsa.pem';
    ssl_certificate_key /etc/key.pem;
    location / { fastcgi_pass pool; }
}
server { listen 8443 ssl; server_name third.example; ssl_certificate /etc/third.pem; })");
  same("video.clinic.example", site.host);
  same("127.0.0.1:443 [::1]:443", list_of(site.doors));
  same("/etc/a b.pem /etc/rsa.pem", list_of(site.certificates));
  same("", list_of(site.proxies.networks) + site.proxies.header);
}

TEST(where_a_socket_listens_is_where_it_is_asked) {
  same("127.0.0.1:9106 [::1]:9106", doors_of("listen 127.0.0.1:9106 ssl; listen [::1]:9106 ssl;"));
  same("127.0.0.1:443", doors_of("listen *:443 ssl; listen 0.0.0.0:443 ssl; listen 443 ssl;"));
  same("192.0.2.7:443 [2001:db8::7]:8443",
       doors_of("listen 192.0.2.7:443 ssl; listen [2001:db8::7]:8443 default_server ssl;"));
  same("localhost:80", doors_of("listen localhost ssl;"));
  same("", doors_of("listen 80; listen 443 quic; listen unix:/run/x.sock ssl;"));
  same("", doors_of("listen 443 ssl proxy_protocol;"));
  same("", doors_of("listen"));
}

TEST(what_stands_outside_of_the_server_counts_for_it) {
  const auto site = read_site_file(
      "ssl_certificate /etc/all.pem; set_real_ip_from 10.0.0.0/8; set_real_ip_from ::1;\n"
      "real_ip_header CF-Connecting-IP;\n"
      "server { listen 443 ssl; server_name a.example; }");
  same("/etc/all.pem", list_of(site.certificates));
  same("10.0.0.0/8 ::1 CF-Connecting-IP",
       list_of(site.proxies.networks) + ' ' + site.proxies.header);
  const auto none = read_site_file("server { server_name a.example; ssl_certificate x; }");
  same("a.example x", none.host + ' ' + list_of(none.certificates));
}

TEST(a_file_that_is_cut_off_breaks_nothing) {
  const std::string whole = "server { listen '443' ssl; server_name \"a\\\"b\"; # x\n } }";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    (void)read_site_file(std::string_view(whole).substr(0, size));
  }
  same("a\"b", read_site_file(whole).host);
}

}  // namespace
