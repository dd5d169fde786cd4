// The connections of one worker: those that wait at the listening socket, which other workers
// share, and those that nginx keeps open for its next request. A connection has a number while it
// is open. Nobody who says half a thing, or nothing, holds up the others.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace roomkey::worker {

class Connections {
 public:
  // Open at the same time. One more takes the place of the one that was quiet for longest.
  static constexpr std::size_t kMost = 64;
  // How long a request may take to come whole, and the most that it may be in bytes.
  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::size_t kLargest = 128 << 10;

  // Not the owner of the listening socket. Throws std::system_error.
  explicit Connections(int listening_socket, std::chrono::milliseconds patience = kPatience);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // Until there may be something to do, that time is over, or a signal was let in: with `open` as
  // the mask meanwhile.
  void wait(const sigset_t& open, std::optional<std::chrono::seconds> most = {});

  // The number of a connection whose next request has come whole. Where `newcomers_first`, or where
  // no connection has one, somebody who waits to be let in is.
  [[nodiscard]] std::optional<std::size_t> next(bool newcomers_first);

  [[nodiscard]] int descriptor(std::size_t number) const { return all_[number].descriptor; }
  // The request is answered, and the connection stays open for another.
  void keep(std::size_t number);
  // It was closed already.
  void forget(std::size_t number) { all_[number] = {}; }

  // Nobody is let in any more, and whoever has not begun to say something can't: nginx sends that
  // to another worker. What has come already is given by next() still, and what has begun to come,
  // once it is whole.
  void no_more();
  [[nodiscard]] std::size_t count_open() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { quiet, speaking, whole };
  struct Connection {
    int descriptor = -1;
    State state = State::quiet;
    Time since{};          // of its state
    bool heard = false;    // something came while its request was in hand
    bool retired = false;  // shut after what was begun
  };

  [[nodiscard]] bool newcomers_are_due() const;
  void let_one_in();
  [[nodiscard]] std::optional<std::size_t> free_number();
  void look(std::size_t number);
  void set(std::size_t number, State state);
  void retire(std::size_t number);
  void shut(std::size_t number);
  void shut_the_slow();
  [[nodiscard]] std::optional<Time> next_deadline() const;

  int listening_;
  int flags_;
  int epoll_;
  std::chrono::milliseconds patience_;
  bool newcomers_ = false;
  bool any_kept_ = false;  // else whoever is served may take seconds: nobody is let in behind him
  Time due_{};             // when one is let in, if no other worker was quicker
  std::array<Connection, kMost> all_{};
  std::deque<std::size_t> whole_;
  std::string looked_at_;
};

}  // namespace roomkey::worker
