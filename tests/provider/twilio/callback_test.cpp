#include "roomkey/provider/twilio/callback.hpp"

#include "support/room.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::provider::twilio;
using namespace roomkey::test;
using roomkey::base::Code;

// The example of Twilio's page; all signatures here were made by python3-twilio's RequestValidator.
const Form kExample{{"CallSid", "CA1234567890ABCDE"},
                    {"Caller", "+12349013030"},
                    {"Digits", "1234"},
                    {"From", "+12349013030"},
                    {"To", "+18005551212"}};
constexpr std::string_view kUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr std::string_view kSignature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";

TEST(takes_what_twilio_signed_with_and_without_port) {
  expect(is_signature(kSignature, kUrl, kExample, "12345"));
  expect(is_signature(kSignature, "https://mycompany.com:443/myapp.php?foo=1&bar=2", kExample,
                      "12345"));
  expect(is_signature("EpDEmp1PyjDYp77YxYU3GILBWzE=", kUrl, kExample, "12345"));
  for (const auto* const url : {"https://[::1]/x", "https://[::1]:443/x"}) {
    expect(is_signature("5XsHlA/+sj/oFBtuQtdSiiwSsQY=", url, kExample, "12345"), url);
    expect(is_signature("m+Kh3yUvGTaWSFATfOXrx62kbQI=", url, kExample, "12345"), url);
  }
  expect(is_signature("DmklXj1vbNojI3tI0w0Vlm90p/o=", "http://h/x", kExample, "12345"));
  expect(is_signature("O/XdH3TADjrNFgnfl/K65hiIjac=", "http://h:8443/x", kExample, "12345"));
  Form shuffled(kExample.rbegin(), kExample.rend());
  expect(is_signature(kSignature, kUrl, shuffled, "12345"), "the order does not matter");
}

TEST(refuses_what_twilio_did_not_sign) {
  Form changed = kExample;
  changed[2].second = "1235";
  expect(!is_signature(kSignature, kUrl, changed, "12345"));
  Form more = kExample;
  more.emplace_back("Extra", "");
  expect(!is_signature(kSignature, kUrl, more, "12345"));
  expect(!is_signature(kSignature, kUrl, {}, "12345"));
  expect(!is_signature(kSignature, kUrl, kExample, "12346"), "another token");
  for (const auto* const url :
       {"https://mycompany.com/myapp.php?foo=1&bar=3", "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com:8443x/", "https://evil.example/myapp.php?foo=1&bar=2", "x", ""}) {
    expect(!is_signature(kSignature, url, kExample, "12345"), url);
  }
  for (const auto* const signature :
       {"", "0", "0/KCTR6DLpKmkAf8muzZqo1nDgQ", "0/KCTR6DLpKmkAf8muzZqo1nDgR=",
        "0_KCTR6DLpKmkAf8muzZqo1nDgQ=", " 0/KCTR6DLpKmkAf8muzZqo1nDgQ="}) {
    expect(!is_signature(signature, kUrl, kExample, "12345"), signature);
  }
  expect(!is_signature("", "", {}, ""), "nothing configured, nothing signed");
}

TEST(what_cannot_be_a_signature_is_refused_before_the_body_is_read) {
  const Events events({std::string(kUrl), roomkey::crypto::Secret("12345")});
  const auto refusal_of = [&](std::string_view signature) {
    const std::function<std::string_view(const char*)> header = [&](const char*) {
      return signature;
    };
    return refused(Code::bad_signature, events.read({"a=%zz", "", header}), signature);
  };
  for (const auto* const signature :
       {"0", "0/KCTR6DLpKmkAf8muzZqo1nDgQ", "0/KCTR6DLpKmkAf8muzZqo1nDgQQ",
        "0_KCTR6DLpKmkAf8muzZqo1nDgQ=", " /KCTR6DLpKmkAf8muzZqo1nDgQ=",
        "0/KCTR6DLpKmkAf8muzZqo1nDgQ=, 0/KCTR6DLpKmkAf8muzZqo1nDgQ="}) {
    same("the signature is none of Twilio's", refusal_of(signature), signature);
  }
  same("The body is not percent-encoded UTF-8", refusal_of(kSignature));
}

