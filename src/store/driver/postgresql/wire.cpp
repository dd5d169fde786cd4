#include "store/driver/postgresql/wire.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/driver/connection.hpp"
#include "store/driver/postgresql/fault.hpp"
#include "store/driver/postgresql/servers.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;

constexpr const char* kLate = "the server does not answer in time";
constexpr const char* kLost = "the connection to the server is lost";

// For poll(): whole milliseconds, none where the time is up, -1 for ever.
int milliseconds_until(Clock::time_point deadline) {
  if (deadline == kNever) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

// Parameters as libpq takes them: arrays side by side.
struct Arrays {
  std::vector<Oid> types;
  std::vector<const char*> bytes;
  std::vector<int> sizes;
  std::vector<int> formats;
  explicit Arrays(const std::vector<Value>& values) {
    for (const Value& value : values) {
      types.push_back(value.type);
      bytes.push_back(value.bytes ? value.bytes->c_str() : nullptr);
      sizes.push_back(value.bytes ? static_cast<int>(value.bytes->size()) : 0);
      formats.push_back(value.binary ? 1 : 0);
    }
  }
  [[nodiscard]] int count() const { return static_cast<int>(types.size()); }
};

std::string_view field(const PGresult* result, int code) {
  const char* const text = libpq().PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void note(void* heard, const PGresult* notice) {
  const std::string_view severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == "WARNING") static_cast<Heard*>(heard)->warning = true;
  if (severity == "FATAL") static_cast<Heard*>(heard)->farewell = true;
}

}  // namespace

Wire::Wire(std::string called, const Server& server, Clock::time_point deadline)
    : called_(std::move(called)) {
  try {
    connect(server, deadline);
  } catch (...) {
    libpq().PQfinish(connection_);
    throw;
  }
}

Wire::~Wire() { libpq().PQfinish(connection_); }

void Wire::connect(const Server& server, Clock::time_point deadline) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : server) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = libpq().PQconnectStartParams(names.data(), values.data(), 0);
  if (connection_ == nullptr) throw std::bad_alloc();
  libpq().PQsetErrorVerbosity(connection_, PQERRORS_SQLSTATE);
  libpq().PQsetNoticeReceiver(connection_, note, &heard_);
  auto state = libpq().PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED
                                                               : PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
    if (!wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) lose(kLate);
    state = libpq().PQconnectPoll(connection_);
  }
  if (state != PGRES_POLLING_OK) {
    if (libpq().PQconnectionNeedsPassword(connection_) == 1) {
      throw Unavailable(called_ + ": the server wants a password, and none is given",
                        Unavailable::Cause::refused);
    }
    const std::string said = libpq().PQerrorMessage(connection_);
    throw fault_of(called_, sqlstate_in(said), reason_in(said));
  }
  libpq().PQsetnonblocking(connection_, 1);
}

bool Wire::works() {
  if (broken_ || libpq().PQstatus(connection_) != CONNECTION_OK) return false;
  // Nothing is asked, so what there is to read is a setting that changed, or its last word.
  pollfd socket{libpq().PQsocket(connection_), POLLIN, 0};
  if (poll(&socket, 1, 0) <= 0) return true;
  const bool there = libpq().PQconsumeInput(connection_) == 1;
  static_cast<void>(libpq().PQisBusy(connection_));  // has it read
  return there && !heard_.farewell;
}

void Wire::lose(const std::string& why) {
  note_loss(true);
  throw Unavailable(called_ + ": " + why, Unavailable::Cause::away);
}

