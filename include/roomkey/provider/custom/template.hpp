// A token as a file describes it: JSON whose texts hold placeholders such as {room}. The file's
// form: docs/configuration.md, "A provider by template".
#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/decide.hpp"
#include "roomkey/crypto/key.hpp"

namespace roomkey::provider::custom {

// Of what is filled in. `jti` is the same for the same grant and time.
struct Filling {
  const access::Grant& grant;
  std::chrono::sys_seconds issued_at, valid_from, expires_at;
  std::string jti;
};

class Template {
 public:
  // Nothing, with all that is wrong with it, where it is no template. No fault shows a value of it.
  [[nodiscard]] static std::optional<Template> read(std::string_view text,
                                                    std::vector<std::string>& faults);

  [[nodiscard]] crypto::Algorithm algorithm() const { return algorithm_; }
  // Whether the claims say who the token's holder is.
  [[nodiscard]] bool names_holder() const { return names_holder_; }

  // JSON objects.
  [[nodiscard]] std::string header(const Filling& filling) const { return fill(header_, filling); }
  [[nodiscard]] std::string claims(const Filling& filling) const { return fill(claims_, filling); }
  [[nodiscard]] std::string connect(const Filling& filling) const {
    return fill(connect_, filling);
  }

 private:
  // JSON, and behind it the value of a placeholder.
  struct Piece {
    std::string text;
    std::optional<std::size_t> field;  // among the placeholders; nothing: none
    bool inside = false;               // of a text: without quotes
  };
  using Pieces = std::vector<Piece>;
  // A placeholder of the template's own, as JSON.
  struct ByRole {
    std::string name, patient, psychologist;
  };
  class Parser;

  [[nodiscard]] std::string fill(const Pieces& pieces, const Filling& filling) const;
  [[nodiscard]] std::string value_of(std::size_t field, const Filling& filling) const;

  crypto::Algorithm algorithm_ = crypto::Algorithm::hs256;
  bool names_holder_ = false;
  std::vector<ByRole> by_role_;
  Pieces header_, claims_, connect_;
};

}  // namespace roomkey::provider::custom
