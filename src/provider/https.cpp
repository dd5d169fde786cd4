#include "roomkey/provider/https.hpp"

#include <curl/curl.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "roomkey/base/url.hpp"

namespace roomkey::provider {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostBytes = 256 * 1024;
constexpr int kSendsOfGet = 2;
constexpr long kIdleSeconds = 30;  // less than what load balancers and NAT keep open, mostly 60

// An option that libcurl does not know is no detail: most of them keep a secret safe.
template <typename T>
void set(CURL* curl, CURLoption option, T value) {
  if (curl_easy_setopt(curl, option, value) == CURLE_OK) return;
  throw std::runtime_error("libcurl refuses option " + std::to_string(option));
}

// libcurl copies the password and the header made of it for each request, and lets them go as they
// are. Here they are wiped.
void wipe_and_free(void* memory) {
  if (memory != nullptr) crypto::wipe(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* make_room(void* memory, std::size_t size) {
  const std::size_t had = memory == nullptr ? 0 : malloc_usable_size(memory);
  if (memory != nullptr && had >= size) return memory;
  void* const larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  if (had > 0) std::memcpy(larger, memory, had);
  wipe_and_free(memory);
  return larger;
}

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
  if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
  const auto time = curl_getdate(header->value, nullptr);
  if (time < 0) return {};
  return std::chrono::sys_seconds{std::chrono::seconds{time}};
}

std::string server_of_answer(CURL* curl) {
  curl_header* header = nullptr;
  const bool found = curl_easy_header(curl, "Server", 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

// The first of the chain, which is the server's own.
std::string certificate_served(CURL* curl) {
  constexpr std::string_view kCertificate = "Cert:";
  curl_certinfo* chain = nullptr;
  if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK) return {};
  if (chain == nullptr || chain->num_of_certs < 1) return {};
  for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (text.starts_with(kCertificate)) return std::string(text.substr(kCertificate.size()));
  }
  return {};
}

}  // namespace

// An easy handle and the request that is on it. libcurl holds pointers into this.
struct Https::Line {
  CURL* curl = nullptr;
  curl_slist* elsewhere = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};
  int sends_left = 0;
  std::size_t received = 0;
  std::string body;

  Line();
  ~Line() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(elsewhere);
    curl_slist_free_all(headers);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void set_up(const Settings& settings);
  void set_credentials(const Settings& settings) const;
  void look_at(const std::string& place);
  void add_header(const crypto::Secret& header);
  CURLcode attempt(Deadline deadline, milliseconds connect_deadline);
  [[nodiscard]] bool failed_to_connect(CURLcode code, bool sent) const;
  [[nodiscard]] std::string why(CURLcode code) const;

  // libcurl calls these. They must not throw through it: `body` has its full size beforehand.
  static int before_send(void* line, char*, char*, int, int);
  static std::size_t take_header(char*, std::size_t, std::size_t size, void* line);
  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* line);
};

Https::Line::Line() {
  static const CURLcode ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc,
                                                     wipe_and_free, make_room, strdup, std::calloc);
  if (ready == CURLE_OK) curl = curl_easy_init();
  if (curl == nullptr) throw std::runtime_error("libcurl can't be set up");
  body.reserve(kMostBytes);
}

