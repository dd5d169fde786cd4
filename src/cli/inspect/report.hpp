// `roomkey inspect`: any token taken apart. Pure: no store, no network, no clock. Print a report by
// to_text() or to_json(): its texts may hold what a stranger wrote.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "roomkey/config/config.hpp"
#include "roomkey/provider/inspection.hpp"

namespace roomkey::cli::inspect {

using provider::inspection::Report;

// An HMAC secret of the clinic's login, and the variable that it is in.
struct LoginSecret {
  std::string variable;
  crypto::Secret secret;
};

// Takes any text: a provider's token, a clinic's bearer token (with or without `Bearer` before it),
// or none of these. What `config` lacks is not checked, and the report says so. With the login's
// secrets it says as well which spelling of one (base64 decoded, say) made a signature that the
// configured bytes did not make.
[[nodiscard]] Report inspect(std::string_view token, const config::Config& config,
                             std::chrono::sys_seconds now, std::span<const LoginSecret> login = {});

// For a person, in plain ASCII, whatever the token holds.
[[nodiscard]] std::string to_text(const Report& report);
// One object on one line: kind, ok, lines, findings.
[[nodiscard]] std::string to_json(const Report& report);

// Private to this folder: a token of the clinic's login.
void inspect_bearer(const provider::inspection::Inquiry& inquiry,
                    std::span<const LoginSecret> login);

}  // namespace roomkey::cli::inspect