Form connected() {
  return {{"RoomStatus", "in-progress"},
          {"RoomSid", sid("RM", '1')},
          {"RoomName", std::string(kRoom)},
          {"SequenceNumber", "7"},
          {"StatusCallbackEvent", "participant-connected"},
          {"Timestamp", "2025-11-16T09:00:01.123Z"},
          {"ParticipantSid", sid("PA", 'a')},
          {"ParticipantIdentity", kJane}};
}

Form with(Form form, const std::string& name, const std::string& value) {
  for (auto& [key, text] : form) {
    if (key == name) text = value;
  }
  return form;
}

TEST(reads_what_a_session_s_state_follows_from) {
  const auto callback = accepted(read_callback(connected()));
  same("participant-connected", callback.event);
  same(kRoom, callback.room_name);
  same(sid("RM", '1'), callback.room_sid);
  same(7, callback.sequence);
  const auto event = callback.room_event.value();
  same(kNine + 1s, event.at);
  same(7, event.sequence);
  same(sid("PA", 'a') + ' ' + kJane, event.participant_sid + ' ' + event.identity);
  expect(!event.duration);
  auto left = with(connected(), "StatusCallbackEvent", "participant-disconnected");
  left.emplace_back("ParticipantDuration", "299");
  same(std::optional<std::int64_t>(299), accepted(read_callback(left)).room_event.value().duration);
  auto ended = with(connected(), "StatusCallbackEvent", "room-ended");
  ended.emplace_back("RoomDuration", "3900");
  const auto over = accepted(read_callback(ended)).room_event.value();
  same(std::optional<std::int64_t>(3900), over.duration);
  same("", over.participant_sid);
}

TEST(other_events_are_read_as_far_as_needed) {
  const auto track =
      accepted(read_callback(with(connected(), "StatusCallbackEvent", "track-added")));
  same(7, track.sequence);
  expect(!track.room_event);
  for (const auto* const event : {"recording-completed", "composition-available", "new-thing"}) {
    const auto other = accepted(read_callback({{"StatusCallbackEvent", event}}));
    same(event, other.event);
    same(-1, other.sequence);
  }
}

TEST(names_the_field_that_is_wrong) {
  for (const auto& [name, value] : {std::pair{"RoomSid", ""},
                                    {"RoomSid", "RM1"},
                                    {"RoomSid", "PA11111111111111111111111111111111"},
                                    {"RoomSid", "RM1111111111111111111111111111111g"},
                                    {"RoomName", ""},
                                    {"SequenceNumber", ""},
                                    {"SequenceNumber", "-1"},
                                    {"SequenceNumber", "1.5"},
                                    {"SequenceNumber", "99999999999999999999"},
                                    {"Timestamp", ""},
                                    {"Timestamp", "yesterday"},
                                    {"Timestamp", "1969-12-31T23:59:59Z"},
                                    {"Timestamp", "10000-01-01T00:00:00Z"},
                                    {"SequenceNumber", "10000001"},
                                    {"StatusCallbackEvent", ""},
                                    {"ParticipantSid", ""},
                                    {"ParticipantSid", "PAx"}}) {
    const auto why =
        refused(Code::bad_request, read_callback(with(connected(), name, value)), name);
    expect(contains(why, name), why);
  }
  auto twice = connected();
  twice.emplace_back("RoomName", "another");
  same("RoomName is given more than once", refused(Code::bad_request, read_callback(twice)));
  auto long_name = with(connected(), "ParticipantIdentity", std::string(513, 'x'));
  refused(Code::bad_request, read_callback(long_name));
  for (const auto* const span : {"long", "-1", "1.5", "31622401", "9223372036854775807",
                                 "9223372036854775808", "99999999999999999999999"}) {
    auto left = with(connected(), "StatusCallbackEvent", "participant-disconnected");
    left.emplace_back("ParticipantDuration", span);
    const auto why = refused(Code::bad_request, read_callback(left), span);
    same("ParticipantDuration is missing or malformed", why);
    auto ended = with(connected(), "StatusCallbackEvent", "room-ended");
    ended.emplace_back("RoomDuration", span);
    refused(Code::bad_request, read_callback(ended), span);
  }
}

}  // namespace
