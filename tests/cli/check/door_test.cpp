#include "cli/check/checked.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;
using cli::check::DoorAnswer;
using Failure = provider::Https::Failure;

const cli::check::FoundSite kSite{{"video.clinic.example", {"/etc/cert.pem"}, {}, {}}, {"aa"}};

DoorAnswer well() { return {"127.0.0.1:443", {}, "", "aa", "nginx", 200, "", true, 404, {}}; }

DoorAnswer silent(Failure failure, const std::string& fingerprint = "") {
  return {"127.0.0.1:443", failure, "it says nothing", fingerprint};
}

base::Findings judged(const DoorAnswer& answer, bool nginx_runs = true,
                      base::Findings findings = {}) {
  cli::check::check_door(findings, kSite, answer, nginx_runs);
  return findings;
}

TEST(a_site_that_answers_as_it_should_needs_no_words) {
  came_out("", judged(well()));
  auto renewed_and_loaded = kSite;
  renewed_and_loaded.fingerprints = {"bb", "aa"};
  base::Findings findings;
  cli::check::check_door(findings, renewed_and_loaded, well(), true);
  came_out("", findings);
}

TEST(nobody_at_the_door_is_an_nginx_that_does_not_run_or_does_not_listen) {
  came_out("error https", judged(silent(Failure::connection), false),
           "nginx does not run.\n    systemctl start nginx");
  came_out("error https", judged(silent(Failure::connection)), "doesn't listen there");
}

TEST(without_libcurl_no_door_is_asked) {
  came_out("error https", judged(silent(Failure::library)), "was not asked");
}

TEST(another_program_is_told_by_what_it_says) {
  came_out("error https", judged(silent(Failure::tls)), "ss -ltnp 'sport = :443'");
  came_out("error https", judged(silent(Failure::deadline)), "it says nothing");
  came_out("error https", judged(silent(Failure::answer, "bb")), "Another program");
  auto other = well();
  other.roomkey = false;
  other.server = "Caddy";
  other.fingerprint = "bb";
  came_out("error https", judged(other), "Another program answers on 127.0.0.1:443: /healthz");
}

TEST(another_site_of_nginx_is_one_where_roomkeys_is_not_included) {
  auto other = well();
  other.roomkey = false;
  other.status = 404;
  for (const auto* const fingerprint : {"aa", "bb"}) {
    other.fingerprint = fingerprint;
    came_out("error https", judged(other), "with another site.");
    came_out("error https", judged(other), "ln -s /etc/nginx/sites-available/roomkey.conf");
  }
}

TEST(without_workers_nginx_says_so_itself) {
  auto none = well();
  none.roomkey = false;
  none.status = 502;
  none.code = "worker_unavailable";
  came_out("error workers", judged(none), "systemctl start roomkey.target");
  came_out("error workers", judged(silent(Failure::deadline, "aa")), "nothing within 5 s");
  auto no_room_pool = well();
  no_room_pool.room_status = 502;
  came_out("error workers", judged(no_room_pool), "no worker of the room pool");
}

TEST(a_renewed_certificate_that_nginx_has_not_read_is_named) {
  auto old = well();
  old.fingerprint = "bb";
  came_out("error certificate", judged(old), "not the one in /etc/cert.pem.\n    systemctl reload");
  old.code = "worker_unavailable";
  old.status = 502;
  came_out("error certificate, error workers", judged(old));
  auto unread = kSite;
  unread.fingerprints.clear();
  base::Findings findings;
  cli::check::check_door(findings, unread, well(), true);
  came_out("", findings);
}

TEST(what_is_closed_to_this_machine_is_not_judged) {
  auto closed = well();
  closed.roomkey = false;
  closed.status = 403;
  closed.code = "permission_denied";
  came_out("warn https", judged(closed), "--health-allow");
}

TEST(workers_that_are_not_ready_are_said_once) {
  auto answer = well();
  answer.not_ready = {{"schema", "the store: locked"},
                      {"store", "the store: locked"},
                      {"twilio", "TWILIO_API_KEY is not set"}};
  came_out("error readyz", judged(answer),
           "(/readyz): schema: the store: locked; twilio: TWILIO_API_KEY is not set.\n    What");
  base::Findings known;
  known.error("store", "Bad.", "Do.");
  known.error("TWILIO_API_KEY", "Bad.", "Do.");
  came_out("error store, error TWILIO_API_KEY", judged(answer, true, known));
}

}  // namespace
