// A server on loopback that answers one request with what it was given, and keeps the request.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>

namespace roomkey::test {

class Canned {
 public:
  // `answer` is all of it, headers included.
  explicit Canned(std::string answer) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 1) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket on loopback");
    }
    port_ = ntohs(address.sin_port);
    server_ = std::thread([this, text = std::move(answer)] { serve(text); });
  }
  ~Canned() {
    shutdown(listener_, SHUT_RDWR);
    if (server_.joinable()) server_.join();
    close(listener_);
  }
  Canned(const Canned&) = delete;
  Canned& operator=(const Canned&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Once the answer is there.
  [[nodiscard]] const std::string& request() {
    if (server_.joinable()) server_.join();
    return request_;
  }

 private:
  void serve(const std::string& answer) {
    const int line = accept(listener_, nullptr, nullptr);
    if (line < 0) return;
    char part[4096];
    while (request_.find("\r\n\r\n") == request_.npos) {
      const ssize_t size = read(line, part, sizeof part);
      if (size <= 0) break;
      request_.append(part, static_cast<std::size_t>(size));
    }
    static_cast<void>(!write(line, answer.data(), answer.size()));
    close(line);
  }

  int listener_;
  int port_ = 0;
  std::string request_;
  std::thread server_;
};

}  // namespace roomkey::test
