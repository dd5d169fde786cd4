// The public keys of the clinic's login, which stand in files and change while workers run.
#pragma once

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/config/fault.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::config {

// Either may be empty.
struct KeyFiles {
  std::string pem;   // ROOMKEY_JWT_PUBLIC_KEY_FILE
  std::string jwks;  // ROOMKEY_JWT_JWKS_FILE
};

// The keys of both files for this algorithm; `faults` gets one for each file that is not usable,
// naming of its content key ids at most, never its path. Remarks name the
// variable as well.
[[nodiscard]] crypto::KeySet read_keys(const KeyFiles& files, crypto::Algorithm algorithm,
                                       Faults& faults);

// The remarks that are of interest now, as warnings in the log.
void log_remarks(const crypto::KeySet& keys, std::chrono::sys_seconds now);

// Reads the files again when they change, put in place whole or written over.
class BearerKeys {
 public:
  // How long keys stay in force whose file is gone or can't be used any more.
  static constexpr std::chrono::hours kKeptFor{24};

  explicit BearerKeys(KeyFiles files) : files_(std::move(files)) {}

  // Before each use of `keys`, which came of these files; looks at them once in a second. A set
  // that can be read and has no key means that there is none: `keys` is empty then. Files that are
  // missing or broken change nothing for kKeptFor, with a warning in the log each hour, and another
  // try each second; then there is no key either.
  void renew(crypto::KeySet& keys, std::chrono::sys_seconds now);

  // "ok", or what is wrong, for /readyz.
  [[nodiscard]] std::string state() const;
  // Whether there is a key.
  [[nodiscard]] bool has_keys() const { return state_ != State::none; }

 private:
  // What changes with a file's content, whatever way it is written. All 0 where there is none.
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified_ns, changed_ns;
    bool operator==(const Stamp&) const = default;
  };
  using Stamps = std::array<Stamp, 2>;
  static Stamp stamp_of(const std::string& path);
  static bool at_rest(const Stamps& stamps, std::chrono::sys_seconds now);
  void keep_old(crypto::KeySet& keys, const std::string& fault, bool changed,
                std::chrono::sys_seconds now);

  KeyFiles files_;
  std::chrono::sys_seconds looked_at_{};
  Stamps stamps_{};
  bool settled_ = false;  // what stamps_ tells of was read, and can't have changed since unseen
  bool begun_ = false;    // it was looked at before
  enum class State { read, kept, none };
  State state_ = State::read;
  std::optional<std::chrono::sys_seconds> kept_since_;
  std::chrono::sys_seconds told_at_{};
};

}  // namespace roomkey::config
