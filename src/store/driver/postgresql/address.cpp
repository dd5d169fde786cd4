#include "store/driver/postgresql/address.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "roomkey/base/text.hpp"
#include "roomkey/crypto/secret.hpp"
#include "store/driver/postgresql/libpq.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using Values = std::map<std::string, std::string>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { libpq().PQconninfoFree(options); }
};

// What the address says, over what libpq would take for granted.
Values values_of(const Settings& settings) {
  char* fault = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      libpq().PQconninfoParse(settings.path.c_str(), &fault));
  if (fault != nullptr) libpq().PQfreemem(fault);
  if (options == nullptr) {
    throw base::Unavailable(settings.called + ": its address can't be read as one of PostgreSQL's",
                            base::Unavailable::Cause::refused);
  }
  Values values{{"application_name", "roomkey"}, {"client_encoding", "UTF8"},
                {"gssencmode", "disable"},       {"keepalives_idle", "10"},
                {"keepalives_interval", "5"},    {"keepalives_count", "3"}};
  for (const auto* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val != nullptr) values[one->keyword] = one->val;
  }
  if (settings.password && !settings.password->empty()) {
    values["password"] = settings.password->reveal();
  }
  return values;
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

using Lists = std::map<std::string, std::vector<std::string>>;

// Those that hold a list, with a part for each host; one part alone is for all.
Lists lists_in(const Values& values) {
  Lists lists;
  for (const char* const name : {"host", "hostaddr", "port"}) {
    const auto found = values.find(name);
    if (found != values.end()) lists[name] = parts_of(found->second);
  }
  return lists;
}

bool is_port(std::string_view text) {
  const auto number = base::parse_number(text);
  return text.empty() || (number && *number >= 1 && *number <= 65535);
}

}  // namespace

std::string address_fault(const std::string& address) {
  Lists lists;
  try {
    lists = lists_in(values_of(Settings{.path = address}));
  } catch (const base::Unavailable& fault) {
    if (fault.cause() == base::Unavailable::Cause::no_library) return {};
    return "can't be read as an address of PostgreSQL's, postgresql://USER@HOST/DATABASE";
  }
  const auto& ports = lists["port"];
  if (!std::all_of(ports.begin(), ports.end(), is_port)) return "has a port that is none";
  const std::size_t hosts = std::max(lists["host"].size(), lists["hostaddr"].size());
  for (const char* const name : {"host", "hostaddr", "port"}) {
    const std::size_t count = lists[name].size();
    const bool for_all = name == std::string_view("port") && count == 1;
    if (count > 0 && !for_all && count != hosts)
      return "has lists of hosts, addresses or ports that do not match";
  }
  return {};
}

std::vector<Server> servers_of(const Settings& settings) {
  Values values = values_of(settings);
  const Lists lists = lists_in(values);
  std::size_t count = 1;
  for (const auto& [name, parts] : lists) {
    count = std::max(count, parts.size());
    values.erase(name);
  }
  if (count > 1) values.emplace("target_session_attrs", "read-write");
  std::vector<Server> servers(count, Server(values.begin(), values.end()));
  for (const auto& [name, parts] : lists) {
    for (std::size_t i = 0; i < count; ++i) {
      servers[i].emplace_back(name, parts.size() == 1 ? parts.front() : parts.at(i));
    }
  }
  return servers;
}

std::vector<std::string> hosts_of(const Settings& settings) {
  std::vector<std::string> hosts;
  for (const auto& server : servers_of(settings)) {
    const auto value = [&](std::string_view name) {
      const auto found = std::find_if(server.begin(), server.end(),
                                      [&](const auto& one) { return one.first == name; });
      return found == server.end() ? std::string() : found->second;
    };
    const std::string address = value("hostaddr");
    std::string host = address.empty() ? value("host") : address;
    const bool socket = host.empty() || host.front() == '/' || host.front() == '@';
    if (!socket) hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace roomkey::store::driver::postgresql
