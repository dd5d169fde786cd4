#include "store/driver/postgresql/libpq.hpp"

#include <dlfcn.h>

#include <optional>

#include "roomkey/base/result.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;

template <typename Function>
void look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    throw Unavailable("the library libpq.so.5 is too old: it has no " + std::string(name),
                      Unavailable::Cause::no_library);
  }
}

LibPq load() {
  // Never closed: OpenSSL, which it brings along, doesn't like that.
  void* const library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw Unavailable("the library libpq.so.5 is missing", Unavailable::Cause::no_library);
  }
  LibPq functions;
#define ROOMKEY_LOOK_UP(name) look_up(library, #name, functions.name);
  ROOMKEY_LIBPQ(ROOMKEY_LOOK_UP)
#undef ROOMKEY_LOOK_UP
  return functions;
}

}  // namespace

const LibPq& libpq() {
  static std::optional<LibPq> functions;
  if (!functions) functions = load();  // again and again, until it is there
  return *functions;
}

}  // namespace roomkey::store::driver::postgresql
