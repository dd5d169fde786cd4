#include "store/driver/postgresql/fault.hpp"

#include <algorithm>
#include <array>

#include "roomkey/base/ascii.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;
using Cause = Unavailable::Cause;

struct Known {
  std::string_view beginning;  // of the SQLSTATE
  Cause cause;
  std::string_view text;
};

// The first that fits counts.
constexpr std::array kKnown{
    Known{"08", Cause::away, "the connection to the server is lost"},
    Known{"25006", Cause::read_only, "the server takes no changes: it is a standby, or read-only"},
    Known{"25P02", Cause::other, "the transaction has failed before"},
    Known{"28", Cause::refused, "the server refuses the login"},
    Known{"3D000", Cause::no_database, "the server has no database of that name"},
    Known{"40001", Cause::conflict, "another transaction was in the way"},
    Known{"40P01", Cause::conflict, "another transaction was in the way"},
    Known{"42501", Cause::not_allowed, "the role may not do that"},
    Known{"53100", Cause::disk_full, "the server's disk is full"},
    Known{"53300", Cause::too_many, "the server has too many connections"},
    Known{"55P03", Cause::locked, "the store is locked"},
    Known{"57014", Cause::away, "the server is too slow"},
    Known{"57P", Cause::away, "the server is starting or stopping"},
    Known{"58030", Cause::disk_fails, "the server's disk fails"},
    Known{"XX001", Cause::unreadable, "the server finds its data broken"},
    Known{"XX002", Cause::unreadable, "the server finds an index broken"},
};

const Known* known(std::string_view sqlstate) {
  const auto found = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) {
    return sqlstate.starts_with(one.beginning);
  });
  return found == kKnown.end() ? nullptr : &*found;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return base::is_upper(c) || base::is_digit(c);
         });
}

}  // namespace

Cause cause_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return Cause::away;
  const auto* const one = known(sqlstate);
  return one == nullptr ? Cause::other : one->cause;
}

bool breaks_connection(std::string_view sqlstate) {
  // A plan or a prepared statement that is no longer there (0A000, 26000) comes back with the next.
  for (const std::string_view kept : {"22", "23", "25P02", "40", "53100", "55P03", "57014"}) {
    if (sqlstate.starts_with(kept)) return false;
  }
  return true;
}

Unavailable fault_of(const std::string& called, std::string_view sqlstate, const std::string& why) {
  std::string text = called + ": ";
  if (const auto* const one = known(sqlstate)) {
    text += one->text;
  } else if (why.empty()) {
    text += "the server refuses";
  } else {
    text += why;
  }
  if (!sqlstate.empty()) text.append(" (").append(sqlstate).append(")");
  return Unavailable(text, cause_of(sqlstate));
}

// "...failed: FATAL:  28P01"
std::string sqlstate_in(std::string_view message) {
  constexpr std::string_view kBefore = ":  ";
  constexpr std::size_t kSize = 5;
  for (auto at = message.rfind(kBefore); at != message.npos && at > 0;
       at = message.rfind(kBefore, at - 1)) {
    const auto code = message.substr(at + kBefore.size(), kSize);
    if (is_sqlstate(code)) return std::string(code);
  }
  return {};
}

std::string reason_in(std::string_view message) {
  constexpr std::string_view kBefore = "failed: ";
  const auto at = message.find(kBefore);
  if (at != message.npos) message.remove_prefix(at + kBefore.size());
  message = message.substr(0, message.find('\n'));
  std::string reason;
  bool quoted = false;
  for (const char c : message) {
    if (c == '"') {
      quoted = !quoted;
      if (quoted) reason += "...";
    } else if (!quoted) {
      reason += c;
    }
  }
  return reason.empty() ? "the server can't be reached" : reason;
}

}  // namespace roomkey::store::driver::postgresql
