// How often a token asks for memory: counted here are the allocations of C++, so not SQLite's. A
// sanitizer has allocations of its own, which are not to be counted.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROOMKEY_ALLOCATIONS_ARE_NOT_OURS
#endif
#endif
#ifndef ROOMKEY_ALLOCATIONS_ARE_NOT_OURS

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/test.hpp"
#include "worker/app_clinic.hpp"

namespace allocations_test {

std::atomic<int> allocations{0};

}  // namespace allocations_test

void* operator new(std::size_t size) {
  ++allocations_test::allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace allocations_test {

using namespace roomkey;
using namespace roomkey::test;

TEST(a_token_takes_few_allocations) {
  constexpr int kMost = 50;
  AppClinic clinic;
  const std::string authorization =
      "Bearer " + access::make_bearer(2, hs256_rules(), clinic.clock.now(), 5min);
  same(200, clinic.ask("GET", kToken, authorization).status);  // prepares the statements
  const int before = allocations;
  const auto response = clinic.ask("GET", kToken, authorization);
  const int taken = allocations - before;
  same(200, response.status);
  expect(taken <= kMost, std::to_string(taken) + " allocations, at most " + std::to_string(kMost));
}

}  // namespace allocations_test

#endif
