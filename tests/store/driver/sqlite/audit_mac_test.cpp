// The MACs beside the audit's chain, and what somebody with the file alone can't forge.
#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/audit_key.hpp"
#include "roomkey/store/verify.hpp"
#include "support/cut.hpp"
#include "support/test.hpp"

namespace audit_mac_test {

using namespace roomkey::store;
using namespace roomkey::test;

constexpr std::string_view kFirst =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const std::string kSecond(64, 'a');

std::shared_ptr<const AuditKey> key(std::string_view text) {
  return std::make_shared<const AuditKey>(read_audit_key(text).value());
}

Settings with_key(const std::string& path, std::string_view text = kFirst) {
  auto settings = settings_at(path);
  settings.audit_key = key(text);
  return settings;
}

// One event by each of them in the same store; "-" has no key.
void append_by(const FileStore& store, const std::vector<std::string_view>& keys) {
  for (const auto text : keys) {
    Database one(text == "-" ? settings_at(store.database.path())
                             : with_key(store.database.path(), text));
    one.ready();
    append_audit(one, event_at(kNine));
  }
}

AuditVerdict verified(const FileStore& store, std::string_view text = kFirst,
                      std::span<const AuditKey> old_keys = {}) {
  Database database(with_key(store.database.path(), text));
  database.ready();
  return verify_audit(database, old_keys);
}

TEST(a_key_may_be_told_of_first_by_a_prune) {
  const FileStore store;
  append_by(store, {"-", "-"});
  Database database(with_key(store.database.path()));
  database.ready();
  same(2, prune(database, kNine + 24h, sign_off()).events);
  same("3 4 ", ids_of(database));
  same("audit_key", audit_of(database).front().action);
  same("", verify_audit(database).fault);
}

TEST(a_transaction_whose_events_were_refused_is_not_committed_whoever_passes_that_over) {
  const FileStore store;
  append_by(store, {kFirst});
  Database keyless(settings_at(store.database.path()));
  keyless.ready();
  Transaction transaction(keyless);
  append_audit(transaction, keyless, event_at(kNine));
  throws<roomkey::base::Unavailable>([&] { write_events(transaction, keyless); });
  throws<roomkey::base::Unavailable>([&] { transaction.commit(); });
  transaction.roll_back();
  Transaction next(keyless);
  next.commit();
}

TEST(a_key_is_32_bytes_in_hexadecimal_or_base64) {
  for (const std::string_view text :
       {kFirst,
        std::string_view("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
        std::string_view("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        std::string_view("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")}) {
    const auto read = read_audit_key(text);
    expect(read.has_value(), text);
    same("b45d388cf92cc8e6", read->id);
  }
  expect(read_audit_key("//////////////////////////////////////////8=").has_value());
  for (const std::string& text :
       {std::string(), std::string(62, '0'), std::string(66, '0'), std::string(63, '0') + "g",
        std::string(32, 'x'), std::string(kFirst) + "\n"}) {
    expect(!read_audit_key(text), text);
  }
}

TEST(a_mac_is_the_hmac_sha256_that_python_computes) {
  same("416c5392b9f36df188e90eb14d17bf0da190bfdb7f1f4956e6e566a569c8b15c",
       roomkey::crypto::to_hex(key(kFirst)->key.sign(std::string(32, '\0'))));
}

TEST(the_first_event_under_a_key_tells_of_it_and_each_has_a_mac_from_then_on) {
  FileStore store;
  append_by(store, {"-", kFirst, kFirst});
  const auto events = audit_of(store.database);
  same(4, events.size());
  same("audit_key", events[1].action);
  same("b45d388cf92cc8e6", events[1].reason.value());
  same("changed", word(events[1].outcome));
  same("0 1 1 1",
       store.other_program().text("SELECT group_concat(mac IS NOT NULL, ' ') FROM audit"));
  const auto verdict = verified(store);
  same("", verdict.fault + verdict.macs.doubt);
  same(2, verdict.macs.first);
  same(3, verdict.macs.right);
  same(0, verdict.macs.unchecked);
}

TEST(what_is_rolled_back_takes_the_word_of_the_key_along) {
  Database database(with_key(":memory:"));
  fill(database);
  {
    const Transaction undone(database);
    append_audit(database, event_at(kNine));
    append_audit(database, event_at(kNine));
  }
  append_audit(database, event_at(kNine));
  const auto events = audit_of(database);
  same(2, events.size());
  same("audit_key", events[0].action);
}

TEST(without_the_key_a_keyed_audit_takes_no_event_and_is_verified_as_far_as_can_be) {
  FileStore store;
  append_by(store, {kFirst});
  const auto why =
      throws<roomkey::base::Unavailable>([&] { append_audit(store.database, event_at(kNine)); });
  expect(contains(why, "takes no event without ROOMKEY_AUDIT_KEY"), why);
  const auto verdict = verify_audit(store.database);
  same("", verdict.fault + verdict.macs.doubt);
  same(1, verdict.macs.first);
  same(0, verdict.macs.right);
  same(2, verdict.macs.unchecked);
}

TEST(another_key_goes_on_and_the_ones_before_are_checked_where_they_are_at_hand) {
  FileStore store;
  append_by(store, {kFirst, kSecond});
  const auto verdict = verified(store, kSecond);
  same("", verdict.fault + verdict.macs.doubt);
  same(2, verdict.macs.right);
  same(2, verdict.macs.unchecked);
  std::vector<AuditKey> old;
  old.push_back(read_audit_key(kFirst).value());
  same(4, verified(store, kSecond, old).macs.right);
  same("the MAC of event 3 is not right", verified(store, kFirst).fault);
}

TEST(a_worker_with_the_key_before_goes_on_until_it_is_restarted) {
  FileStore store;
  Database old_worker(with_key(store.database.path(), kFirst));
  old_worker.ready();
  append_audit(old_worker, event_at(kNine));
  append_by(store, {kSecond});
  append_audit(old_worker, event_at(kNine));
  std::vector<AuditKey> old;
  old.push_back(read_audit_key(kFirst).value());
  const auto verdict = verified(store, kSecond, old);
  same("", verdict.fault + verdict.macs.doubt);
  same(5, verdict.macs.right, "and it does not tell of its key again");
  same("the MAC of event 5 is not right", verified(store, kSecond).fault);
}

TEST(what_was_undone_before_does_not_make_a_worker_tell_of_its_key_again) {
  FileStore store;
  Database old_worker(with_key(store.database.path(), kFirst));
  old_worker.ready();
  append_audit(old_worker, event_at(kNine));
  append_by(store, {kSecond});
  {
    Transaction refused(old_worker);
    refused.roll_back();
    append_audit(old_worker, event_at(kNine));
  }
  append_audit(old_worker, event_at(kNine));
  same(6, audit_head(store.database).id);
}

// SHA-256 over all fields of each event again, as anybody who has the file can.
void rehash(Raw& raw, Database& database, std::int64_t first) {
  std::string chain = first == 1 ? std::string(32, '\0') : "";
  for (const auto& event : audit_of(database)) {
    if (event.id < first) {
      chain = event.hash;
      continue;
    }
    std::string text = chain;
    const auto field = [&](const std::optional<std::string>& value) {
      text += value ? std::to_string(value->size()) + ':' + *value + ',' : "-,";
    };
    const auto number = [&](const std::optional<std::int64_t>& value) {
      field(value ? std::optional(std::to_string(*value)) : std::nullopt);
    };
    number(event.id);
    number(roomkey::base::unix_seconds(event.at));
    field(event.request_id);
    number(event.user_id);
    number(event.appointment_id);
    field(event.action);
    field(std::string(word(event.outcome)));
    field(event.reason);
    number(event.expires_at ? std::optional(roomkey::base::unix_seconds(*event.expires_at))
                            : std::nullopt);
    chain = roomkey::crypto::sha256(text);
    raw.run("UPDATE audit SET hash = x'" + roomkey::crypto::to_hex(chain) +
            "' WHERE id = " + std::to_string(event.id));
  }
  raw.run("UPDATE audit_head SET hash = x'" + roomkey::crypto::to_hex(chain) + "'");
}

TEST(a_chain_that_was_computed_anew_without_the_key_shows) {
  for (const bool keeps_macs : {true, false}) {
    FileStore store;
    append_by(store, {"-", kFirst, kFirst, kFirst});
    Raw raw = store.other_program();
    raw.drop_triggers();
    raw.run("UPDATE audit SET user_id = 19 WHERE id = 4");
    if (!keeps_macs) raw.run("UPDATE audit SET mac = NULL WHERE id >= 4");
    rehash(raw, store.database, 4);
    same(keeps_macs ? "" : "event 4 has no MAC", verify_audit(store.database).fault,
         "what the chain alone tells");
    same(keeps_macs ? "the MAC of event 4 is not right" : "event 4 has no MAC",
         verified(store).fault);
  }
}

TEST(an_audit_that_lost_all_its_macs_is_proven_by_nothing) {
  FileStore store;
  append_by(store, {kFirst, kFirst});
  Raw raw = store.other_program();
  raw.drop_triggers();
  raw.run("UPDATE audit SET mac = NULL");
  same("", verified(store).fault);
  same("no event has a MAC under ROOMKEY_AUDIT_KEY", verified(store).macs.doubt);
}

TEST(the_file_takes_no_event_without_a_mac_after_one_with_it) {
  FileStore store;
  append_by(store, {kFirst});
  Raw raw = store.other_program();
  const auto why = throws<std::runtime_error>([&] {
    raw.run(
        "INSERT INTO audit SELECT 3, at, request_id, user_id, appointment_id, action, outcome,"
        " reason, expires_at, hash, NULL FROM audit WHERE id = 2");
  });
  same("the audit is keyed", why);
}

TEST(macs_go_along_where_the_front_is_cut_off) {
  FileStore store;
  append_by(store, {"-", kFirst});
  Database database(with_key(store.database.path()));
  database.ready();
  append_days(database, {1, 2, 3});
  prune(database, kNine + 2 * 24h, sign_off());
  const auto verdict = verify_audit(database);
  same("", verdict.fault + verdict.macs.doubt);
  same(verdict.events, verdict.macs.right);
  same(0, verify_store(database).faults.size());
}

}  // namespace audit_mac_test
