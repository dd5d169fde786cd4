#include "provider/custom/template_reader.hpp"

#include <algorithm>
#include <utility>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::custom {

namespace {

constexpr std::array<std::string_view, 7> kMembers{"about",   "algorithm", "by_role", "claims",
                                                   "connect", "header",    "key"};
constexpr const char* kUnreplaced = "REPLACE_ME";

std::string list_of(const auto& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_lower(c) || base::is_digit(c) || c == '_';
  });
}

// What stands between quotes in JSON.
std::string escaped(std::string_view text) {
  std::string json;
  base::append_quoted(json, text);
  return json.substr(1, json.size() - 2);
}

}  // namespace

std::optional<Template> Template::Parser::read(std::string_view text) {
  const auto faults_before = faults_.size();
  const auto json = base::parse_json_object(text);
  if (!json) {
    fault("", "is no JSON object: " + json.error().detail);
    return std::nullopt;
  }
  read_names(*json);
  read_algorithm(*json);
  read_by_role((*json)["by_role"]);
  read_header((*json)["header"]);
  read_claims((*json)["claims"]);
  read_connect((*json)["connect"]);
  if (faults_.size() > faults_before) return std::nullopt;
  return std::move(template_);
}

void Template::Parser::read_names(const Json::Value& json) {
  for (const auto& name : json.getMemberNames()) {
    if (std::find(kMembers.begin(), kMembers.end(), name) != kMembers.end()) continue;
    fault("", "has a member that means nothing; those that do: " + list_of(kMembers));
  }
  if (json.isMember("key") && json["key"] != "ROOMKEY_TOKEN_KEY") {
    fault("key",
          "must be ROOMKEY_TOKEN_KEY, the variable that has the key: none stands in a template");
  }
}

void Template::Parser::read_algorithm(const Json::Value& json) {
  const auto word = base::string_member(json, "algorithm");
  const auto algorithm = crypto::parse_algorithm(word.value_or(""));
  if (algorithm) {
    template_.algorithm_ = *algorithm;
  } else {
    fault("algorithm",
          "must be one of HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, EdDSA");
  }
}

void Template::Parser::read_by_role(const Json::Value& json) {
  if (json.isNull()) return;
  if (!json.isObject()) return fault("by_role", "must be an object");
  for (const auto& name : json.getMemberNames()) {
    const std::string path = is_name(name) ? "by_role." + name : "by_role";
    if (!is_name(name)) {
      fault(path, "has a name that is not of a-z, 0-9 and _");
    } else if (field_of(name)) {
      fault(path, "has the name of a placeholder that is there anyway");
    } else {
      add_by_role(path, name, json[name]);
    }
  }
}

void Template::Parser::add_by_role(const std::string& path, const std::string& name,
                                   const Json::Value& value) {
  if (!value.isObject() || value.size() != 2 || !value.isMember("patient") ||
      !value.isMember("psychologist")) {
    return fault(path, "must say a value for patient and one for psychologist");
  }
  ByRole own{name, {}, {}};
  for (const auto& [side, json] :
       {std::pair{"patient", &own.patient}, std::pair{"psychologist", &own.psychologist}}) {
    const std::string at = path + '.' + side;
    write(value[side], at);
    const Pieces pieces = taken();
    for (const Piece& piece : pieces) {
      *json += piece.text;
      if (piece.field) fault(at, "must hold no placeholder");
    }
  }
  template_.by_role_.push_back(std::move(own));
}

void Template::Parser::read_header(const Json::Value& json) {
  if (!json.isNull() && !json.isObject()) return fault("header", "must be an object");
  Json::Value whole = json.isNull() ? Json::Value(Json::objectValue) : json;
  for (const char* const name : {"alg", "crit", "b64"}) {
    if (whole.isMember(name)) {
      fault(std::string("header.") + name, "must not be there: alg is what algorithm says");
    }
  }
  whole["alg"] = std::string(crypto::name(template_.algorithm_));
  if (!whole.isMember("typ")) whole["typ"] = "JWT";
  write(whole, "header");
  template_.header_ = taken();
}

void Template::Parser::read_claims(const Json::Value& json) {
  if (!json.isObject()) return fault("claims", "must be an object");
  write(json, "claims");
  template_.claims_ = taken();
  const Pieces& claims = template_.claims_;
  if (json["exp"] != "{exp}") {
    fault("claims.exp", "must be {exp}: without an end a token is good for ever");
  }
  if (!uses(claims, Placeholder::room)) {
    fault("claims", "must hold {room}: without it a token is good for every room");
  }
  template_.names_holder_ = uses(claims, Placeholder::identity) ||
                            uses(claims, Placeholder::user_id) ||
                            uses(claims, Placeholder::email) || uses(claims, Placeholder::name);
}

