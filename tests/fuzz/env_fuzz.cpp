// The env file and the configuration that is read out of it.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.hpp"
#include "roomkey/config/config.hpp"

namespace {

constexpr std::array kSecrets{"ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET",
                              "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "STREAM_API_SECRET"};
constexpr const char* kMark = "-zQ9x";  // at every secret's end

}  // namespace

FUZZ(input) {
  using namespace roomkey;
  static const int file = memfd_create("env", 0);
  const auto text = input.rest();
  fuzz::promise(ftruncate(file, 0) == 0 && pwrite(file, text.data(), text.size(), 0) >= 0,
                "the file is there");
  config::Environment environment;
  config::Faults faults = environment.add_file("/proc/self/fd/" + std::to_string(file));
  // A file of the fuzzer's choice is read otherwise: its own devices, for one.
  for (const char* name : kSecrets) {
    environment.set(std::string(name) + "_FILE", "");
  }
  environment.set("ROOMKEY_JWT_JWKS_FILE", "");
  environment.set("ROOMKEY_JWT_PUBLIC_KEY_FILE", "");
  environment.set("CREDENTIALS_DIRECTORY", "");
  for (const char* name : kSecrets) {
    const std::string secret = environment.get(name);
    if (!secret.empty()) environment.set(name, secret + kMark);
  }
  static_cast<void>(config::read_config(environment, faults));
  for (const auto& fault : faults) {
    fuzz::promise(fault.text().find(kMark) == std::string::npos, "no fault shows a secret",
                  fault.text());
  }
}
