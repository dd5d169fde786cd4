// The stand-in for Twilio's REST API (twilio_stand_in.py) as a process of its own, which ends with
// its owner.
#pragma once

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "roomkey/base/json.hpp"
#include "roomkey/provider/twilio/rest.hpp"

namespace roomkey::test {

class StandIn {
 public:
  static constexpr const char* kAccount = "AC0123456789abcdef0123456789abcdef";
  static constexpr const char* kKey = "SKfedcba9876543210fedcba9876543210";
  static constexpr const char* kSecret = "not-a-real-secret-0123456789abcd";
  static constexpr const char* kAuthToken = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

  explicit StandIn(const std::vector<std::string>& arguments = {}) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    process_ = fork();
    if (process_ == 0) become(ends[1], arguments);
    close(ends[1]);
    FILE* output = fdopen(ends[0], "r");
    const int found = std::fscanf(output, "%d %d", &port_, &control_port_);
    std::fclose(output);
    if (found != 2) throw std::runtime_error("the stand-in did not start");
  }
  ~StandIn() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  [[nodiscard]] std::string url(const std::string& host = "http://127.0.0.1") const {
    return host + ':' + std::to_string(port_);
  }
  // See twilio_stand_in.py.
  Json::Value control(const std::string& json) const {
    return talk("POST /_control HTTP/1.0\r\nContent-Length: " + std::to_string(json.size()) +
                "\r\n\r\n" + json);
  }
  void fault(const std::string& mode, const std::string& more = "") const {
    control(R"({"fault":{"mode":")" + mode + '"' + more + "}}");
  }
  [[nodiscard]] Json::Value seen() const { return talk("GET /_control HTTP/1.0\r\n\r\n"); }
  // "GET POST": the methods of what was asked, in order.
  [[nodiscard]] std::string methods() const {
    std::string text;
    const Json::Value all = seen();
    for (const Json::Value& one : all["requests"]) {
      text += (text.empty() ? "" : " ") + one["method"].asString();
    }
    return text;
  }

  // With time enough for a busy machine.
  [[nodiscard]] provider::twilio::RestSettings settings() const {
    provider::twilio::RestSettings settings{kAccount, kKey, crypto::Secret(kSecret), url(), url()};
    settings.connect_deadline = std::chrono::seconds{20};
    settings.deadline = std::chrono::seconds{20};
    return settings;
  }

 private:
  [[noreturn]] static void become(int output, const std::vector<std::string>& arguments) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(output, STDOUT_FILENO);
    std::vector<std::string> words{"python3", "tests/support/twilio_stand_in.py"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables{std::string("TWILIO_ACCOUNT_SID=") + kAccount,
                                       std::string("TWILIO_API_KEY=") + kKey,
                                       std::string("TWILIO_API_SECRET=") + kSecret,
                                       std::string("TWILIO_AUTH_TOKEN=") + kAuthToken};
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> list;
      for (auto& text : texts) list.push_back(text.data());
      list.push_back(nullptr);
      return list;
    };
    execve("/usr/bin/python3", pointers(words).data(), pointers(variables).data());
    _exit(127);
  }

  [[nodiscard]] Json::Value talk(const std::string& request) const {
    const int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(control_port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (connect(line, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        write(line, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      char part[4096];
      for (ssize_t size = 0; (size = read(line, part, sizeof part)) > 0;) {
        answer.append(part, static_cast<std::size_t>(size));
      }
    }
    close(line);
    const auto body = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 200 ") || body == answer.npos) {
      throw std::runtime_error("the stand-in says: " + answer);
    }
    return base::parse_json_object(std::string_view(answer).substr(body + 4)).value();
  }

  pid_t process_ = 0;
  int port_ = 0;
  int control_port_ = 0;
};

// One for all tests that can share it, cleared for each.
inline StandIn& stand_in() {
  static StandIn one;
  one.control(R"({"reset":true})");
  return one;
}

}  // namespace roomkey::test
