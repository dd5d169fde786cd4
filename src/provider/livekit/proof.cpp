// What LiveKit's answers mean: `pkg/service/auth.go` of github.com/livekit/livekit says 401 with
// "invalid API key" or "invalid authorization token", Twirp 404 with "bad_route".
#include "provider/livekit/proof.hpp"

#include "provider/livekit/settings.hpp"
#include "provider/reach.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::provider::livekit {

namespace {

using std::chrono::seconds;

// A room that nobody has, so that the answer is short and names nobody's room.
constexpr const char* kNoRoom = "roomkey-check";

bool is_list_of_rooms(const Reply& reply) {
  return reply.good() && (*reply.object)["rooms"].isArray();
}

// False, and said, where the answer is not LiveKit's or none came.
bool reached(base::Findings& findings, const Answers& answers) {
  const Reply& rooms = answers.rooms;
  const std::string http = "HTTP " + std::to_string(rooms.status);
  if (rooms.status == 0) {
    findings.error("livekit", answers.host + " can't be reached: " + rooms.why + '.',
                   network_cure(rooms.failure, answers.host));
  } else if (rooms.status == 429 || rooms.status >= 500) {
    findings.error("livekit", answers.host + " has trouble: it answers with " + http + '.',
                   "Try again in a minute; see the log of the LiveKit server, or "
                   "https://status.livekit.io for LiveKit Cloud.");
  } else if (rooms.status == 401 || rooms.status == 403 || is_list_of_rooms(rooms)) {
    return true;
  } else {
    findings.error("livekit", answers.host + " answers with " + http + " and not as LiveKit does.",
                   "See that LIVEKIT_API_URL, or LIVEKIT_URL where it is not set, leads to the "
                   "LiveKit server itself: a proxy before it must hand on /twirp/ and /rtc.");
  }
  return false;
}

void check_clock(base::Findings& findings, const Answers& answers) {
  constexpr seconds kWarn{10}, kError{60};
  constexpr const char* kName = "livekit_clock";
  if (!answers.clock_ahead) {
    return findings.warn(kName, "This machine's clock was not compared: LiveKit said no time.",
                         "See that timedatectl says System clock synchronized: yes.");
  }
  const auto off = std::chrono::abs(*answers.clock_ahead);
  if (off <= kWarn) return findings.ok(kName, "This machine's clock agrees with LiveKit's");
  const std::string text = "This machine's clock is " + base::in_words(off) +
                           (answers.clock_ahead->count() > 0 ? " ahead of" : " behind") +
                           " LiveKit's.";
  const std::string cure =
      "Set both: timedatectl set-ntp true, then see that timedatectl says System clock "
      "synchronized: yes. LiveKit takes tokens 60 s early or late, and roomkey its webhooks.";
  off > kError ? findings.error(kName, text, cure) : findings.warn(kName, text, cure);
}

void check_credentials(base::Findings& findings, const Answers& answers) {
  constexpr const char* kName = "livekit_credentials";
  const Reply& rooms = answers.rooms;
  if (is_list_of_rooms(rooms)) {
    return findings.ok(kName, "LiveKit accepts the API key with its secret (ListRooms)");
  }
  const bool no_key = rooms.body.find("invalid API key") != rooms.body.npos;
  const std::string status = " (HTTP " + std::to_string(rooms.status) + ").";
  if (no_key) {
    return findings.error(kName, "LiveKit does not know LIVEKIT_API_KEY" + status,
                          "See that the key is of this project or server: in LiveKit Cloud under "
                          "Settings, API keys; else under keys: in livekit.yaml, which is read "
                          "when the server starts.");
  }
  findings.error(kName, "LiveKit refuses LIVEKIT_API_KEY with LIVEKIT_API_SECRET" + status,
                 "Copy the secret of exactly this key again; a lost one can't be shown again by "
                 "LiveKit Cloud: make a new pair. If a line above speaks of the clock, set that "
                 "first.");
}

void check_door(base::Findings& findings, const Answers& answers) {
  if (answers.door.empty()) return;
  if (answers.door_status > 0 && answers.door_status < 500) {
    return findings.ok("LIVEKIT_URL", answers.door + " answers");
  }
  const std::string why = answers.door_status == 0
                              ? "can't be reached: " + answers.door_why
                              : "answers with HTTP " + std::to_string(answers.door_status);
  findings.error("LIVEKIT_URL", answers.door + ", which browsers open, " + why + '.',
                 network_cure(answers.door_failure, answers.door));
}

void ask_door(const Configuration& configuration, Answers& answers) {
  const std::string url = as_web(configuration.token.url);
  if (host_of(url) == answers.host) return;
  Https https({"", crypto::Secret(), std::chrono::seconds{2}});
  answers.door = host_of(url);
  const auto answer =
      https.get(url + '/', std::chrono::steady_clock::now() + std::chrono::seconds{5});
  if (answer) {
    answers.door_status = answer->status;
  } else {
    answers.door_failure = https.failure();
    answers.door_why = answer.error().detail;
  }
}

}  // namespace

Answers ask(const Configuration& configuration) {
  Service service(service_settings(configuration));
  base::JsonArray names;
  names.add(kNoRoom);
  Answers answers{.host = host_of(configuration.api_url),
                  .rooms = service.send(Request::list_rooms, kNoRoom,
                                        base::JsonObject().add_raw("names", names.text()).text(),
                                        service.deadline())};
  if (answers.rooms.date) answers.clock_ahead = base::SystemClock().now() - *answers.rooms.date;
  ask_door(configuration, answers);
  return answers;
}

void check_answers(base::Findings& findings, const Answers& answers) {
  const bool livekit = reached(findings, answers);
  if (answers.rooms.status != 0) check_clock(findings, answers);
  if (livekit) check_credentials(findings, answers);
  check_door(findings, answers);
}

}  // namespace roomkey::provider::livekit
