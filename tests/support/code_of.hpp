// The code in an answer that refuses.
#pragma once

#include <string>

#include "roomkey/base/json.hpp"
#include "roomkey/http/message.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline std::string code_of(const http::Response& response) {
  return accepted(base::parse_json_object(response.body), response.body)["code"].asString();
}

}  // namespace roomkey::test
