// Shared libraries that are loaded when they are first needed, so that whoever never needs them
// pays nothing for them.
#pragma once

#include <dlfcn.h>

namespace roomkey::base {

// Null where it is not installed. Never closed: OpenSSL, which both of ours bring along, doesn't
// like that.
[[nodiscard]] inline void* load_library(const char* file) {
  return dlopen(file, RTLD_NOW | RTLD_LOCAL);
}

// False where the library, of which this must be the function's type, doesn't have it.
template <typename Function>
[[nodiscard]] bool look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace roomkey::base
