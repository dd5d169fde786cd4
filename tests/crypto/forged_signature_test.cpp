// Signatures made to look right: RSA with other paddings, ECDSA with numbers at the edges of its
// group, tokens in other shapes than the compact one. Whoever forges has no private key; these are
// made with one, so that nothing but the fault can be the reason of a refusal.
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <array>
#include <functional>

#include "made_keys.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using namespace std::string_literals;
using roomkey::base::Code;

constexpr std::string_view kPayload = R"({"user_id":2})";

std::string signing_input(std::string_view algorithm, std::string_view payload = kPayload) {
  return base64url(R"({"alg":")" + std::string(algorithm) + R"("})") + '.' + base64url(payload);
}

// What is there in place of a signature, whatever it is.
std::string token(std::string_view algorithm, std::string_view signature) {
  return signing_input(algorithm) + '.' + base64url(signature);
}

EVP_PKEY* private_key(const std::string& kind) {
  const std::string& pem = made_key(kind).private_pem;
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* pair = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return pair;
}

using SetUp = std::function<void(EVP_PKEY_CTX*)>;

// The private key's operation on bytes that are hashed or padded already, as `set_up` says.
std::string raw_signature(const std::string& kind, std::string_view bytes, const SetUp& set_up) {
  EVP_PKEY* pair = private_key(kind);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(pair, nullptr);
  EVP_PKEY_sign_init(context);
  set_up(context);
  std::array<unsigned char, 512> signature{};
  std::size_t size = signature.size();
  const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
  const int done = EVP_PKEY_sign(context, signature.data(), &size, begin, bytes.size());
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(pair);
  same(1, done, "OpenSSL signs");
  return {reinterpret_cast<const char*>(signature.data()), size};
}

// RFC 8017 section 9.2: 00 01 FF... 00, then `info`; 256 bytes.
std::string padded(const std::string& info, std::string_view begin = "\x00\x01"s,
                   std::size_t fill = std::string::npos) {
  const std::size_t room = 256 - begin.size() - 1 - info.size();
  const std::size_t filled = std::min(fill, room);
  return std::string(begin) + std::string(filled, '\xFF') + '\0' + info +
         std::string(room - filled, '\x5A');
}

std::string rsa_token(const std::string& block) {
  return token("RS256", raw_signature("RSA-2048", block, [](EVP_PKEY_CTX* context) {
                 EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING);
               }));
}

const std::string kOid = "\x60\x86\x48\x01\x65\x03\x04\x02\x01";  // SHA-256

// A DER element: tag, length in one byte, content.
std::string der(char tag, const std::string& content) {
  return std::string(1, tag) + static_cast<char>(content.size()) + content;
}

std::string hash() { return sha256(signing_input("RS256")); }

std::string info(const std::string& oid = der('\x06', kOid), const std::string& null = "\x05\x00"s,
                 const std::string& digest = der('\x04', hash())) {
  return der('\x30', der('\x30', oid + null) + digest);
}

void refuse(Algorithm algorithm, const std::string& forged, std::string_view what) {
  refused(Code::invalid_token, verify_jws(forged, key_set(algorithm)), what);
}

TEST(an_rsa_signature_has_the_one_padding_of_its_standard) {
  accepted(verify_jws(rsa_token(padded(info())), key_set(Algorithm::rs256)), "the right one");
  struct Row {
    std::string_view what;
    std::string block;
  };
  const std::string good = info();
  for (const auto& [what, block] :
       {Row{"no padding", std::string(256 - good.size(), '\0') + good},
        Row{"no digest info", padded(hash())},
        Row{"block type 0", padded(good, "\x00\x00"s)},
        Row{"block type 2", padded(good, "\x00\x02"s)},
        Row{"8 bytes of padding and rubbish behind", padded(good, "\x00\x01"s, 8)},
        Row{"no byte of padding and rubbish behind", padded(good, "\x00\x01"s, 0)},
        Row{"rubbish in the padding", "\x00\x01\xFF\x5A"s + padded(good).substr(4)},
        Row{"no end of the padding", "\x00\x01"s + std::string(254 - good.size(), '\xFF') + good},
        Row{"no NULL", padded(info(der('\x06', kOid), ""))},
        Row{"a NULL that holds something", padded(info(der('\x06', kOid), "\x05\x01\x00"s))},
        Row{"a long NULL", padded(info(der('\x06', kOid), "\x05\x81\x00"s))},
        Row{"another tag for NULL", padded(info(der('\x06', kOid), "\x04\x00"s))},
        Row{"two NULLs", padded(info(der('\x06', kOid), "\x05\x00\x05\x00"s))},
        Row{"SHA-384's OID", padded(info(der('\x06', kOid.substr(0, 8) + '\x02')))},
        Row{"SHA-1's OID", padded(info(der('\x06', "\x2B\x0E\x03\x02\x1A")))},
        Row{"no OID", padded(info(""))},
        Row{"a long OID", padded(info("\x06\x81\x09"s + kOid))},
        Row{"a cut OID", padded(info(der('\x06', kOid.substr(0, 8))))},
        Row{"a longer hash",
            padded(info(der('\x06', kOid), "\x05\x00"s, der('\x04', hash() + 'x')))},
        Row{"a cut hash",
            padded(info(der('\x06', kOid), "\x05\x00"s, der('\x04', hash().substr(0, 31))))},
        Row{"no hash", padded(info(der('\x06', kOid), "\x05\x00"s, der('\x04', "")))},
        Row{"another tag for the hash",
            padded(info(der('\x06', kOid), "\x05\x00"s, der('\x05', hash())))},
        Row{"a long hash", padded(info(der('\x06', kOid), "\x05\x00"s, "\x04\x81\x20"s + hash()))},
        Row{"a length of 4 GiB more",
            padded(info(der('\x06', kOid), "\x05\x00"s, "\x04\x85\x01\x00\x00\x00\x20"s + hash()))},
        Row{"a length without end", padded(info(der('\x06', kOid), "\x05\x00"s,
                                                "\x24\x80"s + der('\x04', hash()) + "\0\0"s))},
        Row{"another tag for the whole", padded('\x31' + good.substr(1))},
        Row{"a long length of the whole", padded("\x30\x81"s + good.substr(1))},
        Row{"a whole that says less", padded('\x30' + std::string(1, '\x30') + good.substr(2))},
        Row{"a whole that says more", padded('\x30' + std::string(1, '\x32') + good.substr(2))},
        Row{"rubbish in the whole", padded(der('\x30', good.substr(2) + "\x5A\x5A"))},
        Row{"rubbish behind the whole", padded(good + '\x5A')},
        Row{"zeros behind the whole", padded(good + "\0\0"s)},
        Row{"the whole twice", padded(good + good)}}) {
    refuse(Algorithm::rs256, rsa_token(block), what);
  }
}

