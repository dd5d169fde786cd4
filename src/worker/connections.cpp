#include "worker/connections.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "roomkey/base/log.hpp"
#include "worker/fcgi_records.hpp"

namespace roomkey::worker {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint32_t kListening = Connections::kMost;  // its number
// nginx sends right after it has connected; without a moment's patience the next newcomer might be
// served for seconds while this one waits, and other workers are idle.
constexpr int kMomentMilliseconds = 10;
// Whoever keeps fewer connections is quicker to let one in, so that they spread over the workers.
constexpr auto kPoliteness = 20us;
constexpr auto kNoDescriptors = 100ms;

void watch(int epoll, int descriptor, std::uint32_t number) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  event.data.u32 = number;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

// For what is longer than what was looked at, and for answers that nobody reads.
void bound_waiting(int descriptor) {
  const timeval bound{1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
}

using Events = std::array<epoll_event, 32>;

// The number of events; -1 where a signal was let in. In whole milliseconds where the kernel
// (before Linux 5.11) or a filter of system calls knows no finer ones.
int wait_for(int epoll, Events& events, std::optional<Clock::time_point> deadline,
             const sigset_t& open) {
  const auto left =
      std::max(Clock::duration::zero(), deadline.value_or(Clock::time_point{}) - Clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timespec bound{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  int count = epoll_pwait2(epoll, events.data(), events.size(), deadline ? &bound : nullptr, &open);
  if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    count = epoll_pwait(epoll, events.data(), events.size(),
                        deadline ? static_cast<int>(whole) : -1, &open);
  }
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_pwait");
  }
  return count;
}

}  // namespace

Connections::Connections(int listening_socket, std::chrono::milliseconds patience)
    : listening_(listening_socket),
      flags_(fcntl(listening_socket, F_GETFL) | O_NONBLOCK),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      patience_(patience),
      looked_at_(kLargest, '\0') {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  const timeval moment{0, 1000};
  setsockopt(listening_, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
  watch(epoll_, listening_, kListening);
}

Connections::~Connections() {
  for (std::size_t number = 0; number < kMost; ++number) shut(number);
  close(epoll_);
}

void Connections::wait(const sigset_t& open, std::optional<std::chrono::seconds> most) {
  Events events{};
  std::optional<Time> until = next_deadline();
  if (most) until = std::min(until.value_or(Time::max()), Clock::now() + *most);
  const int count = wait_for(epoll_, events, until, open);
  for (int i = 0; i < count; ++i) {
    const auto& [what, data] = events[static_cast<std::size_t>(i)];
    const std::uint32_t number = data.u32;
    if (number != kListening) {
      look(number);
      // Half a request, and no more of it can come.
      if ((what & EPOLLRDHUP) != 0 && all_[number].state == State::speaking) shut(number);
    } else if (!newcomers_) {
      newcomers_ = true;
      due_ = Clock::now() + count_open() * kPoliteness;
    }
  }
  shut_the_slow();
}

std::optional<std::size_t> Connections::next(bool newcomers_first) {
  if (newcomers_first && any_kept_ && newcomers_are_due()) let_one_in();
  while (whole_.empty() && newcomers_are_due()) let_one_in();
  if (whole_.empty()) return std::nullopt;
  const std::size_t number = whole_.front();
  whole_.pop_front();
  return number;
}

void Connections::keep(std::size_t number) {
  any_kept_ = true;
  set(number, State::quiet);
  if (all_[number].retired) return retire(number);
  if (std::exchange(all_[number].heard, false)) look(number);
}

void Connections::no_more() {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listening_, nullptr);
  newcomers_ = false;
  for (std::size_t number = 0; number < kMost; ++number) retire(number);
}

std::size_t Connections::count_open() const {
  return static_cast<std::size_t>(
      std::count_if(all_.begin(), all_.end(), [](const auto& one) { return one.descriptor >= 0; }));
}

bool Connections::newcomers_are_due() const { return newcomers_ && Clock::now() >= due_; }

// systemd makes the socket, which all workers share, blocking again with each worker that it
// starts, also with one that ends before it gets here. So it is said before each accept, and the
// time limit, which systemd leaves alone, is for what happens in between.
void Connections::let_one_in() {
  const auto number = free_number();
  if (!number) {  // all are in the middle of saying something
    due_ = Clock::now() + std::chrono::milliseconds(kMomentMilliseconds);
    return;
  }
  fcntl(listening_, F_SETFL, flags_);
  const int descriptor = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor < 0) {
    newcomers_ = false;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ECONNABORTED) return;
    base::log_error("event=accept_failed error=" + std::to_string(errno));
    newcomers_ = true;  // out of descriptors, most likely: don't spin
    due_ = Clock::now() + kNoDescriptors;
    return;
  }
  bound_waiting(descriptor);
  watch(epoll_, descriptor, static_cast<std::uint32_t>(*number));
  all_[*number].descriptor = descriptor;
  set(*number, State::speaking);
  pollfd moment{descriptor, POLLIN, 0};
  if (poll(&moment, 1, kMomentMilliseconds) > 0) look(*number);
}

