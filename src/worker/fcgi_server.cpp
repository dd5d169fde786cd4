#include "worker/fcgi_server.hpp"

#include <fcgiapp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <vector>

#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"
#include "worker/connections.hpp"

namespace roomkey::worker {

namespace {

volatile std::sig_atomic_t stopping = 0;

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string_view parameter(const FCGX_Request& request, const char* name) {
  const char* value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// nginx's $request_id; anything else is replaced, since it goes into the log and the audit.
std::string request_id(std::string_view given) {
  const bool hexadecimal = !given.empty() && given.size() <= 64 &&
                           given.find_first_not_of("0123456789abcdef") == given.npos;
  return hexadecimal ? std::string(given) : crypto::random_hex(16);
}

std::string read_body(FCGX_Stream* in, std::size_t most) {
  std::string body(most, '\0');
  const int size = FCGX_GetStr(body.data(), static_cast<int>(most), in);
  body.resize(static_cast<std::size_t>(std::max(size, 0)));
  return body;
}

std::string text_of(const http::Response& response, bool with_body) {
  std::string text = "Status: " + std::to_string(response.status) + ' ';
  text += http::reason_phrase(response.status);
  text.append("\r\nContent-Type: ").append(response.content_type);
  text += "\r\nContent-Length: ";
  text += std::to_string(response.body.size());
  for (const auto& [name, value] : response.headers) {
    text.append("\r\n").append(name).append(": ").append(value);
  }
  text += "\r\n\r\n";
  if (with_body) text += response.body;
  return text;
}

// nginx takes an answer as it comes. Somebody who doesn't is let go of by the connection's own time
// limit, and who reads a little now and then by this one.
void send(FCGX_Request& fcgi, std::string_view text) {
  constexpr std::chrono::seconds kPatience{2};
  constexpr std::size_t kPart = 8192;
  const auto started = std::chrono::steady_clock::now();
  while (!text.empty()) {
    const auto part = text.substr(0, kPart);
    if (FCGX_PutStr(part.data(), static_cast<int>(part.size()), fcgi.out) < 0) break;
    text.remove_prefix(part.size());
    if (std::chrono::steady_clock::now() - started > kPatience) {
      shutdown(fcgi.ipcFd, SHUT_RDWR);
      break;
    }
  }
}

// Reads to the end, lest its last record be taken for the beginning of the next request.
void read_to_end(FCGX_Stream* in) {
  std::array<char, 4096> rest{};
  while (FCGX_GetStr(rest.data(), rest.size(), in) > 0) {
  }
}

// Requests that are answered together. What a request views lives in libfcgi's structure, one for
// each connection, until that is finished.
class Group {
 public:
  Group(Connections& connections, const Service& service)
      : connections_(connections), service_(service) {
    for (FCGX_Request& fcgi : fcgi_) FCGX_InitRequest(&fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
    requests_.reserve(kMost);
  }

  // Takes what has come. False where nothing has.
  bool take() {
    requests_.clear();
    while (requests_.size() < kMost) {
      const auto number = connections_.next(requests_.empty());
      if (!number) break;
      if (!read(*number)) continue;
      if (!service_.likes_company(requests_.back())) break;
    }
    return !requests_.empty();
  }

  void answer() {
    service_.answer(requests_, [this](std::size_t index, const http::Response& response) {
      FCGX_Request& fcgi = fcgi_[numbers_[index]];
      send(fcgi, text_of(response, requests_[index].method != "HEAD"));
      read_to_end(fcgi.in);
      FCGX_Finish_r(&fcgi);
      if (fcgi.ipcFd < 0) {
        connections_.forget(numbers_[index]);
      } else {
        connections_.keep(numbers_[index]);
      }
    });
  }

 private:
  static constexpr std::size_t kMost = 8;

  // libfcgi accepts nothing itself (it has no listening socket), and where it closes a connection
  // it doesn't wait for the other side: all that this had to say was read.
  bool read(std::size_t number) {
    FCGX_Request& fcgi = fcgi_[number];
    fcgi.ipcFd = connections_.descriptor(number);
    fcgi.keepConnection = 1;  // until it says whether it is to be kept
    fcgi.detached = 1;
    if (FCGX_Accept_r(&fcgi) != 0) {
      connections_.forget(number);
      return false;
    }
    numbers_[requests_.size()] = number;
    add(fcgi, ids_[requests_.size()]);
    return true;
  }

  void add(FCGX_Request& fcgi, std::string& id) {
    id = request_id(parameter(fcgi, "REQUEST_ID"));
    http::Request& request = requests_.emplace_back();
    request.method = parameter(fcgi, "REQUEST_METHOD");
    request.path = parameter(fcgi, "DOCUMENT_URI");
    request.query = parameter(fcgi, "QUERY_STRING");
    request.authorization = parameter(fcgi, "HTTP_AUTHORIZATION");
    request.room_pool = parameter(fcgi, "ROOM_POOL");
    request.content_type = parameter(fcgi, "CONTENT_TYPE");
    request.request_id = id;
    const auto length = base::parse_number(parameter(fcgi, "CONTENT_LENGTH"));
    request.content_length = static_cast<std::size_t>(length.value_or(0));
    request.header = [&fcgi](const char* name) { return parameter(fcgi, name); };
    request.read_body = [&fcgi](std::size_t most) { return read_body(fcgi.in, most); };
  }

  Connections& connections_;
  const Service& service_;
  std::array<FCGX_Request, Connections::kMost> fcgi_{};
  std::array<std::size_t, kMost> numbers_{};
  std::array<std::string, kMost> ids_;
  std::vector<http::Request> requests_;
};

// SIGUSR1 is how spawners of FastCGI programs say it; libfcgi would take it for itself and then
// refuse to accept, for good.
constexpr std::array kStopSignals{SIGTERM, SIGINT, SIGUSR1};

// Takes over the signals that end a worker; returns the mask to wait with, in which they are open.
sigset_t take_over_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  hold_stop_signals();
  sigset_t open;
  sigprocmask(SIG_BLOCK, nullptr, &open);
  for (const int signal : kStopSignals) {
    sigaction(signal, &action, nullptr);
    sigdelset(&open, signal);
  }
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignored, nullptr);
  return open;
}

bool stop_is_due() {
  sigset_t due;
  sigpending(&due);
  return std::any_of(kStopSignals.begin(), kStopSignals.end(),
                     [&](int signal) { return sigismember(&due, signal) == 1; });
}

}  // namespace

void hold_stop_signals() {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : kStopSignals) sigaddset(&held, signal);
  sigprocmask(SIG_BLOCK, &held, nullptr);
}

int listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    throw_errno("--listen");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0 && S_ISSOCK(there.st_mode)) unlink(path.c_str());
  const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const mode_t before = umask(0117);
  const bool bound = bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  umask(before);
  if (!bound || listen(listening, SOMAXCONN) != 0) throw_errno("--listen");
  return listening;
}

bool is_listening(int descriptor) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 &&
         listening != 0;
}

std::string pool_of(int listening_socket) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  if (getsockname(listening_socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      address.sun_family != AF_UNIX) {
    return {};
  }
  const std::string path(address.sun_path, strnlen(address.sun_path, sizeof address.sun_path));
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

void serve(int listening_socket, const Service& service) {
  const sigset_t while_waiting = take_over_signals();
  FCGX_Init();
  Connections connections(listening_socket);
  Group group(connections, service);
  while (stopping == 0) {
    connections.wait(while_waiting, service.rest ? service.rest() : std::nullopt);
    // Where something has come already, a wait ends without letting a signal in: under load a
    // worker would never learn that it is to stop.
    if (stop_is_due()) break;
    if (group.take()) group.answer();
  }
  connections.no_more();
  do {
    while (group.take()) group.answer();
    if (connections.count_open() > 0) connections.wait(while_waiting);
  } while (connections.count_open() > 0);
}

}  // namespace roomkey::worker
