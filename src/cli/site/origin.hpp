// Origins as browsers send them: scheme://host, and the port where it is not the scheme's own
// (RFC 6454 6.2, the WHATWG's URL and HTML standards). The one judge of what may stand in the CORS
// list: for `roomkey setup`, `roomkey check` and the demo. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"

namespace roomkey::cli::site {

struct Origin {
  std::string text;     // as browsers send it
  std::string changed;  // why that is not what was typed, as a clause; empty where it is
};

// What was typed, put right where that loses nothing (case, the scheme's own port, a final slash,
// blanks around it). bad_request where no browser ever sends it, or nobody may be let in by it
// (`*`, `null`): the detail goes behind the value, and names the origin to use where one is meant.
// Schemes of apps are good (capacitor, ionic, tauri, app, chrome-extension ...).
[[nodiscard]] base::Result<Origin> read_origin(std::string_view typed);

// The detail of that refusal; empty where there is none.
[[nodiscard]] std::string origin_fault(std::string_view typed);

// A value for people and logs: a password before the host stays out.
[[nodiscard]] std::string shown_origin(std::string_view typed);

struct Origins {
  std::vector<std::string> list;   // each once
  std::vector<std::string> notes;  // what was put right, a sentence each without its full stop
  std::vector<std::string> faults;
};
[[nodiscard]] Origins read_origins(const std::vector<std::string>& typed);

// `roomkey origin`: the list, one a line. What the demo asks; no command for people.
int say_origins(const std::vector<std::string>& typed);

}  // namespace roomkey::cli::site
