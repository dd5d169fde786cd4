// A certificate that signs itself, made by openssl.
#pragma once

#include <cstdlib>
#include <string>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace roomkey::test {

// For `name`, good for a day, or for `days` from now (negative: past already).
struct Certificate {
  Folder folder;
  std::string pem = folder.file("cert.pem"), key = folder.file("key.pem");

  explicit Certificate(const std::string& name, int days = 1) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days " +
        std::to_string(days) + " -subj /CN=" + name + " -addext subjectAltName=DNS:" + name +
        " -out " + pem + " -keyout " + key + " 2>/dev/null";
    expect(std::system(command.c_str()) == 0, "openssl");
  }
};

}  // namespace roomkey::test
