#include "roomkey/base/result.hpp"

namespace roomkey::base {

std::string_view word(Code code) {
  switch (code) {
    case Code::authentication_required: return "authentication_required";
    case Code::invalid_token: return "invalid_token";
    case Code::token_expired: return "token_expired";
    case Code::user_unknown: return "user_unknown";
    case Code::rate_limited: return "rate_limited";
    case Code::permission_denied: return "permission_denied";
    case Code::removed: return "removed";
    case Code::denied: return "denied";
    case Code::waiting: return "waiting";
    case Code::guest_not_found: return "guest_not_found";
    case Code::guest_elsewhere: return "guest_elsewhere";
    case Code::too_many_guests: return "too_many_guests";
    case Code::appointment_not_found: return "appointment_not_found";
    case Code::room_not_found: return "room_not_found";
    case Code::not_found: return "not_found";
    case Code::method_not_allowed: return "method_not_allowed";
    case Code::appointment_closed: return "appointment_closed";
    case Code::too_early: return "too_early";
    case Code::too_late: return "too_late";
    case Code::no_open_appointment: return "no_open_appointment";
    case Code::not_telehealth: return "not_telehealth";
    case Code::bad_request: return "bad_request";
    case Code::bad_signature: return "bad_signature";
    case Code::participant_not_found: return "participant_not_found";
    case Code::payload_too_large: return "payload_too_large";
    case Code::invalid_fields: return "invalid_fields";
    case Code::token_failed: return "token_failed";
    case Code::provider_not_configured: return "provider_not_configured";
    case Code::provider_unavailable: return "provider_unavailable";
    case Code::store_unavailable: return "store_unavailable";
    case Code::internal_error: return "internal_error";
  }
  throw std::logic_error("a code without a word");
}

std::string_view word(Unavailable::Cause cause) {
  using Cause = Unavailable::Cause;
  switch (cause) {
    case Cause::other: return "other";
    case Cause::missing: return "missing";
    case Cause::not_made: return "not_made";
    case Cause::locked: return "locked";
    case Cause::disk_full: return "disk_full";
    case Cause::no_inodes: return "no_inodes";
    case Cause::quota: return "quota";
    case Cause::disk_fails: return "disk_fails";
    case Cause::disk_read_only: return "disk_read_only";
    case Cause::not_allowed: return "not_allowed";
    case Cause::unreadable: return "unreadable";
    case Cause::older_schema: return "older_schema";
    case Cause::newer_schema: return "newer_schema";
    case Cause::no_library: return "no_library";
    case Cause::away: return "away";
    case Cause::refused: return "refused";
    case Cause::no_database: return "no_database";
    case Cause::too_many: return "too_many";
    case Cause::read_only: return "read_only";
    case Cause::alone: return "alone";
    case Cause::conflict: return "conflict";
    case Cause::unknown_outcome: return "unknown_outcome";
  }
  throw std::logic_error("a cause without a word");
}

}  // namespace roomkey::base
