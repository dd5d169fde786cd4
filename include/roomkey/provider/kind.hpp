// What the rest of roomkey knows of a provider: its variables, whether they hold what belongs
// there, and what is asked of it to prove that. Its tokens: provider.hpp.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/inspection.hpp"
#include "roomkey/provider/provider.hpp"
#include "roomkey/provider/rooms.hpp"
#include "roomkey/provider/variables.hpp"

namespace roomkey::provider {

struct Settings;  // all.hpp

// A value that may have signed a token.
struct Signer {
  const char* variable;
  std::string_view value;  // a secret, or a PEM, as the algorithm needs it
  crypto::Algorithm algorithm = crypto::Algorithm::hs256;
};

// Where a provider is to send its events.
struct EventAddress {
  const char* variable;      // that has the address
  const char* secret;        // the variable of what proves that they are the provider's
  std::string_view path;     // Events::path()
  const char* without;       // what is missing without the secret
  const char* instructions;  // where the address has to be entered
};

// A server of the clinic's own, to which nginx carries browsers' WebSockets.
struct Carried {
  const char* variable;     // that has the address as browsers open it
  std::string_view path;    // of that address
  std::string_view server;  // where it is on this machine
};

// Whether a token is the provider's, by its look.
enum class Sight { surely, likely, not_at_all };

class Kind {
 public:
  virtual ~Kind() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;    // as Provider::name()
  [[nodiscard]] virtual const char* title() const = 0;        // as people write it
  [[nodiscard]] virtual std::string_view prefix() const = 0;  // of its variables' names
  [[nodiscard]] virtual std::span<const Variable> variables() const = 0;
  [[nodiscard]] virtual std::span<const Alias> aliases() const = 0;
  // Where the needed ones are found, behind their names: ", as its console shows them"; may be
  // empty.
  [[nodiscard]] virtual std::string_view where() const = 0;

  virtual void read(Values& values, Settings& settings) const = 0;
  [[nodiscard]] virtual std::vector<Part> parts(const Settings& settings) const = 0;
  // The listener is told of what its rooms() are asked.
  [[nodiscard]] virtual std::unique_ptr<Provider> make(
      const Settings& settings, Listener listener = [](std::size_t, Outcome) {}) const = 0;
  // The names of its requests, for metrics.
  [[nodiscard]] virtual std::span<const std::string_view> requests() const { return {}; }

  // Null where it sends none.
  [[nodiscard]] virtual const EventAddress* event_address() const { return nullptr; }
  // The variable of the region that browsers are told; empty where there is none.
  [[nodiscard]] virtual std::string_view region_variable() const { return ""; }
  // The variable of the clinic's own server that browsers open, `wss://host/path` or a host's name;
  // empty where the provider's servers are the same for everybody.
  [[nodiscard]] virtual std::string_view address_variable() const { return ""; }

  // Null where there is none.
  [[nodiscard]] virtual const Carried* carried() const { return nullptr; }

  // The name of the route that gives its tokens alone; empty where there is none.
  [[nodiscard]] virtual std::string_view own_token_route() const { return ""; }

  // Why a value can't be the variable's, in words that go behind its name and don't show it; empty
  // where it can.
  [[nodiscard]] virtual std::string wrong_value(const std::string& variable,
                                                const std::string& value) const = 0;
  // Why a room there can't have that name, in words that go behind it; empty where it can. The
  // names that roomkey gives can stand everywhere.
  [[nodiscard]] virtual std::string wrong_room(std::string_view /*name*/) const { return ""; }
  // What the variables hold. False where no token can be made with these.
  virtual bool check(base::Findings& findings, const Settings& settings) const = 0;

  // The variable by whose value more is permitted than has to be, for a warning of the worker's;
  // empty where there is none.
  [[nodiscard]] virtual std::string_view lax(const Settings& /*settings*/) const { return ""; }

  // What prove() finds out, in words; empty where there is nothing to ask.
  [[nodiscard]] virtual std::string_view proves(const Settings& settings) const = 0;
  // Asks over the network. `usable`: what check() said; `is_faulty`: whether a variable could not
  // be read.
  virtual void prove(base::Findings& findings, const Settings& settings, bool usable,
                     const std::function<bool(std::string_view)>& is_faulty) const = 0;
  // What signs its tokens, then what is easily taken for it, each with its variable.
  [[nodiscard]] virtual std::vector<Signer> signers(const Settings& settings) const = 0;
  [[nodiscard]] virtual Sight see(const inspection::Token& token) const = 0;
  virtual void inspect(const inspection::Inquiry& inquiry) const = 0;
  [[nodiscard]] virtual const char* token_title() const = 0;  // as people call it
  [[nodiscard]] virtual const char* token_field() const = 0;  // the answer's member that has it
  // The provider's code for what is no token at all; empty where it has none.
  [[nodiscard]] virtual std::string_view malformed() const { return ""; }

  // Whether a user's address is part of their name there, so that who has a long one gets no token.
  [[nodiscard]] virtual bool names_by_address() const { return false; }

  // Another name of `roomkey check`, from when it was the provider's alone; empty: none.
  [[nodiscard]] virtual std::string_view check_command() const { return ""; }
  // The verdict where nothing is wrong.
  [[nodiscard]] virtual std::string_view passed() const { return "All checks passed!"; }
};

}  // namespace roomkey::provider