bool Wire::wait(short events, Clock::time_point deadline) {
  pollfd socket{libpq().PQsocket(connection_), events, 0};
  int ready = 0;
  do {
    ready = poll(&socket, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) lose("the connection can't be waited for");
  return ready > 0;
}

void Wire::wait_for_answer(short events, Clock::time_point deadline) {
  if (wait(events, deadline)) return;
  avoid_server();
  rest_from_servers();
  lose(kLate);
}

void Wire::flush(Clock::time_point deadline) {
  for (;;) {
    const int left = libpq().PQflush(connection_);
    if (left == 0) return;
    if (left < 0) lose(kLost);
    wait_for_answer(POLLIN | POLLOUT, deadline);
    if (libpq().PQconsumeInput(connection_) != 1) lose(kLost);
  }
}

// False where the connection has ended.
bool Wire::read_result(Clock::time_point deadline, Result& result) {
  while (libpq().PQisBusy(connection_) == 1) {
    wait_for_answer(POLLIN, deadline);
    if (libpq().PQconsumeInput(connection_) != 1) return false;
  }
  result.reset(libpq().PQgetResult(connection_), Clear{});
  return true;
}

void Wire::note_loss(bool lost) {
  lost_ = lost_ || lost || libpq().PQstatus(connection_) != CONNECTION_OK;
  broken_ = broken_ || lost_;
}

void Wire::check(const PGresult* result) {
  const auto status = libpq().PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  const std::string_view code = field(result, PG_DIAG_SQLSTATE);
  if (!broken_ && (code.starts_with("22") || code.starts_with("23"))) {
    throw BrokenRule(std::string(field(result, PG_DIAG_MESSAGE_PRIMARY)));
  }
  if (breaks_connection(code)) broken_ = true;
  if (cause_of(code) == base::Unavailable::Cause::conflict) heard_.conflict = true;
  throw fault_of(called_, code, code.empty() ? kLost : "");
}

// All results are read, lest the next statement find what is left of them.
std::vector<Result> Wire::run(const std::string& sql, Clock::time_point deadline) {
  hear(deadline);
  if (lost_ || libpq().PQsendQuery(connection_, sql.c_str()) != 1) lose(kLost);
  flush(deadline);
  std::vector<Result> all;
  bool there = true;
  for (Result one; (there = read_result(deadline, one)) && one != nullptr;) {
    all.push_back(std::move(one));
  }
  note_loss(!there);
  for (const Result& result : all) check(result.get());
  if (!there) lose(kLost);
  return all;
}

// What was given up may still be answered: nobody is to take that for his own.
void Wire::begin_sending() {
  if (lost_) lose(kLost);
  if (unheard_.empty() && libpq().PQenterPipelineMode(connection_) != 1) lose(kLost);
}

void Wire::sent(int done, Hear hear) {
  if (done != 1) lose(kLost);
  unheard_.push_back(std::move(hear));
}

void Wire::send(const std::string& sql, Hear hear) {
  begin_sending();
  sent(
      libpq().PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0),
      std::move(hear));
}

void Wire::send_prepared(const std::string& name, const std::vector<Value>& values, Hear hear) {
  const Arrays arrays(values);
  begin_sending();
  sent(libpq().PQsendQueryPrepared(connection_, name.c_str(), arrays.count(), arrays.bytes.data(),
                                   arrays.sizes.data(), arrays.formats.data(), 0),
       std::move(hear));
}

Result Wire::hear(Clock::time_point deadline) {
  const auto hearing = std::exchange(unheard_, {});
  if (hearing.empty()) return nullptr;
  if (libpq().PQpipelineSync(connection_) != 1) lose(kLost);
  flush(deadline);
  std::vector<Result> all;
  Result one;
  bool there = true;
  while ((there = read_result(deadline, one))) {
    if (one == nullptr) {  // the end of one statement's, or of all
      if (libpq().PQstatus(connection_) != CONNECTION_OK) break;
      continue;
    }
    if (libpq().PQresultStatus(one.get()) == PGRES_PIPELINE_SYNC) break;
    all.push_back(std::move(one));
  }
  note_loss(!there);
  if (!broken_ && libpq().PQexitPipelineMode(connection_) != 1) broken_ = true;
  if (all.size() > hearing.size()) lose(kLost);
  for (std::size_t i = 0; i < all.size(); ++i) {
    check(all[i].get());
    if (hearing[i]) hearing[i](all[i]);
  }
  if (all.size() < hearing.size()) lose(kLost);
  return std::move(all.back());
}

Result Wire::run(const std::string& sql, const std::vector<Value>& values,
                 Clock::time_point deadline) {
  const Arrays arrays(values);
  begin_sending();
  sent(
      libpq().PQsendQueryParams(connection_, sql.c_str(), arrays.count(), arrays.types.data(),
                                arrays.bytes.data(), arrays.sizes.data(), arrays.formats.data(), 0),
      {});
  return hear(deadline);
}

void Wire::prepare(const std::string& name, const std::string& sql,
                   const std::vector<Value>& values, Clock::time_point deadline) {
  const Arrays arrays(values);
  begin_sending();
  sent(libpq().PQsendPrepare(connection_, name.c_str(), sql.c_str(), arrays.count(),
                             arrays.types.data()),
       {});
  hear(deadline);
}

Result Wire::run_prepared(const std::string& name, const std::vector<Value>& values,
                          Clock::time_point deadline) {
  send_prepared(name, values);
  return hear(deadline);
}

int Wire::version() const { return libpq().PQserverVersion(connection_); }
bool Wire::is_encrypted() const { return libpq().PQsslInUse(connection_) == 1; }

std::string Wire::parameter(const char* name) const {
  const char* const value = libpq().PQparameterStatus(connection_, name);
  return value == nullptr ? "" : value;
}

}  // namespace roomkey::store::driver::postgresql
