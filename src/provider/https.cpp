#include "roomkey/provider/https.hpp"

#include "provider/https_line.hpp"
#include "roomkey/base/url.hpp"

namespace roomkey::provider {

namespace {

constexpr int kSendsOfGet = 2;

base::Error unavailable(std::string why) {
  return {base::Code::provider_unavailable, std::move(why)};
}

Https::Failure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return Https::Failure::name;
    case CURLE_COULDNT_CONNECT: return Https::Failure::connection;
    case CURLE_OPERATION_TIMEDOUT: return Https::Failure::deadline;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return Https::Failure::tls;
    default: return Https::Failure::answer;
  }
}

std::optional<std::chrono::sys_seconds> date_of_answer(CURL* curl) {
  curl_header* header = nullptr;
  if (libcurl().curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
    return {};
  const auto time = libcurl().curl_getdate(header->value, nullptr);
  if (time < 0) return {};
  return std::chrono::sys_seconds{std::chrono::seconds{time}};
}

std::string server_of_answer(CURL* curl) {
  curl_header* header = nullptr;
  const bool found =
      libcurl().curl_easy_header(curl, "Server", 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

// The first of the chain, which is the server's own.
std::string certificate_served(CURL* curl) {
  constexpr std::string_view kCertificate = "Cert:";
  curl_certinfo* chain = nullptr;
  if (libcurl().curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK) return {};
  if (chain == nullptr || chain->num_of_certs < 1) return {};
  for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (text.starts_with(kCertificate)) return std::string(text.substr(kCertificate.size()));
  }
  return {};
}

}  // namespace

Https::Https(Settings settings) : settings_(std::move(settings)) {}

Https::~Https() = default;

base::Result<Https::Line*> Https::line() {
  if (line_) return line_.get();
  try {
    (void)libcurl();
  } catch (const NoLibCurl& fault) {
    failure_ = Failure::library;
    return unavailable(fault.what());
  }
  auto made = std::make_unique<Line>();
  made->set_up(settings_);
  line_ = std::move(made);
  settings_.password = crypto::Secret();  // libcurl has it
  settings_.headers.clear();
  return line_.get();
}

base::Result<Https::Answer> Https::get(const std::string& url, Deadline deadline) {
  return run(url, nullptr, deadline);
}

base::Result<Https::Answer> Https::post(const std::string& url, const std::string& form,
                                        Deadline deadline) {
  return run(url, &form, deadline);
}

base::Result<Https::Answer> Https::post_json(const std::string& url, const std::string& json,
                                             const crypto::Secret& bearer, Deadline deadline) {
  const auto on = line();
  if (!on) return on.error();
  (*on)->set_json(bearer);
  auto answer = run(url, &json, deadline);
  (*on)->unset_json();
  return answer;
}

base::Result<Https::Answer> Https::run(const std::string& url, const std::string* form,
                                       Deadline deadline) {
  failure_ = Failure::answer;
  if (!base::is_https_or_local(url))
    return unavailable("the address is neither https nor this machine");
  const auto ready = line();
  if (!ready) return ready.error();
  Line& on = **ready;
  set(on.curl, CURLOPT_URL, url.c_str());
  set(on.curl, CURLOPT_PROTOCOLS_STR, url.starts_with("https:") ? "https" : "http");
  if (form != nullptr) {
    set(on.curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(form->size()));
    set(on.curl, CURLOPT_COPYPOSTFIELDS, form->c_str());
  } else {
    set(on.curl, CURLOPT_HTTPGET, 1L);
  }
  const int sends = form == nullptr ? kSendsOfGet : 1;
  on.sends_left = sends;
  CURLcode code = on.attempt(deadline, settings_.connect_deadline);
  const bool idempotent = form == nullptr;
  if (idempotent && on.sends_left > 0 && on.failed_to_connect(code, on.sends_left < sends)) {
    code = on.attempt(deadline, settings_.connect_deadline);
  }
  // Nothing on a connection that was kept open.
  if (auto served = certificate_served(on.curl); !served.empty()) certificate_ = std::move(served);
  if (code != CURLE_OK) {
    failure_ = failure_of(code);
    return unavailable(on.why(code));
  }
  long status = 0;
  libcurl().curl_easy_getinfo(on.curl, CURLINFO_RESPONSE_CODE, &status);
  return Answer{static_cast<int>(status), on.body, date_of_answer(on.curl),
                server_of_answer(on.curl)};
}

}  // namespace roomkey::provider
