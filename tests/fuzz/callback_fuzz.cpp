// Twilio's callbacks: the lines of an input are bodies of callbacks, all signed as Twilio would.
// They are sent in their order, and twice in the reverse: the room's state must come out the same.
#include <algorithm>
#include <set>
#include <vector>

#include "clinic.hpp"
#include "roomkey/base/form.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/provider/twilio/callback.hpp"

namespace {

using namespace roomkey;
using fuzz::promise;

http::Response post(fuzz::Clinic& clinic, const std::string& body, const std::string& signature) {
  http::Request request;
  request.method = "POST";
  request.path = "/api/appointments/twilio-status-callback/";
  request.content_type = "application/x-www-form-urlencoded";
  request.request_id = "0123456789abcdef";
  request.header = [&](const char*) { return std::string_view(signature); };
  request.content_length = body.size();
  request.read_body = [&body](std::size_t most) { return body.substr(0, most); };
  return clinic.app.answer(request);
}

std::string signature_of(const std::string& body) {
  auto form = base::parse_form(body);
  if (!form) return "";
  std::sort(form->begin(), form->end());
  std::string text = fuzz::kCallbackUrl;
  for (const auto& [name, value] : *form) text.append(name).append(value);
  return crypto::base64(crypto::hmac_sha1(fuzz::kAuthToken, text));
}

std::string status_of(fuzz::Clinic& clinic) {
  http::Request request;
  request.method = "GET";
  request.path = "/api/appointments/video-participants/47/";
  const std::string authorization =
      "Bearer " +
      access::make_bearer(2, test::hs256_rules(), clinic.clock.now(), std::chrono::minutes{5});
  request.authorization = authorization;
  request.request_id = "0123456789abcdef";
  const http::Response response = clinic.app.answer(request);
  fuzz::promise_of_every_answer(response);
  promise(response.status == 200, "the participants are told", response.body);
  return response.body;
}

void tell(fuzz::Clinic& clinic, const std::vector<std::string>& bodies) {
  for (const auto& body : bodies) {
    fuzz::promise_of_every_answer(post(clinic, body, signature_of(body)), body);
    promise(post(clinic, body, "").status == 403, "what is not signed is refused", body);
    promise(post(clinic, body, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=").status >= 400,
            "and what somebody else signed", body);
  }
}

std::string state_after(const std::vector<std::string>& bodies) {
  fuzz::Clinic clinic;
  tell(clinic, bodies);
  return status_of(clinic);
}

}  // namespace

FUZZ(input) {
  base::set_up_log("error");
  std::vector<std::string> bodies;
  std::set<std::pair<std::string, std::int64_t>> numbers;
  while (bodies.size() < 8 && !input.rest().empty()) {
    bodies.emplace_back(input.line());
    // Twilio gives a number once in a session: of two events that share it, the first counts.
    const auto form = base::parse_form(bodies.back());
    if (!form) continue;
    const auto callback = provider::twilio::read_callback(*form);
    if (!callback || !callback->room_event) continue;
    if (!numbers.emplace(callback->room_sid, callback->sequence).second) bodies.pop_back();
  }
  if (bodies.empty() || bodies.front().size() % 8 != 0) {  // new clinics take most of the time
    tell(fuzz::clinic(), bodies);
    static_cast<void>(status_of(fuzz::clinic()));
    return;
  }
  const std::string state = state_after(bodies);
  bodies.insert(bodies.end(), bodies.begin(), bodies.end());
  std::reverse(bodies.begin(), bodies.end());
  const std::string again = state_after(bodies);
  promise(state == again, "the state does not depend on the order", state + "\n" + again);
}
