#include "cli/site/site.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::cli::site;
using namespace roomkey::test;

TEST(takes_host_names_and_nothing_else_for_a_domain) {
  for (const std::string good : {"video.clinic.example", "localhost", "xn--bcher-kva.example",
                                 "a.b", "1and1.example", "9.example.com2"}) {
    same("", domain_fault(good), good);
  }
  const std::string label(64, 'a');
  for (const std::string& bad :
       {std::string(), std::string("192.0.2.7"), std::string("-a.example"), label + ".example",
        std::string("a-.example"), std::string("a..example"), std::string("a.example."),
        std::string("https://a.example"), std::string("a.example/"), std::string("a example"),
        std::string("*.example"), std::string("A.example"), std::string("a;b.example"),
        std::string("b\xC3\xBC.example"), std::string("a.example\n"), std::string("a_b.example"),
        std::string(254, 'a')}) {
    expect(!domain_fault(bad).empty(), bad);
  }
}

TEST(takes_addresses_and_networks) {
  for (const std::string good :
       {"192.0.2.7", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/48", "::1", "::ffff:192.0.2.7/128"}) {
    same("", address_fault(good), good);
  }
  for (const std::string bad : {"", "all", "192.0.2", "192.0.2.7/33", "192.0.2.7/", "192.0.2.7/-1",
                                "::1/129", "localhost", "192.0.2.7;", "/8", "1.2.3.4 5.6.7.8"}) {
    expect(!address_fault(bad).empty(), bad);
  }
}

TEST(a_path_must_be_absolute_and_fit_into_quotes) {
  same("", path_fault("/etc/letsencrypt/live/a b/fullchain.pem"));
  for (const std::string bad : {"", "cert.pem", "/a\"b", "/a$b", "/a\\b", "/a\nb", "/a'b"}) {
    expect(!path_fault(bad).empty(), bad);
  }
}

TEST(a_list_is_a_line_of_words) {
  same("a b", line_of({"a", "b"}));
  same(std::vector<std::string>{"a", "b"}, words_of("  a\tb "));
  same("", line_of(words_of(" ")));
}

TEST(origins_are_taken_literally_in_nginx_s_map) {
  same(
      "\"~^https://app\\.clinic\\.example$\" $http_origin;\n"
      "    \"~^http://\\[::1\\]:3000$\" $http_origin;\n"
      "    \"~^web\\+app://localhost$\" $http_origin;",
      origin_map({"https://app.clinic.example", "http://[::1]:3000", "web+app://localhost"}));
  same("", origin_map({}));
  same(R"({"origins": ["https://a.example", "http://b.example"], "provider": "twilio", )"
       R"("region": "au1"})",
       check_config({"https://a.example", "http://b.example"}, {"twilio", "au1", ""}));
  same(R"({"origins": [], "provider": "stream", "region": null})",
       check_config({}, {"stream", "", ""}));
  same("allow 192.0.2.7;\n        allow 10.0.0.0/8;", allow_list({"192.0.2.7", "10.0.0.0/8"}));
}

TEST(fills_names_in_once_and_keeps_the_lines_for_port_80) {
  const Names names{{"A", "1@B@"}, {"B", "2"}, {"EMPTY", ""}};
  same("x 1@B@ 2 1@B@ @error a@b.c\nlisten\n",
       accepted(fill_in("x @A@ @B@@EMPTY@ @A@ @error a@b.c\n@PORT80@listen\n", names)));
  same("", accepted(fill_in("", names)));
}

TEST(a_site_without_port_80_has_no_line_for_it) {
  same("a @B@\n\nc\n", without_port_80("a @B@\n@PORT80@listen @C@;\n@PORT80@}\n\nc\n"));
}

TEST(the_check_page_is_told_of_the_provider_that_is_configured) {
  const Site site{"a.example", "/c", "/k", {"https://b.example"}, {}, {}};
  const auto told = [&](const std::map<std::string, std::string>& set) {
    return names_of(site,
                    [&](const std::string& name) { return set.contains(name) ? set.at(name) : ""; })
        .at("CHECK_CONFIG");
  };
  const char* const twilio = R"("provider": "twilio", "region": null)";
  const char* const stream = R"("provider": "stream", "region": null)";
  expect(contains(told({{"TWILIO_ACCOUNT_SID", "x"}}), twilio));
  expect(contains(told({{"TWILIO_ACCOUNT_SID", "x"}, {"TWILIO_REGION", "au1"}}),
                  R"("provider": "twilio", "region": "au1")"));
  expect(contains(told({{"STREAM_API_KEY", "x"}, {"TWILIO_REGION", "au1"}}), stream));
  expect(contains(told({{"TWILIO_ACCOUNT_SID", "x"},
                        {"STREAM_API_KEY", "x"},
                        {"ROOMKEY_PROVIDER", "stream"}}),
                  stream),
         "both are");
  expect(contains(told({}), twilio), "none is");
}

TEST(the_check_page_is_told_where_a_server_of_the_clinic_s_own_is_and_may_speak_to_it) {
  same(
      R"({"origins": [], "provider": "janus", "region": null, "address": "wss://a.example/janus"})",
      check_config({}, {"janus", "", "wss://a.example/janus"}));
  same(" https://a.example wss://a.example", own_door("wss://a.example/janus"));
  same(" https://a.example:7880 wss://a.example:7880", own_door("wss://a.example:7880"));
  same(" https://meet.example wss://meet.example", own_door("meet.example"));
  for (const char* const bad : {"", "http://a.example", "wss://", "wss://a.example;", "a b",
                                "wss://a.example/'", "wss://$host/", "wss://*"}) {
    const std::string none = R"({"origins": [], "provider": "janus", "region": null})";
    same(none, check_config({}, {"janus", "", bad}));
  }
  for (const char* const bad : {"", "ftp://a.example", "wss://*", "a.example; script-src *"}) {
    same("", own_door(bad));
  }
}

TEST(nginx_carries_a_websocket_where_a_server_of_the_clinic_s_own_is_configured) {
  const Site site{"a.example", "/c", "/k", {}, {}, {}};
  const auto carried = [&](const std::string& url) {
    const auto names =
        names_of(site, [&](const std::string& name) { return name == "JANUS_URL" ? url : ""; });
    return names.at("CARRY") + names.at("CARRIED_PATH") + ' ' + names.at("CARRIED_SERVER");
  };
  same("/janus 127.0.0.1:8188", carried("wss://a.example/janus"));
  expect(carried("").starts_with('#'));
}

TEST(a_name_that_nobody_knows_is_refused_and_named) {
  const std::string why = refused(base::Code::bad_request, fill_in("a @WEB_PAGES2@ b", {}));
  expect(contains(why, "@WEB_PAGES2@"), why);
}

}  // namespace
