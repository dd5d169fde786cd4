// FastCGI's records, so far as it takes to know whether a request has come whole
// (FastCGI 1.0, 3.3).
#pragma once

#include <string_view>

namespace roomkey::worker {

enum class Arrived { in_part, whole, no_request };

// What `bytes`, the first on a connection that were not read yet, hold of a responder's request:
// whole from its begin record to the empty record that ends its input. No request either where a
// parameter says that it is longer than what there is.
[[nodiscard]] Arrived arrived(std::string_view bytes);

}  // namespace roomkey::worker
