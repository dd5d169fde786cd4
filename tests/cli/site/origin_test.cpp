#include "cli/site/origin.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::cli::site;
using namespace roomkey::test;

TEST(takes_an_origin_as_browsers_send_it) {
  for (const std::string good :
       {"https://app.clinic.example", "http://localhost:3000", "http://[::1]:3000",
        "https://192.0.2.7", "https://localhost", "http://localhost", "http://127.0.0.1:8080",
        "https://app.clinic.example:8443", "https://app.clinic.example:80",
        "http://app.clinic.example:443", "https://my_app.clinic.example", "http://tauri.localhost",
        "https://xn--bcher-kva.example", "https://9.example.com2", "https://[2001:db8::7]:65535"}) {
    same(good, accepted(read_origin(good)).text, good);
    same("", accepted(read_origin(good)).changed, good);
  }
}

TEST(takes_the_origins_of_apps) {
  for (const std::string good :
       {"capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://localhost",
        "app://-", "app://com.clinic.app", "web+clinic.app://localhost:3000",
        "chrome-extension://cciilamhchpmbdnniabclekddabkifhb",
        "moz-extension://1f2d3c4b-5a69-4788-9bac-dbecfa0b1c2d"}) {
    same(good, accepted(read_origin(good)).text, good);
    same("", origin_fault(good), good);
  }
}

TEST(puts_right_what_a_browser_would_write_otherwise) {
  const auto becomes = [](const std::string& typed, const std::string& sent, const char* how) {
    const Origin origin = accepted(read_origin(typed));
    same(sent, origin.text, typed);
    expect(contains(origin.changed, how), typed + ": " + origin.changed);
  };
  becomes("https://app.clinic.example:443", "https://app.clinic.example", "port that https has");
  becomes("http://app.clinic.example:80", "http://app.clinic.example", "port that http has");
  becomes("https://App.Clinic.Example", "https://app.clinic.example", "in lower case");
  becomes("HTTPS://APP.CLINIC.EXAMPLE:0443/", "https://app.clinic.example",
          "in lower case, without");
  becomes("Capacitor://LocalHost", "capacitor://localhost", "in lower case");
  becomes("https://app.clinic.example/", "https://app.clinic.example", "without the slash");
  becomes("capacitor://localhost/", "capacitor://localhost", "without the slash");
  becomes("https://app.clinic.example:08443", "https://app.clinic.example:8443", "without zeros");
  becomes("https://app.clinic.example:", "https://app.clinic.example", "without the colon");
  becomes(" https://app.clinic.example\t\r\n", "https://app.clinic.example", "without the blanks");
  becomes("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000", "short form");
  becomes("http://[2001:DB8::7]", "http://[2001:db8::7]", "in lower case");
  becomes("http://[::ffff:192.0.2.7]", "http://[::ffff:c000:207]", "short form");
}

TEST(refuses_an_origin_that_no_browser_sends_and_says_why) {
  const auto why = [](const std::string& typed, const char* part) {
    const std::string fault = origin_fault(typed);
    expect(contains(fault, part), typed + ": " + fault);
  };
  const std::string label(64, 'a'), name = "https://a." + label.substr(1) + '.' + label.substr(1) +
                                           '.' + label.substr(1) + '.' + label.substr(1);
  why("", "is empty");
  why(" ", "is empty");
  for (const char* port : {"99999", "65536", "0", "00", "-1", "port", "80a", "1:2", "+80"}) {
    why(std::string("https://app.clinic.example:") + port, "number from 1 to 65535");
  }
  for (const char* host : {"-", "-a.example", "a-.example", "a.-", "--"}) {
    why(std::string("https://") + host, "hyphen");
  }
  why("https://app..example", "two dots");
  why("https://.example", "two dots");
  why("https://app.clinic.example.", "ends in a dot");
  why("https://" + label + ".example", "63 characters");
  why(name, "253 characters");
  why("https://", "no host");
  why("capacitor://", "no host");
  why("https://:443", "no host");
  why("https://app.clinic.example/login", "alone, https://app.clinic.example");
  why("https://App.example:443/?x", "alone, https://app.example");
  why("https://app.example?x", "has a path");
  why("https://app.example#x", "has a path");
  why("https://app.example\\", "has a path");
  why("https://jane:secret@app.example", "alone, https://app.example");
  why("https://app.example/a b", "blank");
}

TEST(refuses_what_would_let_in_more_than_one_and_what_is_no_list_item) {
  const auto why = [](const std::string& typed, const char* part) {
    const std::string fault = origin_fault(typed);
    expect(contains(fault, part), typed + ": " + fault);
  };
  for (const char* any : {"*", "https://*", "https://*.clinic.example", "http://localhost:*"}) {
    why(any, "name each origin");
  }
  for (const char* null :
       {"null", "NULL", "file://", "file:///android_asset", "file://localhost"}) {
    why(null, "send null for pages from files");
  }
  why("https://a.example,https://b.example", "comma");
  why("https://a.example;", "comma");
  why("https://a.example https://b.example", "blank");
  why("wss://video.clinic.example", "https://");
  why("ws://localhost", "http://");
  why("ftp://a.example", "ftp");
  for (const char* none :
       {"app.clinic.example", "localhost:3000", "//a.example", "https:/a.example",
        "https:a.example", "://a.example", "1http://a.example", "\"https://a\"", "ht tp://a",
        "blob:https://a.example", "data:text/html", "~^https"}) {
    expect(!origin_fault(none).empty(), none);
  }
  why("https://b\xC3\xBC"
      "cher.example",
      "U+00FC");
  why("https://app.example\xE2\x80\x8B", "U+200B");
  why("https://app.example\xFF", "U+FFFD");
  why(std::string("https://a\0b", 11), "U+0000");
  for (const char* odd :
       {"https://a\"b", "https://a;b", "https://a%2eb", "https://a|b", "https://a$b",
        "https://a{b}", "https://a'b", "app://a~\"b", "https://a!b"}) {
    expect(!origin_fault(odd).empty(), odd);
  }
}

TEST(an_address_is_written_as_browsers_write_it) {
  const auto why = [](const std::string& typed, const char* part) {
    const std::string fault = origin_fault(typed);
    expect(contains(fault, part), typed + ": " + fault);
  };
  why("https://127.1", "take for 127.0.0.1");
  why("https://2130706433", "take for 127.0.0.1");
  why("https://0x7f.1", "take for 127.0.0.1");
  why("https://192.168.010.1", "take for 192.168.8.1");
  for (const char* none : {"https://256.0.0.1", "https://1.2.3.4.5", "https://1.2.3.08",
                           "https://clinic.7", "https://a.0x"}) {
    why(none, "not an IPv4 address");
  }
  for (const char* none : {"http://[::1", "http://[]", "http://[", "http://[fe80::1%eth0]",
                           "http://[1.2.3.4]", "http://[::1]x", "http://[::g]"}) {
    why(none, "IPv6");
  }
}

TEST(a_list_holds_each_origin_once_and_no_password_is_shown) {
  const Origins origins = read_origins({"https://a.example", "https://A.example:443", "https://-",
                                        "capacitor://localhost", "https://jane:secret@a.example"});
  same(std::vector<std::string>{"https://a.example", "capacitor://localhost"}, origins.list);
  same(
      std::vector<std::string>{
          "https://A.example:443 is taken as https://a.example: browsers send it "
          "in lower case, without the port that https has anyway"},
      origins.notes);
  same(std::size_t{2}, origins.faults.size());
  expect(contains(origins.faults[1], "https://...@a.example has a user"), origins.faults[1]);
}

}  // namespace