void Template::Parser::read_connect(const Json::Value& json) {
  if (!json.isNull() && !json.isObject()) return fault("connect", "must be an object");
  Json::Value usual(Json::objectValue);
  usual["room"] = "{room}";
  write(json.isNull() ? usual : json, "connect");
  template_.connect_ = taken();
}

void Template::Parser::write(const Json::Value& value, const std::string& path) {
  if (value.isObject()) return write_object(value, path);
  if (value.isArray()) return write_list(value, path);
  if (value.isString()) return write_text(value.asString(), path);
  if (value.isBool()) return literal(value.asBool() ? "true" : "false");
  if (value.isNull()) return literal("null");
  const auto number = base::integer(value);
  if (!number) return fault(path, "must be a whole number");
  literal(std::to_string(*number));
}

void Template::Parser::write_object(const Json::Value& object, const std::string& path) {
  literal("{");
  bool first = true;
  for (const auto& name : object.getMemberNames()) {
    if (name.find_first_of("{}") != name.npos) {
      fault(path, "has a name with { or } in it: placeholders stand in values alone");
      continue;
    }
    literal((first ? "\"" : ",\"") + escaped(name) + "\":");
    write(object[name], path + '.' + escaped(name));
    first = false;
  }
  literal("}");
}

void Template::Parser::write_list(const Json::Value& list, const std::string& path) {
  literal("[");
  for (Json::ArrayIndex i = 0; i < list.size(); ++i) {
    if (i > 0) literal(",");
    write(list[i], path + '[' + std::to_string(i) + ']');
  }
  literal("]");
}

void Template::Parser::write_text(const std::string& text, const std::string& path) {
  if (text.find(kUnreplaced) != text.npos) {
    return fault(path, std::string("is still ") + kUnreplaced + ": put what is yours there");
  }
  if (write_whole(text, path)) return;
  literal("\"");
  for (std::size_t at = 0; at < text.size();) {
    const bool brace = text[at] == '{' || text[at] == '}';
    const bool twice = brace && at + 1 < text.size() && text[at] == text[at + 1];
    if (text[at] == '{' && !twice) {
      write_placeholder(text, at, path);
    } else if (text[at] == '}' && !twice) {
      return fault(path, "has a } alone: }} stands for one");
    } else {
      const auto end = twice ? at + 1 : std::min(text.find_first_of("{}", at), text.size());
      literal(escaped(text.substr(at, end - at)));
      at = twice ? at + 2 : end;
    }
  }
  literal("\"");
}

bool Template::Parser::write_whole(const std::string& text, const std::string& path) {
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  if (text.find_first_of("{}", 1) != text.size() - 1) return false;
  put(text.substr(1, text.size() - 2), false, path);
  return true;
}

void Template::Parser::write_placeholder(const std::string& text, std::size_t& at,
                                         const std::string& path) {
  const auto end = text.find('}', at);
  if (end == text.npos) {
    fault(path, "has a { without its }: {{ stands for one");
    at = text.size();
    return;
  }
  put(text.substr(at + 1, end - at - 1), true, path);
  at = end + 1;
}

void Template::Parser::literal(std::string_view json) {
  if (pieces_.empty() || pieces_.back().field) pieces_.push_back({});
  pieces_.back().text += json;
}

void Template::Parser::put(const std::string& name, bool inside, const std::string& path) {
  const auto field = field_of(name);
  if (!field) {
    const std::string shown = is_name(name) ? '{' + name + '}' : "one that is no name";
    return fault(path, "has an unknown placeholder, " + shown + "; there are " +
                           list_of(kPlaceholders) + " and those of by_role");
  }
  if (inside && *field >= kPlaceholders.size()) {
    const ByRole& own = template_.by_role_.at(*field - kPlaceholders.size());
    for (const auto& json : {own.patient, own.psychologist}) {
      if (!json.starts_with('[') && !json.starts_with('{')) continue;
      return fault(path, "has {" + name + "}, a list or an object, inside of a text");
    }
  }
  literal("");
  pieces_.back().field = *field;
  pieces_.back().inside = inside;
}

std::optional<std::size_t> Template::Parser::field_of(const std::string& name) const {
  const auto* const usual = std::find(kPlaceholders.begin(), kPlaceholders.end(), name);
  if (usual != kPlaceholders.end()) {
    return static_cast<std::size_t>(usual - kPlaceholders.begin());
  }
  const auto& list = template_.by_role_;
  const auto own =
      std::find_if(list.begin(), list.end(), [&](const ByRole& one) { return one.name == name; });
  if (own == list.end()) return std::nullopt;
  return kPlaceholders.size() + static_cast<std::size_t>(own - list.begin());
}

bool Template::Parser::uses(const Pieces& pieces, Placeholder placeholder) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
    return piece.field == static_cast<std::size_t>(placeholder);
  });
}

Template::Pieces Template::Parser::taken() { return std::exchange(pieces_, {}); }

}  // namespace roomkey::provider::custom
