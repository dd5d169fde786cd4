// A server on loopback that answers as Janus 1.1.2 does to who asks it for its rooms, or as a test
// has it.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "provider/janus/janus_clinic.hpp"
#include "provider/janus/rooms.hpp"
#include "roomkey/base/json.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace roomkey::test {

class JanusServer {
 public:
  // What the VideoRoom says to a request of that name; empty: as Janus does.
  using Answer = std::function<std::string(const std::string& request)>;

  JanusServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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
    thread_ = std::thread([this] { run(); });
  }
  ~JanusServer() {
    shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (line_ >= 0) shutdown(line_, SHUT_RDWR);
    }
    thread_.join();
    close(listener_);
  }
  JanusServer(const JanusServer&) = delete;
  JanusServer& operator=(const JanusServer&) = delete;

  [[nodiscard]] provider::janus::Configuration configuration() const {
    auto settings = janus_settings();
    settings.api_url = "http://127.0.0.1:" + std::to_string(port_) + "/janus";
    return settings;
  }

  std::map<std::string, std::vector<std::string>> rooms;  // and who is in each
  Answer videoroom = [](const std::string&) { return ""; };
  std::function<std::string(std::string whole)> spoil = [](std::string whole) { return whole; };
  std::vector<Json::Value> seen;  // bodies, those of the VideoRoom as they stand in theirs

  // "create attach message destroy": what was asked, in order.
  [[nodiscard]] std::string asked() const {
    std::string words;
    for (const Json::Value& one : seen) {
      words += (words.empty() ? "" : " ") + base::string_member(one, "janus").value_or("?");
    }
    return words;
  }
  [[nodiscard]] Json::Value body_of(const std::string& request) const {
    for (const Json::Value& one : seen) {
      if (one["body"].isObject() && one["body"]["request"] == request) return one["body"];
    }
    return {};
  }

 private:
  void run() {
    for (;;) {
      const int line = accept(listener_, nullptr, nullptr);
      if (line < 0) return;
      {
        const std::lock_guard lock(mutex_);
        line_ = line;
      }
      serve(line);
      const std::lock_guard lock(mutex_);
      close(line);
      line_ = -1;
    }
  }

  void serve(int line) {
    std::string text;
    char part[4096];
    for (;;) {
      const auto end = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      const std::size_t size = length < end ? std::stoul(text.substr(length + 16)) : 0;
      if (end == text.npos || text.size() < end + 4 + size) {
        const ssize_t more = read(line, part, sizeof part);
        if (more <= 0) return;
        text.append(part, static_cast<std::size_t>(more));
        continue;
      }
      const std::string answer = spoil(answer_to(text.substr(end + 4, size)));
      text.erase(0, end + 4 + size);
      const std::string all =
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
          "Content-Length: " +
          std::to_string(answer.size()) + "\r\n\r\n" + answer;
      if (write(line, all.data(), all.size()) != static_cast<ssize_t>(all.size())) return;
    }
  }

  std::string answer_to(const std::string& body) {
    if (body.empty()) return info;
    const auto asked = base::parse_json_object(body).value();
    seen.push_back(asked);
    const std::string head =
        R"({"janus":"success","transaction":")" + asked["transaction"].asString() + '"';
    if (asked["janus"] != "message") return head + R"(,"data":{"id":1234567890123456}})";
    return head + R"(,"plugindata":{"plugin":"janus.plugin.videoroom","data":)" +
           said(asked["body"]) + "}}";
  }

  std::string said(const Json::Value& body) {
    const std::string request = body["request"].asString(), room = body["room"].asString();
    if (const auto own = videoroom(request); !own.empty()) return own;
    const auto error = [](int code) {
      return R"({"videoroom":"event","error_code":)" + std::to_string(code) + R"(,"error":"no"})";
    };
    const auto named = [&](const char* word, const std::string& more = "") {
      return std::string(R"({"videoroom":")") + word + R"(","room":")" + room + '"' + more + '}';
    };
    if (request == "edit") return rooms.contains(room) ? named("edited") : error(426);
    if (request == "create") {
      if (!rooms.emplace(room, std::vector<std::string>()).second) return error(427);
      return named("created", R"(,"permanent":false)");
    }
    if (!rooms.contains(room)) return error(426);
    auto& people = rooms[room];
    if (request == "listparticipants") {
      std::string list;
      for (const auto& one : people) {
        list += (list.empty() ? "" : ",") + std::string(R"({"id":")") + one + R"(","display":"x"})";
      }
      return named("participants", ",\"participants\":[" + list + ']');
    }
    if (request == "kick") {
      return std::erase(people, body["id"].asString()) > 0 ? R"({"videoroom":"success"})"
                                                           : error(428);
    }
    rooms.erase(room);
    return named("destroyed");
  }

 public:
  std::string info = R"({"janus":"server_info","version":1102,"version_string":"1.1.2",)"
                     R"("auth_token":true,"plugins":{"janus.plugin.videoroom":{}}})";

 private:
  int listener_;
  int port_ = 0;
  std::mutex mutex_;
  int line_ = -1;
  std::thread thread_;
};

}  // namespace roomkey::test