std::optional<std::size_t> Connections::free_number() {
  const Connection* quietest = nullptr;
  for (const Connection& one : all_) {
    if (one.descriptor < 0) return &one - all_.data();
    if (one.state == State::quiet && (quietest == nullptr || one.since < quietest->since)) {
      quietest = &one;
    }
  }
  pollfd newcomer{listening_, POLLIN, 0};
  if (poll(&newcomer, 1, 0) <= 0) {  // another worker was quicker
    newcomers_ = false;
    return std::nullopt;
  }
  if (quietest == nullptr) return std::nullopt;
  const auto number = static_cast<std::size_t>(quietest - all_.data());
  retire(number);
  return all_[number].descriptor < 0 ? std::optional(number) : std::nullopt;
}

// Also where its end has come, of which nothing else tells.
void Connections::look(std::size_t number) {
  Connection& one = all_[number];
  if (one.descriptor < 0) return;
  if (one.state == State::whole) {
    one.heard = true;
    return;
  }
  const ssize_t size =
      recv(one.descriptor, looked_at_.data(), looked_at_.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return shut(number);
  const auto bytes = static_cast<std::size_t>(size);
  switch (arrived({looked_at_.data(), bytes})) {
    case Arrived::whole:
      set(number, State::whole);
      whole_.push_back(number);
      return;
    case Arrived::in_part:
      if (bytes < looked_at_.size()) {
        if (one.state == State::quiet) set(number, State::speaking);
        return;
      }
      [[fallthrough]];
    case Arrived::no_request:
      base::log_warn("event=no_request bytes=" + std::to_string(bytes));
      shut(number);
  }
}

void Connections::set(std::size_t number, State state) {
  all_[number].state = state;
  all_[number].since = Clock::now();
}

// From shutdown(2) on the other side can't send: what came before it is there to be seen.
void Connections::retire(std::size_t number) {
  Connection& one = all_[number];
  if (one.descriptor < 0) return;
  one.retired = true;
  if (one.state != State::quiet) return;
  shutdown(one.descriptor, SHUT_RD);
  look(number);
  if (one.descriptor >= 0 && one.state != State::whole) shut(number);
}

void Connections::shut(std::size_t number) {
  if (all_[number].descriptor >= 0) close(all_[number].descriptor);
  forget(number);
}

void Connections::shut_the_slow() {
  const auto latest = Clock::now() - patience_;
  for (std::size_t number = 0; number < kMost; ++number) {
    const Connection& one = all_[number];
    const auto is_slow = [&] {
      return one.descriptor >= 0 && one.state == State::speaking && one.since <= latest;
    };
    if (!is_slow()) continue;
    look(number);
    if (!is_slow()) continue;
    base::log_warn("event=request_not_ended milliseconds=" + std::to_string(patience_.count()));
    shut(number);
  }
}

std::optional<Connections::Time> Connections::next_deadline() const {
  if (!whole_.empty()) return Time{};
  std::optional<Time> first;
  if (newcomers_) first = due_;
  for (const Connection& one : all_) {
    if (one.descriptor < 0 || one.state != State::speaking) continue;
    if (!first || one.since + patience_ < *first) first = one.since + patience_;
  }
  return first;
}

}  // namespace roomkey::worker
