// What Janus says: 403 to a token for the server that it does not take, 433 to one for a room
// (https://janus.conf.meetecho.com/docs/auth.html). It looks at the signature first, and tells
// nobody which of the two was wrong.
#include "provider/janus/inspection.hpp"

#include <algorithm>
#include <array>

#include "provider/janus/token.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::janus {

using namespace inspection;

namespace {

constexpr const char* kOursAlone =
    "Use tokens issued by roomkey; whatever issued this one needs fixing.";
constexpr const char* kFetch =
    "Fetch a new one; a page that is left open asks for one before the old one lapses "
    "(video-token-refresh).";

// `<expiry>,<realm>,<what>,...:<signature>`
struct Parts {
  std::string_view data, expiry, realm, signature;
  std::vector<std::string_view> what;
  bool whole = false;
};

std::string_view take(std::string_view& text, char end) {
  const auto part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

Parts parts_of(std::string_view text) {
  Parts parts;
  parts.data = text.substr(0, text.find(':'));
  parts.whole = std::count(text.begin(), text.end(), ':') == 1;
  if (parts.whole) parts.signature = text.substr(parts.data.size() + 1);
  std::string_view rest = parts.data;
  parts.expiry = take(rest, ',');
  parts.realm = take(rest, ',');
  while (!rest.empty()) parts.what.push_back(take(rest, ','));
  return parts;
}

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base::is_digit);
}

bool is_of_room(const Parts& parts) { return parts.realm == kPlugin; }

std::string code_of(const Parts& parts) { return is_of_room(parts) ? "433" : "403"; }

void inspect_expiry(const Inquiry& inquiry, const Parts& parts) {
  constexpr std::size_t kOfSeconds = 11, kOfMilliseconds = 13;
  const auto expiry =
      parts.expiry.size() <= kOfSeconds ? base::parse_number(parts.expiry) : std::nullopt;
  if (!expiry) {
    const bool milliseconds = parts.expiry.size() == kOfMilliseconds && are_digits(parts.expiry);
    return inquiry.error(code_of(parts),
                         milliseconds ? "The token's time looks like milliseconds, and must be "
                                        "seconds since 1970."
                                      : "The token does not begin with a time in seconds since "
                                        "1970.",
                         kOursAlone);
  }
  const auto time = base::from_unix(*expiry);
  inquiry.line("expires", base::format_utc(time) + " (" + base::relative(time, inquiry.now) + ')');
  if (time <= inquiry.now) {
    inquiry.error(code_of(parts), "The token expired " + base::relative(time, inquiry.now) + '.',
                  kFetch);
  } else if (time - inquiry.now > std::chrono::hours{24}) {
    inquiry.warning("long_life",
                    "The token is good for more than a day, and roomkey's for four hours at most.",
                    "Find what made it; it opens its room until then, or until token_auth_secret "
                    "is changed.");
  }
}

void inspect_room(const Inquiry& inquiry, const Parts& parts) {
  const auto room = std::find_if(parts.what.begin(), parts.what.end(), [](std::string_view one) {
    return one.starts_with(kOfRoom) && one.size() > kOfRoom.size();
  });
  if (room == parts.what.end()) {
    return inquiry.error("433", "The token names no room (room=...).", kOursAlone);
  }
  inquiry.line("room", std::string(room->substr(kOfRoom.size(), 200)));
  if (parts.what.size() > 1) {
    inquiry.warning("several", "The token is for more than the one room.", kOursAlone);
  }
}

void inspect_plugin(const Inquiry& inquiry, const Parts& parts) {
  const bool good = std::find(parts.what.begin(), parts.what.end(), kPlugin) != parts.what.end();
  inquiry.line("plugin", good ? std::string(kPlugin) : "(another, or none)");
  if (!good) {
    inquiry.error("403", "The token is not for the VideoRoom (" + std::string(kPlugin) + ").",
                  kOursAlone);
  } else if (parts.what.size() > 1) {
    inquiry.warning("several", "The token is for other plugins of Janus's, too.", kOursAlone);
  }
}

void inspect_purpose(const Inquiry& inquiry, const Parts& parts) {
  if (is_of_room(parts)) {
    inquiry.line("for", "a room: the token that goes along with join");
    inspect_room(inquiry, parts);
  } else if (parts.realm == kCore) {
    inquiry.line("for", "the server: the token that goes along with every request");
    inspect_plugin(inquiry, parts);
  } else {
    inquiry.error("403",
                  "The token is neither for the server (janus) nor for a room (" +
                      std::string(kPlugin) + ").",
                  kOursAlone);
  }
}

bool made_with(const Parts& parts, std::string_view secret) {
  return !secret.empty() &&
         crypto::equal_constant_time(crypto::base64(crypto::hmac_sha1(secret, parts.data)),
                                     parts.signature);
}

// What made it instead, in words that go behind a sentence; may be empty.
std::string made_instead(const Inquiry& inquiry, const Parts& parts) {
  const auto& settings = inquiry.settings.janus;
  if (made_with(parts, settings.admin_key.reveal())) {
    return " It was made with JANUS_ADMIN_KEY instead.";
  }
  for (const std::string_view more : {"\n", "\r\n", " "}) {
    std::string spelt(settings.token_secret.reveal());
    spelt += more;
    const bool found = made_with(parts, spelt);
    crypto::wipe(spelt);
    if (found) {
      return " It was made with JANUS_TOKEN_SECRET with a blank or a line break behind it.";
    }
  }
  return {};
}

void inspect_signature(const Inquiry& inquiry, const Parts& parts) {
  constexpr std::size_t kSize = 28;  // 20 bytes in base64
  if (!parts.whole || parts.signature.size() != kSize || parts.signature.back() != '=') {
    return inquiry.error(code_of(parts),
                         "The token's signature was cut or changed: it is what stands behind the "
                         "one colon, 28 characters, the last one =.",
                         "Copy the token again, whole. In an address its + / = must be encoded.");
  }
  const auto& secret = inquiry.settings.janus.token_secret;
  if (secret.empty()) return say_unchecked(inquiry, "JANUS_TOKEN_SECRET");
  if (made_with(parts, secret.reveal())) {
    return inquiry.line("signature", "made with JANUS_TOKEN_SECRET");
  }
  inquiry.line("signature", "not made with JANUS_TOKEN_SECRET");
  inquiry.error(code_of(parts),
                "The signature was made with another secret than JANUS_TOKEN_SECRET, or the token "
                "was changed." +
                    made_instead(inquiry, parts),
                "Set JANUS_TOKEN_SECRET to token_auth_secret of janus.jcfg, restart the workers "
                "(and Janus, where that was changed) and fetch a new token.");
}

}  // namespace

// Nobody else's begins with a number and Janus's own words.
Sight see(const Token& token) {
  const Parts parts = parts_of(token.text);
  const bool ours = are_digits(parts.expiry) && parts.realm.starts_with(kCore);
  return ours ? Sight::surely : Sight::not_at_all;
}

void inspect(const Inquiry& inquiry) {
  if (see(inquiry.token) != Sight::surely) {
    return inquiry.error("403",
                         "This is a JWT that was signed with JANUS_TOKEN_SECRET, and Janus takes "
                         "none.",
                         kOursAlone);
  }
  const Parts parts = parts_of(inquiry.token.text);
  inspect_purpose(inquiry, parts);
  inspect_expiry(inquiry, parts);
  inspect_signature(inquiry, parts);
}

}  // namespace roomkey::provider::janus
