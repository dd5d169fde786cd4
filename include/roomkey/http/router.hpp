// From a request to its answer: the shared steps in one order, so that no handler can forget one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/http/message.hpp"

namespace roomkey::http {

// Who may call a route at all; what a user may is decide()'s.
enum class Who { anyone, user };

// Whose transaction a route is served in. Shared: one that is begun for it, from the look at the
// user on, alone or together with others of its kind. Own: those that it begins by itself, if any,
// since a provider can't be asked within one.
enum class Transaction { own, shared };

struct Call;
using Handler = std::function<base::Result<Response>(Call&)>;

// What a handler is called with.
struct Call {
  const Request& request;
  std::chrono::sys_seconds now;
  // The path's {id}, an appointment's; where the path has none, the handler sets it to that of the
  // appointment it found.
  std::int64_t id = 0;
  std::string_view text = {};                      // the path's {text}
  std::optional<access::User> authenticated = {};  // set where the route says Who::user
  std::string body = {};
  std::int64_t user_id = 0;        // the path's {user}: whom it is about
  std::string_view provider = {};  // set by the handler: whose token it gave
  Handler judged = {};             // what Route::judge made of the body

  [[nodiscard]] const access::User& caller() const { return authenticated.value(); }
};

// Which workers nginx asks (nginx/roomkey.conf.in): those that speak to nobody, or those that may
// speak to a provider.
enum class Pool { token, room };

// Reads the body and says all that can be said of it without the store, before a transaction begins
// for which others wait. Returns what is to be done, or refused, once it is this call's turn.
using Judge = std::function<Handler(const Call&)>;

struct Route {
  std::string_view name;     // in log lines and audit events
  std::string_view method;   // or several: "GET, POST"; GET answers HEAD too
  std::string_view pattern;  // "/api/appointments/{id}/{text}/": {id}, {user} as base::parse_id,
                             // final / optional
  Who who = Who::user;
  Transaction transaction = Transaction::own;
  Pool pool = Pool::token;
  std::size_t body_limit = 0;  // 0: takes no body, a body sent along is not read
  Handler handle = {};
  Judge judge = {};  // of a route whose body says what is asked for; it has no `handle` then

  [[nodiscard]] base::Result<Response> serve(Call& call) const {
    return judge ? call.judged(call) : handle(call);
  }
};

inline constexpr std::size_t kMaxBody = 65536;
inline constexpr std::size_t kSmallBody = 4096;   // where a few words are all there is to say
inline constexpr std::size_t kEventBody = 16384;  // from a provider

// What became of a request, for whoever counts.
struct Done {
  std::size_t route;  // its place in the table; the table's size where there is none
  int status;
  std::optional<base::Code> code;
  std::chrono::nanoseconds duration;
  std::string_view provider = {};  // Call::provider
  std::optional<base::Unavailable::Cause> store_fault = {};
};

// What the router needs of other rooms.
class Gate {
 public:
  virtual ~Gate() = default;

  // The id of the user that the Authorization header speaks for. rate_limited where too many of the
  // sender's were refused.
  [[nodiscard]] virtual base::Result<std::int64_t> authenticate(const Request& request,
                                                                std::chrono::sys_seconds now) = 0;
  // Counts a request of that user's; false where it is one too many for now.
  [[nodiscard]] virtual bool may_ask(std::int64_t /*user_id*/) { return true; }
  // Finds the user and runs the route's handler; what is granted or refused to a known user is
  // committed to the audit when it returns.
  [[nodiscard]] virtual base::Result<Response> serve(const Route& route, Call& call,
                                                     std::int64_t user_id) = 0;
  // Within together(): serve() comes for it as well.
  virtual void expect(const Call& /*call*/, std::int64_t /*user_id*/) {}
  // Runs `work`, which calls serve() for several, in one write transaction that is committed when
  // it returns. An exception undoes all of it.
  virtual void together(const std::function<void()>& work) = 0;
  // Told of each answer once, right before it is sent.
  virtual void done(const Done& /*what*/) {}
};

// Takes the answer to the request at `index`.
using Send = std::function<void(std::size_t index, const Response& response)>;

class Router {
 public:
  // Gate and clock must outlive the Router.
  Router(std::vector<Route> routes, Gate& gate, const base::Clock& clock);

  // Sends each request's answer once, in any order. A broken machine is a 503 or 500 and a log
  // line; throws only what `send` throws. Steps: 1 match, 2 method, 3 size, 4 bearer token and
  // how often its user asks, then Route::judge (whose refusals are told in step 5), 5 user and
  // handler, 6 map the error, 7 log one line and tell Gate::done. Those that share a transaction
  // take step 5 together: a commit is the dearest part of a token, and one serves them all. None of
  // their answers is sent before it.
  void answer(std::span<const Request> requests, const Send& send) const;
  [[nodiscard]] Response answer(const Request& request) const;

  // Whether the request is for a route with Transaction::shared.
  [[nodiscard]] bool shares_transaction(const Request& request) const;

 private:
  struct Match {
    const Route* route = nullptr;
    std::int64_t id = 0;
    std::int64_t user_id = 0;
    std::string_view text = {};
    std::string allowed = {};  // the methods of the path, where it is known
  };
  struct Visit;
  [[nodiscard]] Match match(const Request& request) const;
  void tell(const Visit& visit) const;
  void admit(Visit& visit) const;
  void check(Visit& visit) const;
  void authenticate(Visit& visit) const;
  void serve(Visit& visit) const;
  void serve_together(std::span<Visit> visits) const;

  std::vector<Route> routes_;
  Gate& gate_;
  const base::Clock& clock_;
};

}  // namespace roomkey::http
