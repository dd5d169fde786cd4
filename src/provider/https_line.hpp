// libcurl's side of Https. Private to this folder.
#pragma once

#include <array>
#include <stdexcept>
#include <string>

#include "provider/libcurl.hpp"
#include "roomkey/provider/https.hpp"

namespace roomkey::provider {

// An option that libcurl does not know is no detail: most of them keep a secret safe.
template <typename T>
void set(CURL* curl, CURLoption option, T value) {
  if (libcurl().curl_easy_setopt(curl, option, value) == CURLE_OK) return;
  throw std::runtime_error("libcurl refuses option " + std::to_string(option));
}

// An easy handle and the request that is on it. libcurl holds pointers into this.
struct Https::Line {
  CURL* curl = nullptr;
  curl_slist* elsewhere = nullptr;
  curl_slist* headers = nullptr;
  curl_slist* of_json = nullptr;  // the headers of one request
  std::array<char, CURL_ERROR_SIZE> error{};
  int sends_left = 0;
  std::size_t received = 0;
  std::string body;

  Line();
  ~Line() {
    libcurl().curl_easy_cleanup(curl);
    libcurl().curl_slist_free_all(elsewhere);
    libcurl().curl_slist_free_all(headers);
    libcurl().curl_slist_free_all(of_json);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void set_up(const Settings& settings);
  void set_credentials(const Settings& settings) const;
  void look_at(const std::string& place);
  void add_header(const crypto::Secret& header);
  void set_json(const crypto::Secret& bearer);
  void unset_json();
  CURLcode attempt(Deadline deadline, std::chrono::milliseconds connect_deadline);
  [[nodiscard]] bool failed_to_connect(CURLcode code, bool sent) const;
  [[nodiscard]] std::string why(CURLcode code) const;

  // libcurl calls these. They must not throw through it: `body` has its full size beforehand.
  static int before_send(void* line, char*, char*, int, int);
  static std::size_t take_header(char*, std::size_t, std::size_t size, void* line);
  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* line);
};

}  // namespace roomkey::provider
