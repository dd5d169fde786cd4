#include "roomkey/config/bearer_keys.hpp"

#include <algorithm>
#include <iterator>

#include "roomkey/base/file.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::config {

namespace {

constexpr const char* kPem = "ROOMKEY_JWT_PUBLIC_KEY_FILE";
constexpr const char* kJwks = "ROOMKEY_JWT_JWKS_FILE";
constexpr std::size_t kMost = 1 << 20;  // bytes; a set of keys has a few KiB

// The content, or nothing after a fault was noted.
std::string content_of(const char* variable, const std::string& path, Faults& faults) {
  if (path.empty()) return {};
  auto content = base::read_regular_file(path, kMost);
  if (!content) {
    const bool large = content.error().code == base::Code::payload_too_large;
    const std::string why = large ? "over 1 MiB" : content.error().detail;
    faults.push_back({variable, "can't read the file: " + why, 0, true});
    return {};
  }
  if (content->empty()) faults.push_back({variable, "the file is empty"});
  return std::move(*content);
}

void say_none(const std::string& fault) {
  base::log_warn("event=bearer_keys_none fault=" + base::log_value(fault));
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

crypto::KeySet read_keys(const KeyFiles& files, crypto::Algorithm algorithm, Faults& faults) {
  crypto::KeySet keys{algorithm, {}};
  const auto take = [&](const std::string& variable, base::Result<crypto::KeySet> found) {
    if (!found) return faults.push_back({variable, found.error().detail});
    std::move(found->keys.begin(), found->keys.end(), std::back_inserter(keys.keys));
    for (auto& [text, cure, from] : found->remarks) {
      text.insert(0, variable + ": ");
      keys.remarks.push_back({std::move(text), std::move(cure), from});
    }
  };
  if (auto pem = content_of(kPem, files.pem, faults); !pem.empty()) {
    take(kPem, crypto::key_set_from_pem(pem, algorithm));
    crypto::wipe(pem);  // of a private key, perhaps
  }
  if (auto jwks = content_of(kJwks, files.jwks, faults); !jwks.empty()) {
    const auto faults_before = faults.size();
    take(kJwks, crypto::key_set_from_jwks(jwks, algorithm));
    if (faults.size() > faults_before) faults.back().none = crypto::is_jwk_set(jwks);
    crypto::wipe(jwks);
  }
  return keys;
}

void log_remarks(const crypto::KeySet& keys, std::chrono::sys_seconds now) {
  for (const auto& [text, cure, from] : keys.remarks) {
    if (from && now < *from) continue;
    base::log_warn("event=bearer_keys_remark remark=" + base::log_value(text));
  }
}

BearerKeys::Stamp BearerKeys::stamp_of(const std::string& path) {
  struct stat file {};
  if (path.empty() || stat(path.c_str(), &file) != 0) return {};
  return {file.st_dev, file.st_ino, file.st_size, nanoseconds(file.st_mtim),
          nanoseconds(file.st_ctim)};
}

// False for a file that was written so lately that it may change again within one tick of the
// file system's clock, and show nothing of it.
bool BearerKeys::at_rest(const Stamps& stamps, std::chrono::sys_seconds now) {
  const auto before = nanoseconds({(now - std::chrono::seconds{2}).time_since_epoch().count(), 0});
  return std::all_of(stamps.begin(), stamps.end(),
                     [&](const Stamp& stamp) { return stamp.changed_ns < before; });
}

// What can't be read is no word of the login's: the keys before it stay, but not for ever.
void BearerKeys::keep_old(crypto::KeySet& keys, const std::string& fault, bool changed,
                          std::chrono::sys_seconds now) {
  if (!kept_since_) kept_since_ = now;
  const auto end = *kept_since_ + kKeptFor;
  const bool hour_later = now - told_at_ >= std::chrono::hours{1} || now < told_at_;
  if (changed || hour_later || state_ == State::read) {
    base::log_warn("event=bearer_keys_kept until=" + base::format_utc(end) +
                   " fault=" + base::log_value(fault));
    told_at_ = now;
  }
  state_ = State::kept;
  if (now < end) return;
  keys.keys.clear();
  state_ = State::none;
  say_none(fault);
}

std::string BearerKeys::state() const {
  switch (state_) {
    case State::read: return "ok";
    case State::kept:
      return "kept until " + base::format_utc(*kept_since_ + kKeptFor) +
             ": a file of theirs can't be used";
    case State::none: return "none: every token is refused";
  }
  return {};
}

void BearerKeys::renew(crypto::KeySet& keys, std::chrono::sys_seconds now) {
  if (now == looked_at_ || (files_.pem.empty() && files_.jwks.empty())) return;
  looked_at_ = now;
  const Stamps stamps{stamp_of(files_.pem), stamp_of(files_.jwks)};
  const bool changed = begun_ && stamps != stamps_;
  if (!changed && settled_) return;
  Faults faults;
  auto fresh = read_keys(files_, keys.algorithm, faults);
  begun_ = true;
  stamps_ = stamps;
  const auto unusable =
      std::find_if(faults.begin(), faults.end(), [](const Fault& fault) { return !fault.none; });
  settled_ = unusable == faults.end() && at_rest(stamps, now);
  if (unusable != faults.end()) {
    if (state_ != State::none) keep_old(keys, unusable->text(), changed, now);
    return;
  }
  const bool repaired = std::exchange(kept_since_, std::nullopt).has_value();
  const State before = std::exchange(state_, State::read);
  keys = std::move(fresh);
  if (keys.keys.empty()) {
    state_ = State::none;
    if (changed || before != State::none) say_none(faults.front().text());
  } else if (changed || repaired || before == State::none) {
    base::log_info("event=bearer_keys_read keys=" + std::to_string(keys.keys.size()));
    log_remarks(keys, now);
  }
}

}  // namespace roomkey::config
