#include "roomkey/base/url.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::base::is_https_or_local;
using roomkey::base::percent_encoded;

TEST(takes_https_to_any_host) {
  for (const auto* const url :
       {"https://video.twilio.com", "https://video.twilio.com/", "https://h:8443/a/b?c=d&e=%20",
        "https://10.0.0.1", "https://127.0.0.1:1", "https://[::1]:65535/x", "https://h?x"}) {
    expect(is_https_or_local(url), url);
  }
}

TEST(takes_http_to_this_machine_alone) {
  for (const auto* const url : {"http://127.0.0.1", "http://127.0.0.1:8080/x", "http://localhost/",
                                "http://[::1]:80", "http://localhost?x"}) {
    expect(is_https_or_local(url), url);
  }
  for (const auto* const url :
       {"http://video.twilio.com", "http://127.0.0.1.example.com", "http://127.0.0.2",
        "http://localhost.example.com", "http://localhost.", "http://[::2]", "http://[::1",
        "http://127.1", "http://2130706433", "http://0", "http://LOCALHOST:80.example.com",
        "http://127.0.0.1:80.example.com", "http://[::1].example.com", "http://[::1]x:80"}) {
    expect(!is_https_or_local(url), url);
  }
}

TEST(takes_no_user_no_blank_and_nothing_two_programs_read_differently) {
  using namespace std::string_view_literals;
  for (const auto url : {""sv,
                         "https://"sv,
                         "https:///x"sv,
                         "https:h"sv,
                         "HTTPS://h"sv,
                         "ftp://h"sv,
                         "h"sv,
                         "//h"sv,
                         "https://user@h"sv,
                         "https://user:word@h"sv,
                         "http://127.0.0.1@h"sv,
                         "http://h@127.0.0.1"sv,
                         "http://127.0.0.1\\@h"sv,
                         "http://127.0.0.1#@h"sv,
                         "https://h#x"sv,
                         "https://h x"sv,
                         " https://h"sv,
                         "https://h "sv,
                         "https://h/\n"sv,
                         "https://h/\0x"sv,
                         "https://h/\xC3\xA9"sv,
                         "https://h\xC3\xA9"sv,
                         "https://%68"sv,
                         "https://h_h"sv,
                         "https://.h"sv,
                         "https://h:"sv,
                         "https://h:0"sv,
                         "https://h:65536"sv,
                         "https://h:x"sv,
                         "https://h:80:80"sv,
                         "https://[x]"sv,
                         "https://[::2]"sv,
                         "https://h/<x>"sv,
                         "https://h/\"x"sv}) {
    expect(!is_https_or_local(url), url);
  }
}

TEST(encodes_all_that_could_end_a_segment) {
  same("2-jane.doe%40example.com", percent_encoded("2-jane.doe@example.com"));
  same("a%2Fb%3Fc%23d%20e%2B%26%3D%25", percent_encoded("a/b?c#d e+&=%"));
  same("%00%0A%C3%A9~_", percent_encoded(std::string_view("\0\n\xC3\xA9~_", 6)));
  same("", percent_encoded(""));
}

}  // namespace
