#include "worker/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::worker;
using namespace roomkey::test;

// A datagram socket bound to `name` ('@' in front: abstract), as systemd's.
int hears_at(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const int listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  same(0, bind(listener, reinterpret_cast<const sockaddr*>(&address), length));
  return listener;
}

std::string heard(int listener) {
  char text[64];
  const auto length = recv(listener, text, sizeof text, 0);
  close(listener);
  return length < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(length));
}

void notify_at(const std::string& name, const char* state) {
  setenv("NOTIFY_SOCKET", name.c_str(), 1);
  notify(state);
  unsetenv("NOTIFY_SOCKET");
}

TEST(says_its_state_to_a_socket_with_a_path) {
  const Folder folder;
  const int listener = hears_at(folder.file("notify"));
  notify_at(folder.file("notify"), "READY=1");
  same("READY=1", heard(listener));
}

TEST(says_its_state_to_an_abstract_socket) {
  const std::string name = "@roomkey-notify-test-" + std::to_string(getpid());
  const int listener = hears_at(name);
  notify_at(name, "READY=1");
  same("READY=1", heard(listener));
}

TEST(says_nothing_where_nobody_asked_or_hears) {
  const Folder folder;
  const int listener = hears_at(folder.file("notify"));
  notify("READY=1");
  notify_at("", "READY=1");
  notify_at("relative", "READY=1");
  notify_at(folder.file("nobody"), "READY=1");
  notify_at(folder.file(std::string(200, 'x')), "READY=1");
  same("nothing", heard(listener));
}

}  // namespace
