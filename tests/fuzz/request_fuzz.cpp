// The whole request path, from what nginx hands on to the answer, with a store. An input is up to
// four requests, which are answered as one group:
//
//   WHO METHOD PATH?QUERY       WHO: a user's id, `-` for nobody, `=` and a raw Authorization value
//   body, up to a line `--`
#include <charconv>
#include <vector>

#include "clinic.hpp"

namespace {

using namespace roomkey;
using fuzz::promise;

struct Asked {
  std::int64_t user = 0;
  std::string authorization, method, path, query, body;
};

std::string_view word(std::string_view& line) {
  const auto taken = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(taken.size() + 1, line.size()));
  return taken;
}

Asked read(fuzz::Input& input, std::chrono::sys_seconds now) {
  Asked asked;
  std::string_view line = input.line();
  const auto who = word(line);
  std::from_chars(who.data(), who.data() + who.size(), asked.user);
  if (who.starts_with('=')) {
    asked.authorization = who.substr(1);
  } else if (asked.user > 0) {
    asked.authorization = "bearer " + access::make_bearer(asked.user, test::hs256_rules(), now,
                                                          std::chrono::minutes{5});
  }
  asked.method = word(line);
  asked.path = line.substr(0, line.find('?'));
  if (asked.path.size() < line.size()) asked.query = line.substr(asked.path.size() + 1);
  // As nginx hands it on: neither holds a NUL, and a path begins with a slash.
  std::erase(asked.path, '\0');
  std::erase(asked.query, '\0');
  if (!asked.path.starts_with('/')) asked.path.insert(0, "/");
  while (!input.rest().empty()) {
    const auto next = input.line();
    if (next == "--") break;
    asked.body.append(asked.body.empty() ? "" : "\n").append(next);
  }
  return asked;
}

http::Request request_of(const Asked& asked) {
  http::Request request;
  request.method = asked.method;
  request.path = asked.path;
  request.query = asked.query;
  request.authorization = asked.authorization;
  request.content_type = "application/json";
  request.request_id = "0123456789abcdef";
  request.content_length = asked.body.size();
  request.read_body = [&asked](std::size_t most) { return asked.body.substr(0, most); };
  return request;
}

void check(const Asked& asked, const http::Response& response) {
  const Json::Value body = fuzz::promise_of_every_answer(response, asked.path + asked.body);
  if (response.status != 200 || !body.isMember("access_token")) return;
  promise(asked.user == 2 || asked.user == 19, "a token is for the patient or the psychologist",
          asked.path);
  promise(body["user_identity"].asString().starts_with(std::to_string(asked.user) + "-"),
          "and for the caller", response.body);
  promise(asked.path.find("/" + body["appointment_id"].asString()) != std::string::npos,
          "and for the appointment asked for", response.body);
}

}  // namespace

FUZZ(input) {
  fuzz::Clinic& clinic = fuzz::clinic();
  std::vector<Asked> asked;
  while (asked.size() < 4 && !input.rest().empty())
    asked.push_back(read(input, clinic.clock.now()));
  std::vector<http::Request> requests;
  for (const auto& one : asked) requests.push_back(request_of(one));
  std::vector<int> answers(asked.size());
  std::int64_t tokens = 0;
  const auto events_before = test::audit_of(clinic.app.database()).size();
  clinic.app.answer(requests, [&](std::size_t index, const http::Response& response) {
    ++answers.at(index);
    check(asked[index], response);
    tokens += response.body.find("\"expires_in\"") != std::string::npos ? 1 : 0;
  });
  for (const int count : answers) promise(count == 1, "each request is answered once");
  const auto events = test::audit_of(clinic.app.database()).size() - events_before;
  promise(tokens <= static_cast<std::int64_t>(events), "each token has its event");
}
