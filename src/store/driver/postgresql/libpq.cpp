#include "store/driver/postgresql/libpq.hpp"

#include <optional>

#include "roomkey/base/library.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;

[[noreturn]] void refuse(const char* missing) {
  throw Unavailable("the library libpq.so.5 is too old: it has no " + std::string(missing),
                    Unavailable::Cause::no_library);
}

LibPq load() {
  void* const library = base::load_library("libpq.so.5");
  if (library == nullptr) {
    throw Unavailable("the library libpq.so.5 is missing", Unavailable::Cause::no_library);
  }
  LibPq functions;
#define ROOMKEY_LOOK_UP(name) \
  if (!base::look_up(library, #name, functions.name)) refuse(#name);
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
