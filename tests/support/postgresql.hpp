// PostgreSQL's ground: schemas of one server, which the first test that needs it starts
// (postgresql.py), and which ends with this program however that ends.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#include "store/driver/postgresql/wire.hpp"
#include "support/clinic.hpp"
#include "support/ground.hpp"
#include "support/test.hpp"

namespace roomkey::test {

class PostgresServer {
 public:
  PostgresServer() {
    std::array<int, 2> in{}, out{};
    if (pipe(in.data()) != 0 || pipe(out.data()) != 0) throw std::runtime_error("no pipe");
    if ((pid_ = fork()) == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (const int one : {in[0], in[1], out[0], out[1]}) close(one);
      execl("/usr/bin/python3", "python3", "tests/support/postgresql.py", nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    in_ = in[1];
    char c = 0;
    while (read(out[0], &c, 1) == 1 && c != '\n') address_ += c;
    close(out[0]);
  }
  ~PostgresServer() {
    close(in_);
    waitpid(pid_, nullptr, 0);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Says skip() where there is none.
  [[nodiscard]] const std::string& address() const {
    if (!address_.starts_with("postgresql://")) {
      skip(address_.empty() ? "no server" : address_.substr(address_.find(' ') + 1));
    }
    return address_;
  }

  static PostgresServer& the_one() {
    static PostgresServer server;
    return server;
  }

 private:
  pid_t pid_ = 0;
  int in_ = -1;
  std::string address_;
};

// The superuser's own connection, as another program would have.
class RawPostgres {
 public:
  explicit RawPostgres(const store::Settings& settings)
      : wire_("raw", store::driver::postgresql::servers_of(settings).front(),
              store::driver::postgresql::kNever) {
    run("SET application_name = raw");
  }

  // Throws what the store would.
  std::string run(const std::string& sql) {
    const auto results = wire_.run(sql, store::driver::postgresql::kNever);
    const auto& library = store::driver::postgresql::libpq();
    const PGresult* const rows = results.back().get();
    return library.PQntuples(rows) == 0 ? "" : library.PQgetvalue(rows, 0, 0);
  }

 private:
  store::driver::postgresql::Wire wire_;
};

// Locks are given up soon.
inline store::Settings settings_on(const std::string& address) {
  store::Settings settings{address, store::Sync::normal, std::chrono::milliseconds{30}};
  settings.room_provider = "twilio";
  return settings;
}

class PostgresGround final : public Ground {
 public:
  // Each in a schema of its own, which is sooner made than a database.
  [[nodiscard]] store::Settings shared() override {
    static int schemas = 0;
    static RawPostgres server(settings_on(PostgresServer::the_one().address()));
    const std::string schema = "store_" + std::to_string(++schemas);
    server.run("CREATE SCHEMA " + schema);
    return settings_on(PostgresServer::the_one().address() + "&options=-csearch_path%3D" + schema);
  }

  static std::unique_ptr<Ground> make() {
    static_cast<void>(PostgresServer::the_one().address());
    return std::make_unique<PostgresGround>();
  }
};

}  // namespace roomkey::test
