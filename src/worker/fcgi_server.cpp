#include "worker/fcgi_server.hpp"

#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <vector>

#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"

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

void send(FCGX_Stream* out, const http::Response& response, bool with_body) {
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
  FCGX_PutStr(text.data(), static_cast<int>(text.size()), out);
}

// Requests that were accepted together. What a request views lives in libfcgi's structure beside it
// until that is finished.
class Group {
 public:
  Group(int listening_socket, const Service& service) : service_(service) {
    for (FCGX_Request& slot : slots_) {
      FCGX_InitRequest(&slot, listening_socket, FCGI_FAIL_ACCEPT_ON_INTR);
    }
    requests_.reserve(kMost);
  }

  // Takes what waits to be accepted. 0, or libfcgi's error where nothing was.
  int accept() {
    requests_.clear();
    while (requests_.size() < kMost) {
      const int error = FCGX_Accept_r(&slots_[requests_.size()]);
      if (error < 0) return requests_.empty() ? error : 0;
      add(slots_[requests_.size()], ids_[requests_.size()]);
      if (!service_.likes_company(requests_.back())) return 0;
    }
    return 0;
  }

  void answer() {
    service_.answer(requests_, [this](std::size_t index, const http::Response& response) {
      send(slots_[index].out, response, requests_[index].method != "HEAD");
      FCGX_Finish_r(&slots_[index]);
    });
  }

 private:
  static constexpr std::size_t kMost = 8;

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

  const Service& service_;
  std::array<FCGX_Request, kMost> slots_{};
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
  // Several workers wake for one connection: those that come too late must not block in accept, nor
  // those that look for company. systemd makes the socket, which all share, blocking again with
  // each worker that it starts, also with one that ends before it gets here. So it is said before
  // each accept, and the time limit, which systemd leaves alone, is for what happens in between.
  const int flags = fcntl(listening_socket, F_GETFL) | O_NONBLOCK;
  const timeval moment{0, 1000};
  setsockopt(listening_socket, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
  FCGX_Init();
  Group group(listening_socket, service);
  while (stopping == 0) {
    pollfd waiting{listening_socket, POLLIN, 0};
    if (ppoll(&waiting, 1, nullptr, &while_waiting) < 0) continue;
    // Where a connection waits already, ppoll returns without letting a signal in: under load a
    // worker would never learn that it is to stop.
    if (stop_is_due()) break;
    fcntl(listening_socket, F_SETFL, flags);
    const int error = group.accept();
    if (error == 0) {
      group.answer();
    } else if (error != -EAGAIN && error != -EWOULDBLOCK && error != -EINTR) {
      base::log_error("event=accept_failed error=" + std::to_string(-error));
      usleep(100'000);  // out of descriptors, most likely: don't spin
    }
  }
}

}  // namespace roomkey::worker
