#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <new>

#include "crypto/pem_parts.hpp"
#include "crypto/refused.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::crypto {

namespace {

// One `-----BEGIN label-----`.
struct Block {
  std::string label;
  bool encrypted;
  std::string_view der;
};

// What a file holds, as far as it was read.
struct Found {
  Pair pair;  // the first key, which counts
  bool is_private = false, has_private = false;
  X509Certificate certificate;  // that it came from
  X509Certificate chain;        // the last one of its chain
  int others = 0;               // further keys
  std::string refusal;          // of the first block that holds a key in another form
};

std::string form_of(const Block& block) {
  static constexpr std::array<std::array<const char*, 2>, 6> kForms{
      {{"OPENSSH PRIVATE KEY",
        "an OpenSSH private key: ssh-keygen -e -m PKCS8 -f FILE > public.pem takes its public "
        "half"},
       {"CERTIFICATE REQUEST",
        "a certificate request: openssl req -in FILE -pubkey -noout > public.pem takes its key"},
       {"NEW CERTIFICATE REQUEST",
        "a certificate request: openssl req -in FILE -pubkey -noout > public.pem takes its key"},
       {"PKCS7", "PKCS #7: openssl pkcs7 -in FILE -print_certs > certificate.pem takes it apart"},
       {"PGP PUBLIC KEY BLOCK", "a PGP key, which no login signs tokens with"},
       {"X509 CRL", "a list of revoked certificates, and no key"}}};
  if (block.encrypted) {
    return "an encrypted private key: openssl pkey -in FILE -pubout -out public.pem takes its "
           "public half";
  }
  for (const auto& [label, what] : kForms) {
    if (block.label == label) return what;
  }
  return {};
}

bool is_certificate(const std::string& label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

// The certificate is of the authority that issued the one before: no key of the login's.
bool goes_on_with_the_chain(const Found& found, X509* next) {
  return found.chain && X509_check_issued(next, found.chain.get()) == X509_V_OK;
}

void take_key(Found& found, Pair pair, bool is_private, X509Certificate certificate = {}) {
  found.has_private = found.has_private || is_private;
  if (!found.pair) {
    found.pair = std::move(pair);
    found.is_private = is_private;
    if (certificate) X509_up_ref(certificate.get());
    found.chain.reset(certificate.get());
    found.certificate = std::move(certificate);
  } else if (EVP_PKEY_eq(found.pair.get(), pair.get()) != 1) {
    ++found.others;
  }
}

void take_certificate(Found& found, const Block& block) {
  X509Certificate certificate = certificate_from(block.der);
  Pair pair{certificate ? X509_get_pubkey(certificate.get()) : nullptr};
  if (!pair) {
    if (found.refusal.empty()) found.refusal = "a certificate that is damaged or has no known key";
  } else if (goes_on_with_the_chain(found, certificate.get())) {
    found.chain = std::move(certificate);
  } else {
    take_key(found, std::move(pair), false, std::move(certificate));
  }
}

void take_block(Found& found, const Block& block) {
  const bool is_private = block.label.ends_with("PRIVATE KEY");
  if (block.label.ends_with(" PARAMETERS")) return;
  if (is_certificate(block.label)) return take_certificate(found, block);
  std::string form = form_of(block);
  Pair pair;
  if (form.empty()) {
    pair = is_private                        ? private_from(block.der)
           : block.label == "PUBLIC KEY"     ? public_from(block.der)
           : block.label == "RSA PUBLIC KEY" ? pkcs1_from(block.der)
                                             : Pair{};
    form = "a PEM block " + base::log_value(block.label) + " that is damaged or holds no known key";
  }
  if (pair) {
    take_key(found, std::move(pair), is_private);
  } else if (found.refusal.empty()) {
    found.refusal = std::move(form);
  }
}

// False where the text ends in something that begins like PEM and is none.
bool read_blocks(std::string_view pem, Found& found) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (PEM_read_bio(bio.get(), &label, &header, &data, &size) == 1) {
    const std::string_view der(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    take_block(found, {label,
                       std::string_view(header).find("ENCRYPTED") != std::string_view::npos ||
                           std::string_view(label) == "ENCRYPTED PRIVATE KEY",
                       der});
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return whole;
}

base::Result<Found> find_key(std::string_view text) {
  if (text.starts_with(base::kByteOrderMark)) text.remove_prefix(base::kByteOrderMark.size());
  Found found;
  const bool whole = read_blocks(text, found);
  if (found.pair) return found;
  if (!found.refusal.empty()) return refused("the file holds " + found.refusal);
  if (whole && text.find(" PARAMETERS-----") != text.npos) {
    return refused("the file holds a key's parameters, but no key");
  }
  return refused(what_it_is(text));
}

Pair public_half(EVP_PKEY* pair) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(pair, &der);
  const unsigned char* at = der;
  Pair half{size > 0 ? d2i_PUBKEY(nullptr, &at, size) : nullptr};
  OPENSSL_free(der);
  return half;
}

std::optional<std::chrono::sys_seconds> end_of(const X509Certificate& certificate) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &fields) != 1) return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{timegm(&fields)}};
}

std::vector<Remark> remarks_on(const Found& found) {
  std::vector<Remark> remarks;
  if (found.has_private) {
    remarks.push_back({"the file holds a private key, and only its public half is used",
                       "A private key belongs to the login alone: put the public half here instead "
                       "(openssl pkey -in FILE -pubout -out public.pem), and remove the copy."});
  }
  if (found.others > 0) {
    remarks.push_back({"the file holds more than one key, and only the first is used",
                       "Leave one in it, or give all of them as a JWK set "
                       "(ROOMKEY_JWT_JWKS_FILE)."});
  }
  const auto end = found.certificate ? end_of(found.certificate) : std::nullopt;
  if (end) {
    remarks.push_back({"the key is that of a certificate which is valid until " +
                           base::format_utc(*end) + "; roomkey uses it after that, too",
                       "Ask whether the login signs with another key by then, and put that one's "
                       "certificate here.",
                       *end - std::chrono::days{30}});
  }
  return remarks;
}

}  // namespace

base::Result<Key> Key::from_pem(std::string_view pem, Algorithm algorithm) {
  if (is_hmac(algorithm)) return refused("an HMAC key is a secret, not a PEM file");
  auto found = find_key(pem);
  if (!found) return found.error();
  return from_pair(found->pair.release(), algorithm);
}

base::Result<KeySet> key_set_from_pem(std::string_view text, Algorithm algorithm) {
  if (is_hmac(algorithm)) return refused("an HMAC key is a secret, not a PEM file");
  auto found = find_key(text);
  if (!found) return found.error();
  if (found->is_private) found->pair = public_half(found->pair.get());
  auto key = Key::from_pair(found->pair.release(), algorithm);
  if (!key) return key.error();
  KeySet set{algorithm, {}, remarks_on(*found)};
  set.keys.push_back(std::move(*key));
  return set;
}

std::optional<std::string> public_half_of_pem(std::string_view text) {
  const auto found = find_key(text);
  if (!found || !found->has_private) return std::nullopt;
  const Bio bio{BIO_new(BIO_s_mem())};
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), found->pair.get()) != 1) throw std::bad_alloc();
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace roomkey::crypto
