#include "worker/layout.hpp"

#include "roomkey/provider/all.hpp"

namespace roomkey::worker {

metrics::Layout layout_of(const std::vector<http::Route>& routes) {
  metrics::Layout layout;
  for (const http::Route& route : routes) layout.routes.push_back(route.name);
  for (const provider::Kind* const kind : provider::all()) {
    layout.tokens.push_back({"video_token", kind->name(), "first"});
    layout.tokens.push_back({"video_token_refresh", kind->name(), "refresh"});
    if (!kind->own_token_route().empty()) {
      layout.tokens.push_back({kind->own_token_route(), kind->name(), "any"});
    }
    for (const auto request : kind->requests()) layout.calls.push_back({kind->name(), request});
  }
  return layout;
}

}  // namespace roomkey::worker
