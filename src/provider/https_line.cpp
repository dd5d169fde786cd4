#include "provider/https_line.hpp"

#include <algorithm>
#include <new>

namespace roomkey::provider {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostBytes = 256 * 1024;
constexpr long kIdleSeconds = 30;  // less than what load balancers and NAT keep open, mostly 60

// libcurl copies it, and wipes it when it lets the list go.
void append(curl_slist*& list, std::string text) {
  curl_slist* const longer = libcurl().curl_slist_append(list, text.c_str());
  crypto::wipe(text);
  if (longer == nullptr) throw std::bad_alloc();
  list = longer;
}

}  // namespace

Https::Line::Line() {
  curl = libcurl().curl_easy_init();
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
  elsewhere = libcurl().curl_slist_append(nullptr, ("::" + place).c_str());
  if (elsewhere == nullptr) throw std::bad_alloc();
  set(curl, CURLOPT_CONNECT_TO, elsewhere);
  set(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  set(curl, CURLOPT_CERTINFO, 1L);
}

void Https::Line::add_header(const crypto::Secret& header) {
  append(headers, std::string(header.reveal()));
  set(curl, CURLOPT_HTTPHEADER, headers);
}

void Https::Line::set_json(const crypto::Secret& bearer) {
  for (const curl_slist* one = headers; one != nullptr; one = one->next) append(of_json, one->data);
  append(of_json, "Content-Type: application/json");
  append(of_json, "Authorization: Bearer " + std::string(bearer.reveal()));
  set(curl, CURLOPT_HTTPHEADER, of_json);
}

void Https::Line::unset_json() {
  set(curl, CURLOPT_HTTPHEADER, headers);
  libcurl().curl_slist_free_all(of_json);
  of_json = nullptr;
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
  return libcurl().curl_easy_perform(curl);
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
  return error[0] != '\0' ? error.data() : libcurl().curl_easy_strerror(code);
}

}  // namespace roomkey::provider
