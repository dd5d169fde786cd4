#include "cli/check/checked.hpp"
#include "cli/site/site.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

base::Findings listed(const std::string& entries) {
  base::Findings findings;
  cli::check::check_origins(
      findings, "# a site\nmap $http_origin $roomkey_origin {\n    default \"\";\n    " + entries +
                    "\n}\nmap $x $y {\n    \"https://-\" 1;\n}\n");
  return findings;
}

TEST(the_origins_that_setup_writes_are_found_in_the_site) {
  came_out("ok origins",
           listed(cli::site::origin_map(
               {"https://app.clinic.example", "http://[::1]:3000", "web+app://localhost"})),
           "https://app.clinic.example http://[::1]:3000 web+app://localhost");
  came_out("ok origins", listed(""), "No other site's pages");
  came_out("", base::Findings());
  base::Findings foreign;
  cli::check::check_origins(foreign, "server { listen 443; }");
  came_out("", foreign);
}

TEST(each_origin_that_never_comes_is_named_with_what_to_write) {
  const base::Findings findings = listed(
      cli::site::origin_map({"https://app.clinic.example:443", "https://app.clinic.example:99999",
                             "https://-", "https://App.example", "capacitor://localhost"}));
  came_out("error origins, error origins, error origins, error origins", findings,
           ":443, which never comes: browsers send it without the port that https has anyway, as "
           "https://app.clinic.example.");
  came_out("error origins", listed("\"null\" $http_origin; # by hand"), "lets anybody in");
  came_out("error origins", listed("https://a.example/ $http_origin;"), "https://a.example.");
  came_out("error origins", listed("'*' $http_origin;"), "name each origin");
}

TEST(a_pattern_is_no_origin) {
  for (const char* pattern :
       {R"("~^https://.*\.clinic\.example$")", R"("~^https://app.example$")", R"(~clinic)",
        R"("~*^https://a$")", R"("~^https://a\.example")", R"("~^https://a{1,3}$")"}) {
    came_out("warn origins", listed(std::string(pattern) + " $http_origin;"), "by a pattern");
  }
}

TEST(a_site_that_is_cut_off_or_odd_is_read_to_its_end) {
  for (const char* odd :
       {"\"", "\"\\", "a", "a b", "#", "~", "\"~^$\" x;", "'a", "; ; ;", "{ {", "\\"}) {
    base::Findings findings;
    cli::check::check_origins(findings, std::string("map $http_origin $roomkey_origin {") + odd);
    expect(findings.all().size() < 3, odd);
  }
}

}  // namespace
