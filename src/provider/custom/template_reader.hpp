// How a template is read. Private to this folder.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/provider/custom/template.hpp"

namespace roomkey::provider::custom {

enum class Placeholder {
  room,
  identity,
  name,
  email,
  user_id,
  appointment_id,
  role,
  iat,
  nbf,
  exp,
  jti,
  own,  // the template's own, and those behind it
};
inline constexpr std::array<std::string_view, 11> kPlaceholders{
    "room", "identity", "name", "email", "user_id", "appointment_id",
    "role", "iat",      "nbf",  "exp",   "jti"};

class Template::Parser {
 public:
  explicit Parser(std::vector<std::string>& faults) : faults_(faults) {}

  [[nodiscard]] std::optional<Template> read(std::string_view text);

 private:
  void fault(const std::string& path, const std::string& why) {
    faults_.push_back((path.empty() ? "" : path + ' ') + why);
  }

  void read_names(const Json::Value& json);
  void read_algorithm(const Json::Value& json);
  void read_by_role(const Json::Value& json);
  void add_by_role(const std::string& path, const std::string& name, const Json::Value& value);
  void read_header(const Json::Value& json);
  void read_claims(const Json::Value& json);
  void read_connect(const Json::Value& json);

  // Each appends to pieces_.
  void write(const Json::Value& value, const std::string& path);
  void write_object(const Json::Value& object, const std::string& path);
  void write_list(const Json::Value& list, const std::string& path);
  void write_text(const std::string& text, const std::string& path);
  // False where the text is not one placeholder alone.
  [[nodiscard]] bool write_whole(const std::string& text, const std::string& path);
  // Moves `at` behind the placeholder that begins there.
  void write_placeholder(const std::string& text, std::size_t& at, const std::string& path);
  void literal(std::string_view json);
  void put(const std::string& name, bool inside, const std::string& path);
  [[nodiscard]] std::optional<std::size_t> field_of(const std::string& name) const;
  [[nodiscard]] static bool uses(const Pieces& pieces, Placeholder placeholder);
  [[nodiscard]] Pieces taken();

  std::vector<std::string>& faults_;
  Template template_;
  Pieces pieces_;
};

}  // namespace roomkey::provider::custom
