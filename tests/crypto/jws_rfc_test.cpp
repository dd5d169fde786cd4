// The examples of RFC 7515 appendix A.1 to A.3 and RFC 8037 appendix A.4.
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/test.hpp"

namespace jws_rfc_test {

using namespace roomkey::crypto;
using namespace roomkey::test;

const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";

struct Example {
  Algorithm algorithm;
  std::string jwk, header, payload, signature;
};

const Example kExamples[] = {
    {Algorithm::hs256,
     R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTw)"
     R"(jAzZr1Z9CAow"})",
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", kPayload,
     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {Algorithm::rs256,
     R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQ)"
     "p-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_"
     "7OM"
     "g0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
     "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwK"
     "h9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}",
     "eyJhbGciOiJSUzI1NiJ9", kPayload,
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
     "O8W2Fp5ju"
     "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
     "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Q"
     "e7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
     "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI"
     "8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {Algorithm::es256,
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9", kPayload,
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {Algorithm::eddsa,
     R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     "eyJhbGciOiJFZERTQSJ9", "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"}};

TEST(the_examples_of_the_rfcs_verify) {
  for (const auto& [algorithm, jwk, header, payload, signature] : kExamples) {
    KeySet keys{algorithm, {}};
    keys.keys.push_back(
        accepted(Key::from_jwk(accepted(roomkey::base::parse_json_object(jwk)), algorithm),
                 name(algorithm)));
    std::string token = header;
    token.append(".").append(payload).append(".").append(signature);
    accepted(verify_jws(token, keys), name(algorithm));
    token[header.size() + 5] = token[header.size() + 5] == 'A' ? 'B' : 'A';
    refused(roomkey::base::Code::invalid_token, verify_jws(token, keys), name(algorithm));
  }
}

// The two algorithms whose signatures are the same each time, with the private key where needed.
TEST(the_examples_of_the_rfcs_are_signed_alike) {
  const Example& hmac = kExamples[0];
  const Key secret = accepted(
      Key::from_jwk(accepted(roomkey::base::parse_json_object(hmac.jwk)), Algorithm::hs256));
  same(
      hmac.header + '.' + hmac.payload + '.' + hmac.signature,
      sign_jws("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
               "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
               secret));
  const Example& ed25519 = kExamples[3];
  const Key pair =
      accepted(Key::from_pem("-----BEGIN PRIVATE KEY-----\n"
                             "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                             "-----END PRIVATE KEY-----\n",
                             Algorithm::eddsa));
  same(ed25519.header + '.' + ed25519.payload + '.' + ed25519.signature,
       sign_jws(R"({"alg":"EdDSA"})", "Example of Ed25519 signing", pair));
}

}  // namespace jws_rfc_test
