#include <iostream>

#include "cli/commands.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli {

namespace {

void print(const Session& session, const access::User& user) {
  if (session.json) {
    std::cout << access::to_json(user) << '\n';
    return;
  }
  std::cout << user.id << '\t' << access::word(user.role) << '\t'
            << (user.active ? "active" : "inactive") << '\t' << user.email << '\t' << user.name
            << '\n';
}

}  // namespace

int user_list(Session& session) {
  session.database.ready();
  store::each_user(session.database, [&](const access::User& user) { print(session, user); });
  return kDone;
}

int user_show(Session& session, std::int64_t id) {
  session.database.ready();
  const auto user = store::find_user(session.database, id);
  if (!user) return fail(kFailed, "there is no user " + std::to_string(id));
  print(session, *user);
  return kDone;
}

int user_set(Session& session, std::int64_t id, const UserFields& fields) {
  session.database.ready();
  store::Transaction transaction(session.database);
  const auto before = store::find_user(session.database, id);
  Json::Value record = before ? base::parse_json_object(access::to_json(*before)).value()
                              : Json::Value(Json::objectValue);
  record["id"] = Json::Int64{id};
  if (fields.email) record["email"] = *fields.email;
  if (fields.name) record["name"] = *fields.name;
  if (fields.role) record["role"] = *fields.role;
  if (fields.active) record["active"] = *fields.active;
  access::User user;
  const auto faults = access::read_user(record, user);
  if (!faults.empty()) return say_faults(faults);
  store::put_user(transaction, session.database, user);
  append_change(transaction, session, "user_set", std::nullopt, access::to_json(user));
  transaction.commit();
  print(session, user);
  return kDone;
}

}  // namespace roomkey::cli
