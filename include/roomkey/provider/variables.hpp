// What a provider is configured with: the names of its variables, and where it reads them from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider {

enum class Role {
  option,   // may be there
  account,  // proves the account, for more than tokens
  rooms,    // no room is made without it; no token is made from it
  token,    // no token is made without it
};

// Whether a provider is of no use without a variable of that role.
[[nodiscard]] constexpr bool is_needed(Role role) {
  return role == Role::rooms || role == Role::token;
}

struct Variable {
  std::string_view name;
  Role role = Role::option;
  bool secret = false;  // may come from the file that <name>_FILE names, or a systemd credential
  // What `roomkey setup` says of its flag, and how it asks at the terminal. It has none where these
  // are missing. Of a provider's variables the first that it asks for says whether the others are
  // asked for.
  const char* meaning = nullptr;
  const char* question = nullptr;
  std::string_view also = {};  // the name that is read where this one is not set
  // It and the one named here are two ways to prove the account: one of them is needed.
  std::string_view instead_of = {};
  bool is_pem = false;  // or may be: roomkey.env holds no line breaks, so it stays in a file
};

// A variable as others call it.
struct Alias {
  std::string_view theirs, ours;
};

// Whether something that a provider's account is proven with is there.
struct Part {
  const char* variable;
  bool is_set;
  bool needed = true;  // for a token
};

// What came along when a SID, key or secret was copied, in words that go behind its name; empty
// where nothing did.
[[nodiscard]] std::string pasted_along(std::string_view value);

// The variables in force, and what is wrong with them.
class Values {
 public:
  virtual ~Values() = default;

  // Unset and empty are the same.
  [[nodiscard]] virtual std::string text(const std::string& name,
                                         const std::string& otherwise = "") const = 0;
  virtual crypto::Secret secret(const std::string& name) = 0;
  // Nothing, with a fault, where it is no whole number from `least` to `most`.
  virtual std::optional<std::int64_t> number(const std::string& name, std::int64_t most,
                                             std::int64_t least = 0) = 0;
  // One of `words`; the first where it is unset, and, with a fault, where it is none of them.
  virtual std::string choice(const std::string& name, const std::vector<std::string>& words) = 0;
  // `why` never shows a value.
  virtual void fault(const std::string& name, const std::string& why) = 0;
};

// The base of a provider's addresses, without final slash: a path is put behind it.
[[nodiscard]] std::string base_url(Values& values, const std::string& name,
                                   const std::string& otherwise);

}  // namespace roomkey::provider
