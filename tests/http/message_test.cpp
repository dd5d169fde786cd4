#include "roomkey/http/message.hpp"

#include "roomkey/base/json.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::http;
using namespace roomkey::test;
using roomkey::base::Code;

std::string headers_of(const Response& response) {
  std::string text;
  for (const auto& [name, value] : response.headers)
    text += std::string(name) + ": " + value + '\n';
  return text;
}

// The contract's table (section 1.1) and the two words of our own.
TEST(each_code_has_the_contract_s_status_text_and_word) {
  struct Case {
    Code code;
    int status;
    std::string_view text, word;
  };
  const Case cases[] = {
      {Code::authentication_required, 401, "Authentication required", "authentication_required"},
      {Code::invalid_token, 401, "Invalid token", "invalid_token"},
      {Code::token_expired, 401, "Token has expired", "token_expired"},
      {Code::user_unknown, 401, "User not found or inactive", "user_unknown"},
      {Code::rate_limited, 429, "Too many requests", "rate_limited"},
      {Code::permission_denied, 403, "Permission denied", "permission_denied"},
      {Code::appointment_not_found, 404, "Appointment not found", "appointment_not_found"},
      {Code::room_not_found, 404, "No video room found for this appointment", "room_not_found"},
      {Code::not_found, 404, "Not found", "not_found"},
      {Code::method_not_allowed, 405, "Method not allowed", "method_not_allowed"},
      {Code::appointment_closed, 409, "why", "appointment_closed"},
      {Code::too_early, 403, "Too early to join", "too_early"},
      {Code::too_late, 403, "Too late to join", "too_late"},
      {Code::no_open_appointment, 403, "No appointment to join", "no_open_appointment"},
      {Code::not_telehealth, 400, "Video room can only be created for telehealth appointments",
       "not_telehealth"},
      {Code::bad_request, 400, "why", "bad_request"},
      {Code::payload_too_large, 413, "Request body too large", "payload_too_large"},
      {Code::invalid_fields, 422, "Some fields are missing or wrong", "invalid_fields"},
      {Code::token_failed, 500, "Failed to generate access token: why", "token_failed"},
      {Code::denied, 403, "Not admitted", "denied"},
      {Code::waiting, 403, "Waiting to be let in", "waiting"},
      {Code::guest_not_found, 404, "Guest not found", "guest_not_found"},
      {Code::guest_elsewhere, 403, "This link is in use on another device", "guest_elsewhere"},
      {Code::too_many_guests, 409, "Too many guests", "too_many_guests"},
      {Code::removed, 403, "Removed from this appointment", "removed"},
      {Code::bad_signature, 403, "Invalid signature", "bad_signature"},
      {Code::participant_not_found, 404, "Participant not found", "participant_not_found"},
      {Code::provider_not_configured, 500, "why", "provider_not_configured"},
      {Code::provider_unavailable, 502, "Video provider is unavailable", "provider_unavailable"},
      {Code::store_unavailable, 503, "Service temporarily unavailable", "store_unavailable"},
      {Code::internal_error, 500, "Internal server error", "internal_error"}};
  same(static_cast<int>(Code::internal_error) + 1, std::size(cases), "a code without a row");
  for (const auto& [code, status, text, word] : cases) {
    const Response response = error_response({code, "why"});
    same(status, response.status, word);
    const auto body = accepted(roomkey::base::parse_json_object(response.body), response.body);
    same(text, body["error"].asString(), word);
    same(word, body["code"].asString());
    const bool window = code == Code::too_early || code == Code::too_late;
    const bool more = window || code == Code::waiting;
    same(more ? 4 : code == Code::invalid_fields ? 3 : 2, body.size(), word);
    const std::string headers = headers_of(response);
    same(status == 401, contains(headers, "WWW-Authenticate: Bearer realm=\"roomkey\""), word);
    same(status == 503, contains(headers, "Retry-After: 2"), word);
    same(status == 429, contains(headers, "Retry-After: 1"), word);
    const bool with_header =
        status == 401 || status == 429 || status == 503 || code == Code::waiting;
    same(with_header ? 1 : 0, response.headers.size(), word);
  }
}

TEST(what_a_caller_is_told_may_be_less_than_the_log_is) {
  roomkey::base::Error error{Code::provider_not_configured, "STREAM_API_KEY is not set"};
  error.told = "credentials not configured";
  const auto body = accepted(roomkey::base::parse_json_object(error_response(error).body));
  same("credentials not configured", body["error"].asString());
}

TEST(a_refused_token_is_told_why_and_a_missing_one_is_just_asked_for) {
  same("WWW-Authenticate: Bearer realm=\"roomkey\"\n",
       headers_of(error_response({Code::authentication_required})));
  same(
      "WWW-Authenticate: Bearer realm=\"roomkey\", error=\"invalid_token\","
      " error_description=\"The token has expired\"\n",
      headers_of(error_response({Code::token_expired, "The token has expired"})));
}

TEST(a_refusal_by_the_window_tells_it_or_null) {
  same(R"({"error":"Too early to join","code":"too_early","opens_at":"2025-11-16T09:00:00Z",)"
       R"("closes_at":null})",
       error_response({Code::too_early, "", {kNine, std::nullopt}}).body);
  same(R"({"error":"Too late to join","code":"too_late","opens_at":null,)"
       R"("closes_at":"2025-11-16T10:00:00Z"})",
       error_response({Code::too_late, "", {std::nullopt, kNine + 1h}}).body);
}

TEST(refused_fields_are_named_with_their_reason_and_cannot_break_out) {
  same(R"({"error":"Some fields are missing or wrong","code":"invalid_fields",)"
       R"("fields":{"email":"is missing","a\"b\u00e9":"is not a field that is known"}})",
       error_response({Code::invalid_fields,
                       "",
                       {},
                       {{"email", "is missing"}, {"a\"b\u00e9", "is not a field that is known"}}})
           .body);
  same(R"({"error":"Some fields are missing or wrong","code":"invalid_fields","fields":{}})",
       error_response({Code::invalid_fields}).body);
}

TEST(a_detail_cannot_break_out_of_the_body) {
  same(R"({"error":"a\"b\\c\nd\u00e9","code":"bad_request"})",
       error_response({Code::bad_request, "a\"b\\c\nd\u00e9"}).body);
}

TEST(every_status_in_use_has_its_phrase) {
  for (int code = 0; code <= static_cast<int>(Code::internal_error); ++code) {
    const int status = error_response({static_cast<Code>(code)}).status;
    same(status == 500, reason_phrase(status) == "Internal Server Error", std::to_string(status));
  }
  same("OK", reason_phrase(200));
  same("Created", reason_phrase(201));
}

TEST(who_waits_hears_since_when_and_when_to_ask_again) {
  roomkey::base::Error waiting{Code::waiting};
  waiting.waiting_since = roomkey::test::kNine;
  const Response response = error_response(waiting);
  same(R"({"error":"Waiting to be let in","code":"waiting","retry_after":3,)"
       R"("waiting_since":"2025-11-16T09:00:00Z"})",
       response.body);
  same("Retry-After: 3",
       std::string(response.headers.front().first) + ": " + response.headers.front().second);
}

}  // namespace
