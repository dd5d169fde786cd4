// `crypto` owns keys, signatures and randomness and is the only user of OpenSSL. It knows `base`
// alone: no claim, no user, no provider.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace roomkey::crypto {

// Bytes that must not be seen: wiped when let go, never copied by accident, without any way to
// print them. reveal() is the one door; what it returns lives as long as the Secret.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] std::string_view reveal() const { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

// Overwrites memory in a way that the compiler can't leave out.
void wipe(void* memory, std::size_t size);
void wipe(std::string& text);

// Compares in time that depends on the sizes only.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace roomkey::crypto
