#include "roomkey/handlers/serve.hpp"

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using namespace roomkey::http;
using roomkey::base::Code;
using roomkey::base::Error;
using roomkey::base::Result;

struct Served {
  MemoryStore store;
  Request request;
  Call call{request, kNine, 47};
  Result<Response> answer = Response{200, "{}"};
  bool writes_event = false;
  Refusals refusals = {};

  Served() { request.request_id = "0123"; }
  Result<Response> run(Transaction whose, std::int64_t user_id = 2) {
    const Route route{.name = "a_route",
                      .method = "GET",
                      .pattern = "/",
                      .transaction = whose,
                      .handle = [this](const Call&) {
                        if (writes_event) append_audit(store.database, event_at(kNine));
                        return answer;
                      }};
    return serve(route, call, user_id, store.database, refusals);
  }
};

TEST(the_handler_is_run_for_a_user_who_is_there_and_active) {
  for (const auto whose : {Transaction::own, Transaction::shared}) {
    Served served;
    same(200, accepted(served.run(whose)).status);
    same("Jane Doe", served.call.caller().name);
    same(0, audit_of(served.store.database).size(), "what is granted, the handler writes itself");
  }
}

TEST(a_user_who_is_unknown_or_inactive_is_refused_without_an_event) {
  for (const auto whose : {Transaction::own, Transaction::shared}) {
    Served served;
    served.answer = Error{Code::internal_error, "must not be run"};
    refused(Code::user_unknown, served.run(whose, 3));
    {
      roomkey::store::Transaction transaction(served.store.database);
      auto user = jane();
      user.active = false;
      put_user(transaction, served.store.database, user);
      transaction.commit();
    }
    refused(Code::user_unknown, served.run(whose));
    same(0, audit_of(served.store.database).size());
  }
}

TEST(the_refusal_of_a_known_user_is_an_event) {
  for (const auto whose : {Transaction::own, Transaction::shared}) {
    Served served;
    served.answer = Error{Code::too_early, "", {}};
    refused(Code::too_early, served.run(whose));
    const auto events = audit_of(served.store.database);
    same(1, events.size());
    same("0123", events[0].request_id);
    same(kNine, events[0].at);
    same(std::optional<std::int64_t>(2), events[0].user_id);
    same(std::optional<std::int64_t>(47), events[0].appointment_id);
    same("a_route", events[0].action);
    same("refused", word(events[0].outcome));
    same(std::optional<std::string>("too_early"), events[0].reason);
    expect(!events[0].expires_at);
  }
}

TEST(what_a_writing_route_did_is_committed_when_it_returns) {
  Served served;
  served.writes_event = true;
  accepted(served.run(Transaction::shared));
  same(1, audit_of(served.store.database).size());
  const roomkey::store::Transaction free(served.store.database);
}

TEST(what_a_writing_route_did_before_it_refused_is_undone) {
  Served served;
  served.writes_event = true;
  served.answer = Error{Code::room_not_found};
  refused(Code::room_not_found, served.run(Transaction::shared));
  const auto events = audit_of(served.store.database);
  same(1, events.size());
  same("refused", word(events[0].outcome));
}

TEST(what_a_writing_route_did_before_it_broke_is_undone) {
  Served served;
  const Route route{.name = "a_route",
                    .method = "GET",
                    .pattern = "/",
                    .transaction = Transaction::shared,
                    .handle = [&](const Call&) -> Result<Response> {
                      append_audit(served.store.database, event_at(kNine));
                      throw std::runtime_error("broken");
                    }};
  throws<std::runtime_error>([&] {
    static_cast<void>(serve(route, served.call, 2, served.store.database, served.refusals));
  });
  same(0, audit_of(served.store.database).size());
  same(200, accepted(served.run(Transaction::shared)).status, "and the next goes on");
}

TEST(several_are_committed_together) {
  Served granted;
  auto& database = granted.store.database;
  granted.writes_event = true;
  Served refused_one;
  const Route refusing{
      .name = "b_route",
      .method = "GET",
      .pattern = "/",
      .transaction = Transaction::shared,
      .handle = [](const Call&) -> Result<Response> { return Error{Code::too_late}; }};
  serve_together(database, granted.refusals, [&] {
    accepted(granted.run(Transaction::shared));
    refused(Code::too_late, serve(refusing, refused_one.call, 2, database, granted.refusals));
    accepted(granted.run(Transaction::shared));
    refused(Code::user_unknown, granted.run(Transaction::shared, 99));
  });
  const auto events = audit_of(database);
  same(3, events.size());
  same("granted", word(events[0].outcome));
  same("refused", word(events[1].outcome));
  same("granted", word(events[2].outcome));
  const roomkey::store::Transaction free(database);
}

TEST(of_several_none_is_committed_where_one_breaks) {
  Served served;
  served.writes_event = true;
  throws<std::runtime_error>([&] {
    serve_together(served.store.database, served.refusals, [&] {
      accepted(served.run(Transaction::shared));
      throw std::runtime_error("broken");
    });
  });
  same(0, audit_of(served.store.database).size());
}

TEST(a_refusal_after_a_write_is_not_undone_in_the_midst_of_others) {
  Served served;
  served.writes_event = true;
  throws<std::logic_error>([&] {
    serve_together(served.store.database, served.refusals, [&] {
      accepted(served.run(Transaction::shared));
      served.answer = Error{Code::room_not_found};
      static_cast<void>(served.run(Transaction::shared));
    });
  });
  same(0, audit_of(served.store.database).size(), "all of it is undone");
}

TEST(a_refusal_that_was_undone_with_others_is_an_event_when_it_is_served_again) {
  Served served;
  served.answer = Error{Code::too_late};
  auto& database = served.store.database;
  throws<std::runtime_error>([&] {
    serve_together(database, served.refusals, [&] {
      refused(Code::too_late, served.run(Transaction::shared));
      refused(Code::too_late, served.run(Transaction::shared));
      throw std::runtime_error("broken");
    });
  });
  refused(Code::too_late, served.run(Transaction::shared));
  refused(Code::too_late, served.run(Transaction::shared));
  served.refusals.commit_all(database);
  const auto events = audit_of(database);
  same(2, events.size());
  same("too_late", events[0].reason.value());
  same("too_late (1 more)", events[1].reason.value());
}

TEST(a_store_that_is_away_makes_every_route_unavailable) {
  const Folder folder;
  roomkey::store::Database away(settings_at(folder.file("roomkey.db")));
  Served served;
  const Route route{.name = "a_route",
                    .method = "GET",
                    .pattern = "/",
                    .transaction = Transaction::own,
                    .handle = [](const Call&) {
                      return Response{200, "{}"};
                    }};
  throws<roomkey::base::Unavailable>(
      [&] { static_cast<void>(serve(route, served.call, 2, away, served.refusals)); });
}

}  // namespace
