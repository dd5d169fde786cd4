// Files of public keys in every form in which logins hand them out, as openssl writes them.
#include <cstdlib>

#include "made_keys.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using roomkey::base::Code;

// Made by openssl from one RSA key and one of P-256; `file` is its content.
struct Forms {
  Folder folder;
  Forms() {
    const std::string made =
        folder.file("private.pem", made_key("RSA-2048").private_pem) + " && cd " + folder.path();
    const std::string commands = ": " + made + R"( && exec 2> /dev/null &&
        openssl pkey -in private.pem -pubout -out public.pem &&
        openssl rsa -in private.pem -RSAPublicKey_out -out pkcs1.pem &&
        openssl rsa -in private.pem -traditional -out traditional.pem &&
        openssl rsa -in private.pem -traditional -aes128 -passout pass:x -out locked-old.pem &&
        openssl pkey -in private.pem -aes128 -passout pass:x -out locked.pem &&
        openssl req -x509 -new -key private.pem -days 1 -subj /CN=old -out certificate.pem &&
        openssl x509 -in certificate.pem -trustout -out trusted.pem &&
        openssl x509 -in certificate.pem -text -out told.pem &&
        openssl req -new -key private.pem -subj /CN=login -out request.pem &&
        openssl crl2pkcs7 -nocrl -certfile certificate.pem -out pkcs7.pem &&
        openssl pkcs12 -export -inkey private.pem -in certificate.pem -passout pass: -out p12 &&
        openssl pkey -in private.pem -pubout -outform DER -out public.der &&
        openssl rsa -in private.pem -RSAPublicKey_out -outform DER -out pkcs1.der &&
        openssl pkey -in private.pem -outform DER -out private.der &&
        openssl x509 -in certificate.pem -outform DER -out certificate.der &&
        openssl ecparam -name prime256v1 -genkey -out ec.pem &&
        openssl ecparam -name prime256v1 -out parameters.pem &&
        openssl ecparam -name prime256v1 -genkey -noout -out authority.key &&
        openssl req -x509 -new -key authority.key -days 9 -subj /CN=ca -out authority.pem &&
        openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key \
          -CAcreateserial -days 5 -out issued.pem)";
    expect(std::system(commands.c_str()) == 0, "openssl");
  }
  [[nodiscard]] std::string operator[](std::string_view name) const {
    return content_of(folder.file(name));
  }
};

