#include "provider/libcurl.hpp"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "roomkey/base/library.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider {

namespace {

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

[[noreturn]] void refuse(const char* missing) {
  throw NoLibCurl("the library libcurl.so.4 is too old: it has no " + std::string(missing));
}

LibCurl load() {
  void* const library = base::load_library("libcurl.so.4");
  if (library == nullptr) throw NoLibCurl("can't load the library " + std::string(dlerror()));
  LibCurl functions;
#define ROOMKEY_LOOK_UP(name) \
  if (!base::look_up(library, #name, functions.name)) refuse(#name);
  ROOMKEY_LIBCURL(ROOMKEY_LOOK_UP)
#undef ROOMKEY_LOOK_UP
  const CURLcode ready = functions.curl_global_init_mem(
      CURL_GLOBAL_DEFAULT, std::malloc, wipe_and_free, make_room, strdup, std::calloc);
  if (ready != CURLE_OK) throw NoLibCurl("libcurl can't be set up");
  return functions;
}

}  // namespace

const LibCurl& libcurl() {
  static const LibCurl functions = load();  // again and again, until it is there
  return functions;
}

}  // namespace roomkey::provider
