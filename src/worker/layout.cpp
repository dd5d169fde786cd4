#include "worker/layout.hpp"

#include "roomkey/provider/all.hpp"

namespace roomkey::worker {

metrics::Layout layout_of(const std::vector<http::Route>& routes) {
  metrics::Layout layout;
  for (const http::Route& route : routes) layout.routes.push_back(route.name);
  layout.tokens = {{"video_token", "twilio", "first"},
                   {"video_token_refresh", "twilio", "refresh"},
                   {"stream_token", "stream", "any"}};
  for (const provider::Kind* const kind : provider::all()) {
    const auto requests = kind->requests();
    layout.calls.insert(layout.calls.end(), requests.begin(), requests.end());
  }
  return layout;
}

}  // namespace roomkey::worker
