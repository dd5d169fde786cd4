#include <fstream>
#include <iostream>

#include "cli/audit/events.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/store/audit_key.hpp"
#include "roomkey/store/witness.hpp"

namespace roomkey::cli::audit {

namespace {

std::string json_of(const store::AuditCut& cut) {
  return base::JsonObject()
      .add("cut", cut.id)
      .add("at", base::format_utc(cut.at))
      .add("events", cut.events)
      .add("last_event", cut.last_event)
      .add("last_hash", crypto::to_hex(cut.last_hash))
      .add("signed_by", cut.signed_by)
      .add("reason", cut.reason)
      .text();
}

void print_verdict_json(const store::AuditVerdict& verdict) {
  base::JsonArray cuts;
  for (const store::AuditCut& cut : verdict.cuts) cuts.add_raw(json_of(cut));
  const store::MacVerdict& macs = verdict.macs;
  std::cout << base::JsonObject()
                   .add("ok", verdict.fault.empty())
                   .add("events", verdict.events)
                   .add("head", verdict.head)
                   .add("fault", verdict.fault)
                   .add_raw("cuts", cuts.text())
                   .add("macs_from", macs.first > 0 ? std::optional(macs.first) : std::nullopt)
                   .add("macs_right", macs.right)
                   .add("macs_unchecked", macs.unchecked)
                   .text()
            << '\n';
}

void print_macs(const store::MacVerdict& macs, bool keyed) {
  if (macs.first == 0) return;
  std::cout << "MACs from event " << macs.first << " on";
  if (macs.right > 0) std::cout << ": " << macs.right << " right";
  if (macs.unchecked > 0) {
    std::cout << ", " << macs.unchecked << " not checked: "
              << (keyed ? "they are from before the key in use, see --old-key"
                        : "ROOMKEY_AUDIT_KEY is not set");
  }
  std::cout << '\n';
}

void print_verdict(const store::AuditVerdict& verdict, bool keyed) {
  for (const store::AuditCut& cut : verdict.cuts) {
    std::cout << "cut " << cut.id << ": " << base::format_utc(cut.at) << ", "
              << base::counted(cut.events, "event") << " up to event " << cut.last_event
              << " (hash " << crypto::to_hex(cut.last_hash) << "), by " << cut.signed_by << ": "
              << cut.reason << '\n';
  }
  std::cout << "the audit is intact: " << base::counted(verdict.events, "event") << ", head "
            << verdict.head << '\n';
  print_macs(verdict.macs, keyed);
}

// False, with the fault said, where one can't be read.
bool read_old_keys(const std::vector<std::string>& files, std::vector<store::AuditKey>& keys) {
  for (const std::string& file : files) {
    auto text = base::read_file(file);
    if (!text) {
      const std::string why = may_not_read(file);
      fail(kFailed, why.empty() ? "can't read " + file + ": " + text.error().detail : why);
      return false;
    }
    auto key = store::read_audit_key(base::without_line_end(*text));
    crypto::wipe(*text);
    if (!key) {
      fail(kFailed, file + " holds no key: 32 bytes in hexadecimal or base64");
      return false;
    }
    keys.push_back(std::move(*key));
  }
  return true;
}

// What a witness's lines say against the audit. Events that a cut removed can't be compared.
struct Comparison {
  std::int64_t lines = 0;
  std::int64_t removed = 0;
  std::int64_t damaged = 0;  // lines that were cut off, most often
  std::string fault = {};
  bool unread = false;  // there was nothing to compare with
};

std::string fault_of(store::Standing standing, const store::Witnessed& line) {
  const std::string event = "event " + std::to_string(line.event);
  if (standing == store::Standing::missing) return event + " is missing";
  if (standing == store::Standing::changed) return event + " is not the one that was witnessed";
  return {};
}

Comparison compare(store::Database& database, std::istream& lines) {
  Comparison result;
  for (std::string text; result.fault.empty() && std::getline(lines, text);) {
    ++result.lines;
    const auto line = store::read_witnessed(text);
    if (!line) {
      ++result.damaged;
      continue;
    }
    const auto standing = store::standing_of(database, *line);
    if (standing == store::Standing::removed) ++result.removed;
    if (auto fault = fault_of(standing, *line); !fault.empty()) {
      result.fault = "line " + std::to_string(result.lines) + ": " + fault;
    }
  }
  if (result.fault.empty() && result.damaged == result.lines) {
    result.fault = "there is no line of a witness's in it";
    result.unread = true;
  }
  return result;
}

Comparison compare(Session& session, const std::string& file) {
  std::ifstream lines(file);
  if (lines) return compare(session.database, lines);
  const std::string why = may_not_read(file);
  return {.fault = why.empty() ? "can't read " + file : why, .unread = true};
}

void print_comparison(const Comparison& result) {
  std::cout << "as witnessed: " << base::counted(result.lines, "line");
  if (result.removed > 0) std::cout << ", " << result.removed << " of events removed by a cut";
  if (result.damaged > 0) std::cout << ", " << result.damaged << " damaged and not compared";
  std::cout << '\n';
}

// What is wrong, in a person's words.
int say_fault(const store::AuditVerdict& verdict, const Comparison& witnessed) {
  if (witnessed.unread) {
    return fail(kFailed, "not compared with the witness: " + witnessed.fault);
  }
  if (!witnessed.fault.empty()) {
    return fail(kFailed, "the audit is not the one that was witnessed: " + witnessed.fault,
                "it was restored from a backup since, or somebody wrote it anew");
  }
  if (verdict.fault == verdict.macs.doubt) {
    return fail(kFailed, "nothing proves the audit: " + verdict.fault,
                "either the key is new and nothing was written since, or it is not the one that "
                "was used, or the audit was written anew by somebody without it");
  }
  return fail(kFailed, "the audit does not hold: " + verdict.fault,
              "compare with a backup from before: `roomkey audit verify` on it, event by event");
}

}  // namespace

int verify(Session& session, const VerifyFields& fields) {
  std::vector<store::AuditKey> old_keys;
  if (!read_old_keys(fields.old_keys, old_keys)) return kFailed;
  session.database.ready();
  auto verdict = store::verify_audit(session.database, old_keys);
  if (verdict.fault.empty()) verdict.fault = verdict.macs.doubt;
  Comparison witnessed;
  const bool compares = verdict.fault.empty() && !fields.against.empty();
  if (compares) verdict.fault = (witnessed = compare(session, fields.against)).fault;
  const bool keyed = session.database.settings().audit_key != nullptr;
  if (session.json) {
    print_verdict_json(verdict);
  } else if (verdict.fault.empty()) {
    print_verdict(verdict, keyed);
    if (compares) print_comparison(witnessed);
  }
  return verdict.fault.empty() ? kDone : say_fault(verdict, witnessed);
}

}  // namespace roomkey::cli::audit