const Forms& forms() {
  static const Forms made;
  return made;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// The one key of the text, which is the RSA key's public half.
KeySet taken(const std::string& text, std::string_view what) {
  auto set = accepted(key_set_from_pem(text, Algorithm::rs256), what);
  same(1, set.keys.size(), what);
  const Key signer = signing_key(Algorithm::rs256);
  expect(set.keys[0].verify("message", signer.sign("message")), what);
  throws<std::logic_error>([&] { static_cast<void>(set.keys[0].sign("message")); }, what);
  return set;
}

std::string remarks_of(const KeySet& set) {
  std::string text;
  for (const auto& one : set.remarks) text += one.text + '|';
  return text;
}

TEST(a_public_key_is_taken_in_each_of_its_forms) {
  for (const auto* const name : {"public.pem", "pkcs1.pem"}) {
    const std::string text = forms()[name];
    for (const auto& variant :
         {text, replaced(text, "\n", "\r\n"), "\xEF\xBB\xBF" + text,
          text.substr(0, text.size() - 1), "the login's key:\n\n" + text + "\n# end\n",
          forms()["parameters.pem"] + text, text + text}) {
      same("", remarks_of(taken(variant, name)), name);
    }
  }
}

TEST(the_key_of_a_certificate_is_taken_and_its_end_is_told) {
  for (const auto* const name : {"certificate.pem", "trusted.pem", "told.pem"}) {
    const auto set = taken(forms()[name], name);
    same(1, set.remarks.size(), name);
    expect(contains(set.remarks[0].text, "certificate which is valid until 20"), name);
    // A day before its end, which is less than thirty.
    expect(set.remarks[0].from < std::chrono::system_clock::now(), name);
  }
}

// An authority's key must not let anybody in.
TEST(of_a_chain_the_first_certificate_counts) {
  const std::string chain = forms()["issued.pem"] + forms()["authority.pem"];
  const auto set = taken(chain, "chain");
  same(1, set.remarks.size(), remarks_of(set));
  refused(Code::invalid_token, key_set_from_pem(chain, Algorithm::es256));
}

TEST(of_a_private_key_the_public_half_is_taken_with_a_remark) {
  for (const auto& text : {forms()["private.pem"], forms()["traditional.pem"],
                           forms()["public.pem"] + forms()["private.pem"],
                           forms()["private.pem"] + forms()["public.pem"]}) {
    same("the file holds a private key, and only its public half is used|",
         remarks_of(taken(text, "private")));
  }
  const auto curve = accepted(key_set_from_pem(forms()["ec.pem"], Algorithm::es256));
  expect(contains(remarks_of(curve), "private"), "behind its parameters");
  throws<std::logic_error>([&] { static_cast<void>(curve.keys[0].sign("message")); });
}

TEST(of_several_keys_the_first_is_taken_with_a_remark) {
  const auto set = taken(forms()["public.pem"] + made_key("P-256").public_pem, "two");
  same("the file holds more than one key, and only the first is used|", remarks_of(set));
  taken(forms()["locked.pem"] + forms()["public.pem"], "what is no key counts for none");
}

TEST(what_is_no_key_in_pem_is_named_with_what_makes_one_of_it) {
  const std::string pem = forms()["public.pem"];
  const std::string base64 = replaced(pem.substr(27, pem.size() - 27 - 25), "\n", "");
  struct Case {
    std::string text;
    const char* says;
  };
  const Case cases[] = {
      {forms()["locked.pem"], "an encrypted private key: openssl pkey -in FILE -pubout"},
      {forms()["locked-old.pem"], "an encrypted private key: openssl pkey -in FILE -pubout"},
      {forms()["request.pem"], "a certificate request: openssl req"},
      {forms()["pkcs7.pem"], "openssl pkcs7 -in FILE -print_certs"},
      {forms()["p12"], "openssl pkcs12 -in FILE"},
      {forms()["public.der"], "DER, not PEM: openssl pkey -pubin -inform DER"},
      {forms()["pkcs1.der"], "openssl rsa -RSAPublicKey_in -inform DER"},
      {forms()["private.der"], "a private key in DER: openssl pkey -inform DER"},
      {forms()["certificate.der"], "openssl x509 -inform DER"},
      {std::string("\x30\x03\x02\x01\x05", 5), "DER of an unknown kind"},
      {forms()["parameters.pem"], "a key's parameters, but no key"},
      {"ssh-rsa AAAAB3NzaC1yc2E login@clinic", "ssh-keygen -e -m PKCS8 -f FILE"},
      {"ecdsa-sha2-nistp256 AAAAE2VjZHNh login@clinic", "ssh-keygen -e -m PKCS8 -f FILE"},
      {"ssh-ed25519 AAAAC3NzaC1lZDI1 login@clinic", "ssh-keygen can't convert"},
      {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "ssh-keygen -i -f FILE"},
      {"PuTTY-User-Key-File-3: ssh-rsa\n", "puttygen FILE"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
       "an OpenSSH private key: ssh-keygen -e"},
      {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate that is"},
      {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "damaged or holds no known"},
      {R"({"keys":[]})", "ROOMKEY_JWT_JWKS_FILE"},
      {"<!doctype html>", "HTML"},
      {std::string("\xFF\xFE-\0-\0", 6), "iconv -f UTF-16"},
      {base64, "-----BEGIN PUBLIC KEY----- before it"},
      {replaced(pem, "\n", "\\n"), "printf '%b'"},
      {replaced(pem, "\n", " "), "is damaged"},
      {replaced(pem, "\n", "\n  ").insert(0, "  "), "is damaged"},
      {pem.substr(0, 200), "is damaged"},
      {"a-secret", "no PEM key in it"},
      {"", "no PEM key in it"},
  };
  for (const auto& [text, says] : cases) {
    const auto why = refused(Code::invalid_token, key_set_from_pem(text, Algorithm::rs256), says);
    expect(contains(why, says), why);
    expect(!contains(why, pem.substr(60, 20)), why);
  }
}

TEST(a_key_of_another_kind_is_named_with_the_kind_that_is_needed) {
  struct Case {
    const char* kind;
    Algorithm algorithm;
    const char* says;
  };
  for (const auto& [kind, algorithm, says] :
       {Case{"P-256", Algorithm::rs256, "RS256 needs: it is EC (P-256), not RSA"},
        Case{"RSA-2048", Algorithm::es384, "ES384 needs: it is RSA, not EC (P-384)"},
        Case{"P-384", Algorithm::es256, "it is EC (P-384), not EC (P-256)"},
        Case{"secp256k1", Algorithm::es256, "it is EC (secp256k1), not EC (P-256)"},
        Case{"RSA-PSS", Algorithm::rs256, "it is RSA-PSS, not RSA"},
        Case{"ED448", Algorithm::eddsa, "it is ED448, not ED25519"},
        Case{"RSA-1024", Algorithm::rs256, "too short: 1024 bits"}}) {
    const auto why =
        refused(Code::invalid_token, key_set_from_pem(made_key(kind).public_pem, algorithm), kind);
    expect(contains(why, says), why);
  }
}

TEST(an_hmac_key_is_never_read_from_pem) {
  for (const auto* const name : {"public.pem", "certificate.pem", "private.pem"}) {
    refused(Code::invalid_token, key_set_from_pem(forms()[name], Algorithm::hs256), name);
  }
}

TEST(of_a_private_key_the_public_half_can_be_handed_on) {
  const std::string half = forms()["public.pem"];
  for (const auto* const name : {"private.pem", "traditional.pem"}) {
    same(half, public_half_of_pem(forms()[name]).value_or("none"), name);
  }
  same(half, public_half_of_pem(forms()["certificate.pem"] + forms()["private.pem"]).value_or(""));
  for (const auto* const name : {"public.pem", "certificate.pem", "locked.pem", "request.pem"}) {
    expect(!public_half_of_pem(forms()[name]), name);
  }
  expect(!public_half_of_pem(""));
}

}  // namespace
