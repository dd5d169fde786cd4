// libcurl, loaded when a provider is first asked: it comes with thirty libraries, half the time
// that a worker takes to its first answer, and the token pool never needs it. Private to this
// folder.
#pragma once

#include <curl/curl.h>

#include <stdexcept>

namespace roomkey::provider {

#define ROOMKEY_LIBCURL(use)                                                                 \
  use(curl_easy_cleanup) use(curl_easy_getinfo) use(curl_easy_header) use(curl_easy_init)    \
      use(curl_easy_perform) use(curl_easy_setopt) use(curl_easy_strerror) use(curl_getdate) \
          use(curl_global_init_mem) use(curl_slist_append) use(curl_slist_free_all)

struct LibCurl {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration's name stands in none.
#define ROOMKEY_MEMBER(name) decltype(&::name) name = nullptr;
  ROOMKEY_LIBCURL(ROOMKEY_MEMBER)
#undef ROOMKEY_MEMBER
};

struct NoLibCurl : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Set up, with memory that is wiped before it is let go. Throws NoLibCurl where it is not installed
// (the package libcurl4), broken or too old; and looks for it anew the next time.
[[nodiscard]] const LibCurl& libcurl();

}  // namespace roomkey::provider