TEST(an_rsa_signature_is_made_by_the_algorithm_of_its_name) {
  const std::string digest = sha256(signing_input("RS256"));
  const auto pss = [](EVP_PKEY_CTX* context) {
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32);
  };
  refuse(Algorithm::rs256, token("RS256", raw_signature("RSA-2048", digest, pss)), "PS256's");
  const std::string right = raw_signature("RSA-2048", padded(info()), [](EVP_PKEY_CTX* context) {
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING);
  });
  accepted(verify_jws(token("RS256", right), key_set(Algorithm::rs256)));
  for (const auto& [what, other] :
       {std::pair{"zeros before", "\0"s + right}, std::pair{"zeros behind", right + "\0"s},
        std::pair{"cut", right.substr(0, 255)}, std::pair{"0", std::string(256, '\0')},
        std::pair{"1", std::string(255, '\0') + '\1'},
        std::pair{"over the modulus", std::string(256, '\xFF')}}) {
    refuse(Algorithm::rs256, token("RS256", other), what);
  }
}

// n of P-256, SEC 2 section 2.4.2; 32 bytes each.
const std::string kOrder =
    "\xFF\xFF\xFF\xFF\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
    "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51"s;

std::string number(unsigned char value) { return std::string(31, '\0') + static_cast<char>(value); }

std::string order_less_one() { return kOrder.substr(0, 31) + '\x50'; }

TEST(the_numbers_of_an_ecdsa_signature_are_inside_the_group) {
  const std::array edges{number(0), number(1), order_less_one(), kOrder, std::string(32, '\xFF')};
  for (const std::string& r : edges) {
    for (const std::string& s : edges) {
      refuse(Algorithm::es256, token("ES256", r + s), base64url(r) + ' ' + base64url(s));
    }
  }
}

TEST(an_ecdsa_signature_has_one_spelling) {
  const Key key = signing_key(Algorithm::es256);
  const std::string right = key.sign(signing_input("ES256"));
  accepted(verify_jws(token("ES256", right), key_set(Algorithm::es256)));
  const std::string r = right.substr(0, 32);
  const std::string s = right.substr(32);
  const std::string der_form =
      raw_signature("P-256", sha256(signing_input("ES256")), [](EVP_PKEY_CTX*) {});
  for (const auto& [what, other] :
       {std::pair{"zeros behind", right + "\0\0"s}, std::pair{"zeros before", "\0\0"s + right},
        std::pair{"each a byte longer", "\0"s + r + "\0"s + s}, std::pair{"r alone", r},
        std::pair{"s before r", s + r}, std::pair{"DER", der_form},
        std::pair{"twice", right + right},
        std::pair{"1 KiB more", right + std::string(1024, '\0')}}) {
    refuse(Algorithm::es256, token("ES256", other), what);
  }
}

// RFC 7515 section 7.2: as JSON, flattened and general. We take the compact form alone.
TEST(a_right_signature_in_json_is_refused) {
  const Key key = signing_key(Algorithm::hs256);
  const std::string header = base64url(R"({"alg":"HS256"})");
  const std::string payload = base64url(kPayload);
  const std::string signature = base64url(key.sign(header + '.' + payload));
  const std::string one = R"("protected":")" + header + R"(","signature":")" + signature + '"';
  const std::string start = R"({"payload":")" + payload + R"(",)";
  accepted(verify_jws(header + '.' + payload + '.' + signature, key_set(Algorithm::hs256)));
  refuse(Algorithm::hs256, start + one + '}', "flattened");
  refuse(Algorithm::hs256, start + R"("signatures":[{)" + one + "}]}", "general");
}

TEST(any_payload_can_be_signed) {
  for (const auto algorithm : kAlgorithms) {
    const std::string header = R"({"alg":")" + std::string(name(algorithm)) + R"("})";
    for (const std::string& payload : {""s, "\0"s, std::string(64, '\0'), "a"s}) {
      const auto signed_one = sign_jws(header, payload, signing_key(algorithm));
      same(payload, accepted(verify_jws(signed_one, key_set(algorithm)), name(algorithm)).payload);
    }
  }
}

TEST(white_space_in_a_header_is_part_of_what_is_signed) {
  for (const auto* const header : {"{ \"alg\" : \"HS256\" }", "{\n\t\"alg\":\r\"HS256\"}\n"}) {
    accepted(verify_jws(sign_jws(header, kPayload, signing_key(Algorithm::hs256)),
                        key_set(Algorithm::hs256)),
             header);
  }
}

}  // namespace
