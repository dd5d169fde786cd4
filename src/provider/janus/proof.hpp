// Whether Janus is there, and set up as roomkey needs it: it is asked, and what follows from its
// answers is said. Private to this folder.
#pragma once

#include "provider/janus/api.hpp"
#include "roomkey/base/finding.hpp"

namespace roomkey::provider::janus {

// What came of asking. Of the questions about rooms none makes one: each asks for a codec that
// there is none of, and is refused for whatever Janus looks at first.
struct Answers {
  std::string host;
  Api::Reply info;
  Api::Reply session = {};   // with a token of ours
  Api::Reply with_key = {};  // a room with the admin key
  Api::Reply without = {};   // and without
  Api::Reply by_name = {};   // whether there is a room whose name is no number
};
[[nodiscard]] Answers ask(const Configuration& configuration);
// Pure.
void check_answers(base::Findings& findings, const Answers& answers);

}  // namespace roomkey::provider::janus
