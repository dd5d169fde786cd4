#include "roomkey/provider/custom/template.hpp"

#include <algorithm>

#include "provider/custom/template_reader.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::custom {

namespace {

std::string as_json(std::string_view text) {
  std::string json;
  base::append_quoted(json, text);
  return json;
}

std::string seconds(std::chrono::sys_seconds time) {
  return std::to_string(base::unix_seconds(time));
}

}  // namespace

std::optional<Template> Template::read(std::string_view text, std::vector<std::string>& faults) {
  return Parser(faults).read(text);
}

// In the order of kPlaceholders.
std::string Template::value_of(std::size_t field, const Filling& filling) const {
  const access::Grant& grant = filling.grant;
  switch (static_cast<Placeholder>(std::min(field, kPlaceholders.size()))) {
    case Placeholder::room: return as_json(grant.room_name);
    case Placeholder::identity: return as_json(grant.identity);
    case Placeholder::name: return as_json(grant.name_or_identity());
    case Placeholder::email: return as_json(grant.email.empty() ? grant.identity : grant.email);
    case Placeholder::user_id:
      return grant.user_id == 0 ? as_json(grant.identity) : std::to_string(grant.user_id);
    case Placeholder::appointment_id: return std::to_string(grant.appointment_id);
    case Placeholder::role: return as_json(access::word(grant.side));
    case Placeholder::iat: return seconds(filling.issued_at);
    case Placeholder::nbf: return seconds(filling.valid_from);
    case Placeholder::exp: return seconds(filling.expires_at);
    case Placeholder::jti: return as_json(filling.jti);
    case Placeholder::own: break;
  }
  const ByRole& own = by_role_.at(field - kPlaceholders.size());
  return grant.side == access::Side::psychologist ? own.psychologist : own.patient;
}

std::string Template::fill(const Pieces& pieces, const Filling& filling) const {
  std::string json;
  for (const Piece& piece : pieces) {
    json += piece.text;
    if (!piece.field) continue;
    std::string value = value_of(*piece.field, filling);
    if (piece.inside && value.front() == '"') value = value.substr(1, value.size() - 2);
    json += value;
  }
  return json;
}

}  // namespace roomkey::provider::custom
