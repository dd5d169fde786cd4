#include "roomkey/http/message.hpp"

#include "roomkey/access/door.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::http {

namespace {

using base::Code;
using base::Error;

struct Answer {
  int status;
  std::string text;
};

std::string told(const Error& error) {
  return error.told.empty() ? error.detail : std::string(error.told);
}

Answer answer_to(const Error& error) {
  switch (error.code) {
    case Code::authentication_required: return {401, "Authentication required"};
    case Code::invalid_token: return {401, "Invalid token"};
    case Code::token_expired: return {401, "Token has expired"};
    case Code::user_unknown: return {401, "User not found or inactive"};
    case Code::rate_limited: return {429, "Too many requests"};
    case Code::permission_denied: return {403, "Permission denied"};
    case Code::removed: return {403, "Removed from this appointment"};
    case Code::denied: return {403, "Not admitted"};
    case Code::waiting: return {403, "Waiting to be let in"};
    case Code::guest_not_found: return {404, "Guest not found"};
    case Code::guest_elsewhere: return {403, "This link is in use on another device"};
    case Code::too_many_guests: return {409, "Too many guests"};
    case Code::appointment_not_found: return {404, "Appointment not found"};
    case Code::room_not_found: return {404, "No video room found for this appointment"};
    case Code::not_found: return {404, "Not found"};
    case Code::method_not_allowed: return {405, "Method not allowed"};
    case Code::appointment_closed: return {409, error.detail};
    case Code::too_early: return {403, "Too early to join"};
    case Code::too_late: return {403, "Too late to join"};
    case Code::no_open_appointment: return {403, "No appointment to join"};
    case Code::not_telehealth:
      return {400, "Video room can only be created for telehealth appointments"};
    case Code::bad_request: return {400, error.detail};
    case Code::bad_signature: return {403, "Invalid signature"};
    case Code::participant_not_found: return {404, "Participant not found"};
    case Code::invalid_fields: return {422, "Some fields are missing or wrong"};
    case Code::payload_too_large: return {413, "Request body too large"};
    case Code::token_failed: return {500, "Failed to generate access token: " + error.detail};
    case Code::provider_not_configured: return {500, told(error)};
    case Code::provider_unavailable: return {502, "Video provider is unavailable"};
    case Code::store_unavailable: return {503, "Service temporarily unavailable"};
    case Code::internal_error: return {500, "Internal server error"};
  }
  throw std::logic_error("a code without an answer");
}

std::string challenge(const Error& error) {
  std::string text = "Bearer realm=\"roomkey\"";
  if (error.code == Code::authentication_required) return text;
  // The details of bearer refusals are fixed sentences without quotes or backslashes.
  return text + ", error=\"invalid_token\", error_description=\"" + error.detail + '"';
}

// The names are the caller's own, so they are escaped.
std::string json_of(const std::vector<base::FieldFault>& fields) {
  std::string json = "{";
  for (const base::FieldFault& fault : fields) {
    if (json.size() > 1) json += ',';
    base::append_quoted(json, fault.field);
    json += ':';
    base::append_quoted(json, fault.why);
  }
  return json + '}';
}

}  // namespace

Response error_response(const Error& error) {
  const Answer answer = answer_to(error);
  base::JsonObject body;
  body.add("error", answer.text).add("code", base::word(error.code));
  if (error.code == Code::too_early || error.code == Code::too_late) {
    body.add("opens_at", base::format_utc(error.window.opens_at))
        .add("closes_at", base::format_utc(error.window.closes_at));
  }
  if (error.code == Code::waiting) {
    body.add("retry_after", std::int64_t{access::kAskAgain.count()})
        .add("waiting_since", base::format_utc(error.waiting_since));
  }
  if (error.code == Code::invalid_fields) body.add_raw("fields", json_of(error.fields));
  Response response{answer.status, body.text()};
  if (answer.status == 401) response.headers.emplace_back("WWW-Authenticate", challenge(error));
  if (answer.status == 429) response.headers.emplace_back("Retry-After", "1");
  if (error.code == Code::waiting) {
    response.headers.emplace_back("Retry-After", std::to_string(access::kAskAgain.count()));
  }
  if (answer.status == 503) {
    response.headers.emplace_back("Retry-After", std::to_string(error.retry_after.count()));
  }
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

}  // namespace roomkey::http
