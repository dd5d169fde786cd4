// Which driver serves which address.
#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "store/driver/driver.hpp"

namespace roomkey::store {

namespace driver {

namespace {

// As RFC 3986 section 3.1 has it, in lower case; empty where the address has none, as a path.
std::string scheme_of(std::string_view address) {
  const auto colon = address.find(':');
  if (colon == address.npos || colon == 0 || !base::is_letter(address.front())) return {};
  const std::string_view scheme = address.substr(0, colon);
  const bool is_one = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return base::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
  return is_one ? base::lower_ascii(scheme) : "";
}

}  // namespace

const Driver* driver_for(std::string_view address) {
  const auto drivers = all();
  const auto found = std::find_if(drivers.begin(), drivers.end(), [&](const Driver& driver) {
    return driver.scheme == scheme_of(address);
  });
  return found == drivers.end() ? nullptr : &*found;
}

}  // namespace driver

std::string address_fault(std::string_view address) {
  if (const auto* const driver = driver::driver_for(address)) {
    return driver->address_fault == nullptr ? "" : driver->address_fault(std::string(address));
  }
  std::string text;
  for (const driver::Driver& one : driver::all()) {
    text.append(text.empty() ? "must be " : " or ").append(one.address);
    text.append(" (").append(one.title).append(")");
  }
  return text + "; ./ goes before one whose name has a colon";
}

}  // namespace roomkey::store
