// The certificate of an nginx site and its key, in their files.
#pragma once

#include <chrono>
#include <string>

#include "cli/site/site.hpp"

namespace roomkey::cli::site {

// What is wrong with the site's certificate and key, in words that go behind its path.
[[nodiscard]] std::string certificate_fault(const Site& site, std::chrono::sys_seconds now);
// Whether the certificate that roomkey made must be made (anew).
[[nodiscard]] bool own_certificate_is_due(const Site& site, std::chrono::sys_seconds now);

}  // namespace roomkey::cli::site
