// The nginx site that `roomkey setup` and the demo write: its settings, what may stand in them, and
// the template (nginx/roomkey.conf.in) filled in. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/site/practice.hpp"
#include "cli/site/proxy.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::cli::site {

struct Site {
  std::string domain;
  std::string certificate, key;           // absolute paths of PEM files
  std::vector<std::string> origins;       // of the pages whose scripts may ask
  std::vector<std::string> health_allow;  // addresses and networks, beside this machine's own
  Practice practice;                      // as the check page shows it
  Proxies proxies = {};
};

// Each says what is wrong with a value, in words that go behind it; empty where nothing is.
[[nodiscard]] std::string domain_fault(std::string_view domain);    // lower case
[[nodiscard]] std::string address_fault(std::string_view address);  // or a network, in CIDR form
[[nodiscard]] std::string path_fault(std::string_view path);  // inside quotes in nginx's files

// Lists as one line of words, which is how they are kept and typed.
[[nodiscard]] std::vector<std::string> words_of(const std::string& line);
[[nodiscard]] std::string line_of(const std::vector<std::string>& words);

// What stands in the place of the origins: a line of nginx's map for each.
[[nodiscard]] std::string origin_map(const std::vector<std::string>& origins);
// Whose doors the check page tries; region and address may be empty.
struct Tried {
  std::string provider, region, address;
};
// What the check page is told (JSON).
[[nodiscard]] std::string check_config(const std::vector<std::string>& origins, const Tried& tried,
                                       const Practice& practice = {});
// Of an address of the clinic's own that browsers open, or a host's name: what pages may speak to,
// each after a blank. Empty where it is no such address.
[[nodiscard]] std::string own_door(const std::string& address);
// nginx's `allow` for each.
[[nodiscard]] std::string allow_list(const std::vector<std::string>& addresses);

using Names = std::map<std::string, std::string>;
// The names that follow from the site itself; `value` has the configuration's variables.
[[nodiscard]] Names names_of(const Site& site,
                             const std::function<std::string(const std::string& variable)>& value);
// The template with each @NAME@ filled in, and the lines marked @PORT80@ kept without the mark.
// bad_request naming a @NAME@ of the template that is not among `names`.
[[nodiscard]] base::Result<std::string> fill_in(std::string_view text, const Names& names);
// The template without the lines marked @PORT80@.
[[nodiscard]] std::string without_port_80(const std::string& text);

}  // namespace roomkey::cli::site