void Https::Line::set_up(const Settings& settings) {
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.ca_file.empty()) {
    set(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
    set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  // Whoever can set https_proxy for a worker shall not learn whom the clinic calls and when.
  set(curl, CURLOPT_PROXY, "");
  if (!settings.user.empty()) set_credentials(settings);
  if (!settings.look_at.empty()) look_at(settings.look_at);
  for (const crypto::Secret& header : settings.headers) add_header(header);
  set(curl, CURLOPT_USERAGENT, "roomkey/" ROOMKEY_VERSION);
  // One request at a time gains nothing by HTTP/2.
  set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(curl, CURLOPT_MAXAGE_CONN, kIdleSeconds);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  // Otherwise libcurl joins its resolver's thread, and a silent name server holds us far past any
  // deadline (curl's issue 2975). The thread ends by itself.
  set(curl, CURLOPT_QUICK_EXIT, 1L);
  set(curl, CURLOPT_ERRORBUFFER, error.data());
  set(curl, CURLOPT_PREREQFUNCTION, &Line::before_send);
  set(curl, CURLOPT_PREREQDATA, this);
  set(curl, CURLOPT_HEADERFUNCTION, &Line::take_header);
  set(curl, CURLOPT_HEADERDATA, this);
  set(curl, CURLOPT_WRITEFUNCTION, &Line::take_body);
  set(curl, CURLOPT_WRITEDATA, this);
}

void Https::Line::set_credentials(const Settings& settings) const {
  set(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  set(curl, CURLOPT_USERNAME, settings.user.c_str());
  std::string password(settings.password.reveal());
  set(curl, CURLOPT_PASSWORD, password.c_str());
  crypto::wipe(password);
}

void Https::Line::look_at(const std::string& place) {
  elsewhere = curl_slist_append(nullptr, ("::" + place).c_str());
  if (elsewhere == nullptr) throw std::bad_alloc();
  set(curl, CURLOPT_CONNECT_TO, elsewhere);
  set(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  set(curl, CURLOPT_CERTINFO, 1L);
}

// libcurl copies it, and wipes it when it lets the list go.
void Https::Line::add_header(const crypto::Secret& header) {
  std::string text(header.reveal());
  curl_slist* const longer = curl_slist_append(headers, text.c_str());
  crypto::wipe(text);
  if (longer == nullptr) throw std::bad_alloc();
  headers = longer;
  set(curl, CURLOPT_HTTPHEADER, headers);
}

// libcurl by itself sends a request again, a POST as well, where a connection that it kept open
// dies without an answer. So sends are counted here.
int Https::Line::before_send(void* line, char*, char*, int, int) {
  return static_cast<Line*>(line)->sends_left-- > 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t Https::Line::take_header(char*, std::size_t, std::size_t size, void* line) {
  auto& received = static_cast<Line*>(line)->received;
  received += size;
  return received > kMostBytes ? 0 : size;
}

std::size_t Https::Line::take_body(char* data, std::size_t, std::size_t size, void* line) {
  if (take_header(data, 1, size, line) != size) return 0;
  static_cast<Line*>(line)->body.append(data, size);
  return size;
}

CURLcode Https::Line::attempt(Deadline deadline, milliseconds connect_deadline) {
  const auto left = std::chrono::floor<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() < 1) return CURLE_OPERATION_TIMEDOUT;  // to libcurl 0 is for ever
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, connect_deadline).count()));
  body.clear();
  received = 0;
  return curl_easy_perform(curl);
}

bool Https::Line::failed_to_connect(CURLcode code, bool sent) const {
  static constexpr std::array kFailures{
      CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR,
      CURLE_RECV_ERROR,           CURLE_GOT_NOTHING,     CURLE_PARTIAL_FILE};
  if (code == CURLE_OPERATION_TIMEDOUT) return !sent;
  return received <= kMostBytes &&
         std::find(kFailures.begin(), kFailures.end(), code) != kFailures.end();
}

std::string Https::Line::why(CURLcode code) const {
  if (received > kMostBytes) return "the answer is over 256 KiB";
  if (code == CURLE_ABORTED_BY_CALLBACK) return "the connection was closed before an answer came";
  return error[0] != '\0' ? error.data() : curl_easy_strerror(code);
}

Https::Https(Settings settings) : settings_(std::move(settings)) {}

Https::~Https() = default;

Https::Line& Https::line() {
  if (!line_) {
    auto made = std::make_unique<Line>();
    made->set_up(settings_);
    line_ = std::move(made);
    settings_.password = crypto::Secret();  // libcurl has it
    settings_.headers.clear();
  }
  return *line_;
}

base::Result<Https::Answer> Https::get(const std::string& url, Deadline deadline) {
  return run(url, nullptr, deadline);
}

base::Result<Https::Answer> Https::post(const std::string& url, const std::string& form,
                                        Deadline deadline) {
  return run(url, &form, deadline);
}

base::Result<Https::Answer> Https::run(const std::string& url, const std::string* form,
                                       Deadline deadline) {
  failure_ = Failure::answer;
  if (!base::is_https_or_local(url))
    return unavailable("the address is neither https nor this machine");
  Line& on = line();
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
  curl_easy_getinfo(on.curl, CURLINFO_RESPONSE_CODE, &status);
  return Answer{static_cast<int>(status), on.body, date_of_answer(on.curl),
                server_of_answer(on.curl)};
}

}  // namespace roomkey::provider
