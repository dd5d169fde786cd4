// The host of an origin. Private to cli/origin.
#pragma once

#include <string>

#include "roomkey/base/result.hpp"

namespace roomkey::cli::site {

// A lower-case host as browsers send it; an IPv6 address, in brackets, is put into their form.
// bad_request says why none is sent so, in words that go behind the whole origin. `web`: of http
// or https, where the host is found by DNS; an app's scheme takes more (`app://-`).
[[nodiscard]] base::Result<std::string> read_host(const std::string& host, bool web);

}  // namespace roomkey::cli::site
