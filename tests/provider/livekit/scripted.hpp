// A LiveKit server on loopback that gives the answers it was told, one to each request, and keeps
// what it was asked.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "provider/livekit/rooms.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace roomkey::test::livekit {

inline constexpr const char* kKey = "APIgoldenKey0047";
inline constexpr const char* kLivekitSecret = "not-a-real-livekit-secret-0123456789abcdefg";

struct Answer {
  int status = 200;
  std::string body = "{}";
};

class Scripted {
 public:
  explicit Scripted(std::vector<Answer> answers)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 4) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket on loopback");
    }
    port_ = ntohs(address.sin_port);
    server_ = std::thread([this, all = std::move(answers)] {
      for (const Answer& one : all) serve(one);
    });
  }
  ~Scripted() {
    shutdown(listener_, SHUT_RDWR);
    server_.join();
    close(listener_);
  }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;

  [[nodiscard]] provider::livekit::ServiceSettings settings() const {
    provider::livekit::ServiceSettings settings{"http://127.0.0.1:" + std::to_string(port_), kKey,
                                                crypto::Secret(kLivekitSecret)};
    settings.connect_deadline = settings.deadline = 20s;
    return settings;
  }
  // Each with its headers, once all answers were given.
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  static std::size_t length_of(const std::string& request) {
    const auto at = request.find("Content-Length: ");
    return at == request.npos ? 0 : std::stoul(request.substr(at + 16));
  }
  void serve(const Answer& answer) {
    const int line = accept(listener_, nullptr, nullptr);
    if (line < 0) return;
    std::string request;
    char part[4096];
    for (;;) {
      const auto head = request.find("\r\n\r\n");
      if (head != request.npos && request.size() >= head + 4 + length_of(request)) break;
      const ssize_t size = read(line, part, sizeof part);
      if (size <= 0) break;
      request.append(part, static_cast<std::size_t>(size));
    }
    requests_.push_back(request);
    const std::string text =
        "HTTP/1.1 " + std::to_string(answer.status) +
        " X\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) +
        "\r\n\r\n" + answer.body;
    static_cast<void>(!write(line, text.data(), text.size()));
    close(line);
  }

  int listener_;
  int port_ = 0;
  std::vector<std::string> requests_;
  std::thread server_;
};

}  // namespace roomkey::test::livekit
