#include "provider/stream/form.hpp"

#include "cli/check/checked.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

TEST(streams_key_and_secret_are_looked_at) {
  const std::string key = "mmhfdzb5evj2";
  const std::string secret(64, 's');
  const auto said = [](const std::string& of_key, const std::string& of_secret) {
    base::Findings findings;
    const bool fit = provider::stream::check_variables(findings, of_key, of_secret);
    same(fit, findings.count(base::Finding::Level::error) == 0);
    expect(of_secret.empty() || !contains(cli::check::to_text(findings, ""), of_secret));
    return findings;
  };
  came_out("ok STREAM_API_KEY", said(key, secret));
  came_out("error STREAM_API_SECRET", said(key, ""), "STREAM_API_SECRET is not set");
  came_out("error STREAM_API_KEY", said("", secret), "STREAM_API_KEY is not set");
  came_out("error STREAM_API_KEY", said(secret, key), "look swapped");
  came_out("error STREAM_API_KEY", said(secret, secret), "is the same as STREAM_API_SECRET");
  came_out("error STREAM_API_SECRET", said(key, '"' + secret + '"'), "quotes");
  came_out("error STREAM_API_KEY", said(key + ' ', secret), "blank");
}

}  // namespace
