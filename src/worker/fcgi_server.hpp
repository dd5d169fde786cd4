// The FastCGI side of a worker: answers requests on a listening socket that several workers share.
// The only user of libfcgi.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "roomkey/http/router.hpp"

namespace roomkey::worker {

// A Unix socket (mode 0660) that listens at `path`, in place of a socket that is there already.
// Throws std::system_error.
[[nodiscard]] int listen_at(const std::string& path);

// True where the file descriptor is a listening socket.
[[nodiscard]] bool is_listening(int descriptor);

// Which pool the workers on this socket are: "token" where it is .../token.sock, and so on. Empty
// where it has no path.
[[nodiscard]] std::string pool_of(int listening_socket);

struct Service {
  // To send each request's answer once.
  std::function<void(std::span<const http::Request> requests, const http::Send& send)> answer;
  // Whether a request gains by being answered together with others.
  std::function<bool(const http::Request& request)> likes_company;
  // Whenever those that came are answered. Returns after which time without a request it is to be
  // called again. May be empty.
  std::function<std::optional<std::chrono::seconds>()> rest = {};
};

// From here on SIGTERM, SIGINT and SIGUSR1 wait for serve(), which then ends in good order at once.
void hold_stop_signals();

// Answers until SIGTERM, SIGINT or SIGUSR1, which are let in only while no request is in hand, so
// none is cut off. Returns then. Of requests that wait already it takes up to eight at once, as
// long as they like company: what takes its time is the last of its group, or alone.
void serve(int listening_socket, const Service& service);

}  // namespace roomkey::worker
