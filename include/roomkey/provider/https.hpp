// HTTP requests to a provider, and the only user of libcurl. Who is at the other end is proven by
// certificate (but see Settings::look_at); nothing is followed, no proxy asked, and no answer
// waited for past its deadline.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider {

class Https {
 public:
  struct Settings {
    std::string user;  // for basic authentication, which every request carries; empty: none does
    crypto::Secret password;
    std::chrono::milliseconds connect_deadline{2000};  // name, TCP and TLS
    std::string ca_file = {};                          // PEM; empty: those of the machine
    // "127.0.0.1:443", "[::1]:443": connects there, whatever the address says, and takes whoever is
    // there: for looking at, so without user and password.
    std::string look_at = {};
    std::vector<crypto::Secret> headers = {};  // "Name: value", of every request
  };
  struct Answer {
    int status = 0;
    std::string body;
    std::optional<std::chrono::sys_seconds> date = {};  // the header, where it can be read
    std::string server = {};                            // the header
  };
  // Why no answer came: no address for the name, no connection, no trust, too late, no answer that
  // could be taken, or no libcurl to ask with.
  enum class Failure { name, connection, tls, deadline, answer, library };
  using Deadline = std::chrono::steady_clock::time_point;

  // Costs nothing: libcurl is set up by the first request.
  explicit Https(Settings settings);
  ~Https();
  Https(const Https&) = delete;
  Https& operator=(const Https&) = delete;

  // The answer, whatever its status. provider_unavailable, with words fit for a log line, where
  // none came by the deadline, it is over 256 KiB with its headers, the address is not one that
  // is_https_or_local(), or libcurl can't be loaded. The connection stays open for the next
  // request.
  //
  // get() tries a second time where the connection failed; never a third. The others send once.
  [[nodiscard]] base::Result<Answer> get(const std::string& url, Deadline deadline);
  [[nodiscard]] base::Result<Answer> post(const std::string& url, const std::string& form,
                                          Deadline deadline);
  // `bearer` goes along as Authorization, with this request alone.
  [[nodiscard]] base::Result<Answer> post_json(const std::string& url, const std::string& json,
                                               const crypto::Secret& bearer, Deadline deadline);

  // Of the last request that was refused.
  [[nodiscard]] Failure failure() const { return failure_; }
  // PEM; of whom look_at led to, answered or not. Empty where no TLS came about.
  [[nodiscard]] const std::string& certificate() const { return certificate_; }

 private:
  struct Line;
  [[nodiscard]] base::Result<Line*> line();
  [[nodiscard]] base::Result<Answer> run(const std::string& url, const std::string* form,
                                         Deadline deadline);

  Settings settings_;
  std::unique_ptr<Line> line_;
  Failure failure_ = Failure::answer;
  std::string certificate_;
};

}  // namespace roomkey::provider
