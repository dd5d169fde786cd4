#include "cli/check/checked.hpp"
#include "cli/check/checks.hpp"
#include "roomkey/base/json.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;
using cli::check::to_json;
using cli::check::to_text;

constexpr std::string_view kPassed = "All Twilio tests passed!";

TEST(each_check_is_a_line_with_the_cure_under_it) {
  base::Findings findings;
  findings.ok("a", "All is well");
  findings.warn("b", "Not so well.", "Do this.");
  same("[OK] All is well\n[WARN] Not so well.\n    Do this.\n[SUCCESS] All Twilio tests passed!\n",
       to_text(findings, kPassed));
  findings.error("c", "Bad.", "Do that.");
  expect(to_text(findings, kPassed).ends_with("[ERROR] Bad.\n    Do that.\n[FAILED] 1 problem\n"));
  findings.error("d", "Worse.", "Do that.");
  expect(to_text(findings, kPassed).ends_with("[FAILED] 2 problems\n"));
}

TEST(a_program_reads_an_object_a_line_and_a_summary_last) {
  base::Findings findings;
  findings.ok("a", "All is well");
  findings.error("c", "Bad \"\n\x1B[2J.", "Do that.");
  same(R"({"check":"a","status":"ok","detail":"All is well","cure":null})"
       "\n"
       R"({"check":"c","status":"error","detail":"Bad \"\n\u001b[2J.","cure":"Do that."})"
       "\n"
       R"({"check":"summary","status":"error","detail":"1 problem","cure":null,"problems":1,)"
       R"("warnings":0})"
       "\n",
       to_json(findings, kPassed));
}

TEST(what_a_stranger_wrote_can_not_move_the_cursor) {
  base::Findings findings;
  findings.error("a", "It says \x1B[2J\n[OK] all.", "See.");
  same("[ERROR] It says \\u001b[2J\\n[OK] all.\n    See.\n[FAILED] 1 problem\n",
       to_text(findings, kPassed));
}

TEST(a_fault_of_the_configuration_names_its_variable) {
  base::Findings findings;
  cli::check::check_fault(findings, {"TWILIO_ROOMS", "must be one of ad-hoc, rest"}, "some.env");
  cli::check::check_fault(
      findings, {"TWILIO_API_SECRET_FILE", "can't read the file: Is a directory", 0, true}, "");
  cli::check::check_fault(findings, {"some.env", "a quote is not closed", 3}, "some.env");
  cli::check::check_fault(findings, {"some.env", "No such file or directory"}, "some.env");
  cli::check::check_fault(findings, {"ROOMKEY_JWT_JWKS_FILE", "the JWK set has no array `keys`"},
                          "");
  came_out(
      "error TWILIO_ROOMS, error TWILIO_API_SECRET_FILE, error env_file, error env_file, error "
      "ROOMKEY_JWT_JWKS_FILE",
      findings, "Correct that line");
  expect(contains(to_text(findings, kPassed),
                  "Put that right in the file that ROOMKEY_JWT_JWKS_FILE names"));
  expect(
      contains(to_text(findings, kPassed), "directory. What follows is said without that file."));
}

}  // namespace
