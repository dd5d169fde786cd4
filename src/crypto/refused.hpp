// How keys and tokens are refused here.
#pragma once

#include <string>
#include <utility>

#include "roomkey/base/result.hpp"

namespace roomkey::crypto {

inline base::Error refused(std::string why) { return {base::Code::invalid_token, std::move(why)}; }

}  // namespace roomkey::crypto
