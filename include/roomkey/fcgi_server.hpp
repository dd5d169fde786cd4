// The FastCGI side of a worker: one request after the other on a listening socket that several
// workers share. The only user of libfcgi.
#pragma once

#include <functional>
#include <string>

#include "roomkey/http/message.hpp"

namespace roomkey {

// A Unix socket (mode 0660) that listens at `path`, in place of a socket that is there already.
// Throws std::system_error.
[[nodiscard]] int listen_at(const std::string& path);

// True where the file descriptor is a listening socket.
[[nodiscard]] bool is_listening(int descriptor);

// Answers until SIGTERM, SIGINT or SIGUSR1, which are let in only while no request is in hand, so
// none is cut off. Returns then.
void serve(int listening_socket, const std::function<http::Response(const http::Request&)>& answer);

}  // namespace roomkey
