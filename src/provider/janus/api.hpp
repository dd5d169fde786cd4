// Janus's HTTP API, as far as its VideoRoom is asked by it.
#pragma once

#include <json/value.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "provider/janus/settings.hpp"
#include "roomkey/provider/https.hpp"

namespace roomkey::provider::janus {

// The VideoRoom's own codes.
inline constexpr std::int64_t kMissingElement = 429;
inline constexpr std::int64_t kInvalidElement = 430;
inline constexpr std::int64_t kUnauthorized = 433;
inline constexpr std::int64_t kNoSuchRoom = 426;
inline constexpr std::int64_t kRoomExists = 427;
inline constexpr std::int64_t kNoSuchFeed = 428;

class Api {
 public:
  struct Deadlines {
    std::chrono::milliseconds connect{2000};
    std::chrono::milliseconds all{5000};  // of a Visit, all its requests together
  };
  explicit Api(const Configuration& configuration, Deadlines deadlines);
  explicit Api(const Configuration& configuration) : Api(configuration, Deadlines{}) {}

  // What somebody answered: Janus, where `error` is 0 or its own code for a refusal; else who
  // knows.
  struct Reply {
    int status = 0;           // HTTP's; 0 where nothing came
    std::int64_t error = -1;  // -1: no answer of Janus's
    Json::Value object{Json::objectValue};
    std::string why = {};  // of an error, for the log: nothing that Janus wrote
    Https::Failure failure = Https::Failure::answer;
  };

  // GET /info: what it says of itself to anybody.
  [[nodiscard]] Reply info();

  // A session of Janus's with a handle of the VideoRoom, from the first question on until the end
  // of this.
  class Visit {
   public:
    explicit Visit(Api& api);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    // Of the session and the handle alone.
    [[nodiscard]] Reply open();
    // What the VideoRoom says to `body`, which is wiped: its own object, or its error.
    [[nodiscard]] Reply ask(std::string body);

   private:
    [[nodiscard]] Reply send(const std::string& path, const std::string& word,
                             const std::string& more);
    [[nodiscard]] Reply begin(const std::string& path, const std::string& word,
                              const std::string& more, std::string& place);

    Api& api_;
    Https::Deadline deadline_;
    std::string session_, handle_;  // their places: "/1234", "/1234/5678"
  };

 private:
  [[nodiscard]] Reply read(const base::Result<Https::Answer>& answer) const;

  std::string url_;
  crypto::Secret secret_;
  std::chrono::milliseconds deadline_;
  Https https_;
};

}  // namespace roomkey::provider::janus
