"""Bearer tokens, forged, broken, expired and good, through nginx."""
import json
import time

from cases import Case, each
from clinic import JANE, MOST_ID
from stacks import shared_demo
from tokens import b64, bearer, claims, signed
from workers import Worker

HEADER = {"alg": "HS256", "typ": "JWT"}
NOW = int(time.time())


def claiming(**changes):
    return lambda secret: bearer(JANE, secret, **changes)


def with_header(digest="sha256", **changes):
    header = {name: value for name, value in (HEADER | changes).items() if value is not ...}
    return lambda secret: signed(header, claims(JANE), secret, digest)


def raw_header(text):
    return lambda secret: signed(text, claims(JANE), secret)


def raw_payload(text):
    return lambda secret: signed(HEADER, text, secret)


def with_parts(change):
    """`change` gets header, payload and signature of a good token and gives other text."""
    return lambda secret: change(*bearer(JANE, secret).split("."))


def unsigned(alg, signature=""):
    return lambda secret: f"{b64(json.dumps({'alg': alg, 'typ': 'JWT'}))}." \
                          f"{b64(json.dumps(claims(JANE)))}.{signature}"


def one_more_bit(header, payload, signature):
    """The same bytes, spelled with an unused bit set: 32 bytes leave two bits over."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return f"{header}.{payload}.{signature[:-1]}{letters[letters.index(signature[-1]) | 1]}"


def other_payload(header, payload, signature):
    return f"{header}.{b64(json.dumps(claims(19)))}.{signature}"


def padded_to(size):
    def token(secret):
        short = len(bearer(JANE, secret, filler=""))
        return bearer(JANE, secret, filler="x" * ((size - short) * 3 // 4 + 3))
    return token


CLAIMS = claims(JANE)
JSON = json.dumps(CLAIMS)

FORGED = [
    ("empty", lambda secret: ""),
    ("one part", lambda secret: "eyJhbGciOiJIUzI1NiJ9"),
    ("two parts", with_parts(lambda h, p, s: f"{h}.{p}")),
    ("four parts", with_parts(lambda h, p, s: f"{h}.{p}.{s}.{s}")),
    ("five parts like a JWE", with_parts(lambda h, p, s: f"{h}.{p}.{s}.{s}.{s}")),
    ("a dot in front", with_parts(lambda h, p, s: f".{h}.{p}.{s}")),
    ("a dot behind", with_parts(lambda h, p, s: f"{h}.{p}.{s}.")),
    ("two dots alone", lambda secret: ".."),
    ("no header", with_parts(lambda h, p, s: f".{p}.{s}")),
    ("no payload", with_parts(lambda h, p, s: f"{h}..{s}")),
    ("no signature", with_parts(lambda h, p, s: f"{h}.{p}.")),
    ("two tokens in one header", with_parts(lambda h, p, s: f"{h}.{p}.{s}, Bearer {h}.{p}.{s}")),
    ("a comma behind", with_parts(lambda h, p, s: f"{h}.{p}.{s},")),
    ("a quote around", with_parts(lambda h, p, s: f'"{h}.{p}.{s}"')),
    ("a word behind", with_parts(lambda h, p, s: f"{h}.{p}.{s} x")),
    ("a blank inside", with_parts(lambda h, p, s: f"{h}. {p}.{s}")),
    ("a tab inside", with_parts(lambda h, p, s: f"{h}.{p}\t.{s}")),
    ("a byte that is no ASCII", with_parts(lambda h, p, s: f"{h}.{p}.{s}\u00e9")),
    ("a byte that is no UTF 8", with_parts(lambda h, p, s: f"{h}.{p}.{s}\udcff")),
    ("over 8 KiB", padded_to(8300)),
    ("of 15 KiB", padded_to(15 * 1024)),
    ("alg none", unsigned("none")),
    ("alg None", unsigned("None")),
    ("alg NONE", unsigned("NONE")),
    ("alg nOnE", unsigned("nOnE")),
    ("alg none with a signature", with_header(alg="none")),
    ("alg none with another's signature", unsigned("none", "AAAA")),
    ("alg empty", with_header(alg="")),
    ("alg missing", with_header(alg=...)),
    ("alg null", with_header(alg=None)),
    ("alg a number", with_header(alg=256)),
    ("alg a list", with_header(alg=["HS256"])),
    ("alg in lower case", with_header(alg="hs256")),
    ("alg with a blank", with_header(alg="HS256 ")),
    ("alg HS384 rightly signed", with_header("sha384", alg="HS384")),
    ("alg HS512 rightly signed", with_header("sha512", alg="HS512")),
    ("alg HS384 over HS256", with_header(alg="HS384")),
    ("alg RS256 over HS256", with_header(alg="RS256")),
    ("alg ES256 over HS256", with_header(alg="ES256")),
    ("alg EdDSA over HS256", with_header(alg="EdDSA")),
    ("HS256 with the MAC of HS512", with_header("sha512")),
    ("crit", with_header(crit=["exp"])),
    ("crit empty", with_header(crit=[])),
    ("crit null", with_header(crit=None)),
    ("b64 false", with_header(b64=False, crit=["b64"])),
    ("b64 false without crit", with_header(b64=False)),
    ("kid a number", with_header(kid=1)),
    ("kid null", with_header(kid=None)),
    ("typ of a refresh token", with_header(typ="refresh+jwt")),
    ("typ of a logout token", with_header(typ="logout+jwt")),
    ("typ a number", with_header(typ=1)),
    ("alg twice", raw_header('{"alg":"none","alg":"HS256","typ":"JWT"}')),
    ("header a list", raw_header('[{"alg":"HS256"}]')),
    ("header a string", raw_header('"HS256"')),
    ("header null", raw_header("null")),
    ("header no JSON", raw_header("{alg:HS256}")),
    ("header with single quotes", raw_header("{'alg':'HS256'}")),
    ("header cut off", raw_header('{"alg":"HS256"')),
    ("header with a comment", raw_header('{"alg":"HS256"/**/}')),
    ("header with something behind", raw_header('{"alg":"HS256"}{}')),
    ("header with a final comma", raw_header('{"alg":"HS256",}')),
    ("header with a NUL", raw_header('{"alg":"HS256","x":"\0"}')),
    ("header not UTF 8", raw_header(b'{"alg":"HS256","x":"\xff"}')),
    ("header in UTF 16", raw_header('{"alg":"HS256"}'.encode("utf-16"))),
    ("header nested deeply", raw_header('{"alg":"HS256","x":' + "[" * 500 + "]" * 500 + "}")),
    ("a wrong secret", lambda secret: bearer(JANE, "0" * 64)),
    ("an empty secret", lambda secret: bearer(JANE, "")),
    ("half the secret", lambda secret: bearer(JANE, secret[:32])),
    ("the secret and a line end", lambda secret: bearer(JANE, secret + "\n")),
    ("the secret taken as hex", lambda secret: bearer(JANE, bytes.fromhex(secret))),
    ("the API secret", lambda secret: bearer(JANE, shared_demo().settings["TWILIO_API_SECRET"])),
    ("an access token of Twilio", lambda secret: shared_demo().token().json["access_token"]),
    ("another's claims", with_parts(other_payload)),
    ("a signature one letter short", with_parts(lambda h, p, s: f"{h}.{p}.{s[:-1]}")),
    ("a signature one byte long", with_parts(lambda h, p, s: f"{h}.{p}.{s[:2]}")),
    ("half a signature", with_parts(lambda h, p, s: f"{h}.{p}.{s[:22]}")),
    ("a signature and a byte", with_parts(lambda h, p, s: f"{h}.{p}.{s}AA")),
    ("a signature twice", with_parts(lambda h, p, s: f"{h}.{p}.{s}{s}")),
    ("a signature of zeros", with_parts(lambda h, p, s: f"{h}.{p}.{b64(bytes(32))}")),
    ("a signature's first bit turned", with_parts(
        lambda h, p, s: f"{h}.{p}.{'B' if s[0] == 'A' else 'A'}{s[1:]}")),
    ("a signature with an unused bit", with_parts(one_more_bit)),
    ("a signature padded", with_parts(lambda h, p, s: f"{h}.{p}.{s}=")),
    ("a header padded", with_parts(lambda h, p, s: f"{h}=.{p}.{s}")),
    ("a payload padded", with_parts(lambda h, p, s: f"{h}.{p}==.{s}")),
    ("letters of plain base64", with_parts(lambda h, p, s: f"{h}.{p}.{'+/' + s[2:]}")),
    ("parts swapped", with_parts(lambda h, p, s: f"{p}.{h}.{s}")),
    ("payload a list", raw_payload("[" + JSON + "]")),
    ("payload a string", raw_payload('"user_id"')),
    ("payload a number", raw_payload("2")),
    ("payload empty", raw_payload("")),
    ("payload an empty object", raw_payload("{}")),
    ("payload no JSON", raw_payload("user_id=2")),
    ("payload cut off", raw_payload(JSON[:-1])),
    ("payload with something behind", raw_payload(JSON + "x")),
    ("payload not UTF 8", raw_payload(JSON[:-1].encode() + b', "x": "\xc0\xaf"}')),
    ("payload with a NUL", raw_payload(JSON[:-1] + ', "x": "\0"}')),
    ("payload with NaN", raw_payload(JSON[:-1] + ', "x": NaN}')),
    ("payload with Infinity", raw_payload(JSON[:-1] + ', "x": -Infinity}')),
    ("payload with a lone surrogate", raw_payload(JSON[:-1] + ', "x": "\\ud800"}')),
    ("payload nested deeply", raw_payload(JSON[:-1] + ', "x":' + "[" * 500 + "]" * 500 + "}")),
    ("user_id twice", raw_payload(JSON[:-1] + ', "user_id": 19}')),
    ("exp twice", raw_payload(JSON[:-1] + f', "exp": {NOW + 99}' + "}")),
    ("user_id twice, once escaped", raw_payload(JSON[:-1] + ', "user\\u005fid": 19}')),
    ("exp missing", claiming(exp=...)),
    ("exp null", claiming(exp=None)),
    ("exp a string", claiming(exp=str(NOW + 999))),
    ("exp over the year 9999", raw_payload(JSON.replace(str(CLAIMS["exp"]), "2.534023008e11"))),
    ("exp over all fractions", raw_payload(JSON.replace(str(CLAIMS["exp"]), "1e300"))),
    ("exp a little under zero", raw_payload(JSON.replace(str(CLAIMS["exp"]), "-1e-9"))),
    ("exp true", claiming(exp=True)),
    ("exp a list", claiming(exp=[NOW + 999])),
    ("exp negative", claiming(exp=-1)),
    ("exp in milliseconds", claiming(exp=(NOW + 999) * 1000)),
    ("exp over 64 bits", claiming(exp=10**30)),
    ("exp over all numbers", raw_payload('{"user_id": 2, "exp": 1e999}')),
    ("nbf to come", claiming(nbf=NOW + 3600)),
    ("nbf a string", claiming(nbf="0")),
    ("nbf null", claiming(nbf=None)),
    ("iat to come", claiming(iat=NOW + 3600)),
    ("iat a string", claiming(iat="yesterday")),
    ("iat null", claiming(iat=None)),
    ("a refresh token", claiming(token_type="refresh")),
    ("token_type in capitals", claiming(token_type="ACCESS")),
    ("token_type null", claiming(token_type=None)),
    ("token_type a list", claiming(token_type=["access"])),
    ("user_id missing", claiming(user_id=..., sub=2)),
    ("user_id null", claiming(user_id=None)),
    ("user_id zero", claiming(user_id=0)),
    ("user_id negative", claiming(user_id=-2)),
    ("user_id true", claiming(user_id=True)),
    ("user_id a fraction", claiming(user_id=2.5)),
    ("user_id 2 as a float", claiming(user_id=2.0)),
    ("user_id over 63 bits", claiming(user_id=MOST_ID + 1)),
    ("user_id over 64 bits", claiming(user_id=2**64 + 2)),
    ("user_id a list", claiming(user_id=[2])),
    ("user_id an object", claiming(user_id={"id": 2})),
    ("user_id an empty string", claiming(user_id="")),
    ("user_id with a leading zero", claiming(user_id="02")),
    ("user_id with a blank", claiming(user_id=" 2")),
    ("user_id with a sign", claiming(user_id="+2")),
    ("user_id in hex", claiming(user_id="0x2")),
    ("user_id in other digits", claiming(user_id="\u0662")),
    ("user_id an address", claiming(user_id="jane.doe@example.com")),
]
EXPIRED = [
    ("a minute ago", claiming(exp=NOW - 60)),
    ("ten seconds ago", claiming(exp=NOW - 10)),
    ("in 1970", claiming(exp=0)),
    ("a fraction ago", claiming(exp=NOW - 60.5)),
    ("with an exponent", raw_payload(JSON.replace(str(CLAIMS["exp"]), "1.7e9"))),
    ("with times that agree", claiming(exp=NOW - 100, iat=NOW - 400, nbf=NOW - 400)),
]
GOOD = [
    ("user_id as digits", claiming(user_id="2")),
    ("no token_type", claiming(token_type=...)),
    ("no typ", with_header(typ=...)),
    ("typ at+jwt", with_header(typ="at+jwt")),
    ("typ in lower case", with_header(typ="jwt")),
    ("a kid nobody asked for", with_header(kid="2024-01")),
    ("exp in the year 9999", claiming(exp=253402300799)),
    ("times with a fraction", claiming(exp=NOW + 999.5, iat=NOW - 0.25, nbf=NOW - 0.75)),
    ("times with an exponent", raw_payload(JSON.replace(str(CLAIMS["exp"]), "1e11"))),
    ("times with a fraction of zero", claiming(exp=float(NOW + 999), iat=float(NOW))),
    ("claims nobody knows", claiming(roles=["x"], name="J\u00e4ne")),
    ("no iat", claiming(iat=...)),
]


class Forged(Case):
    def answer_to(self, make):
        return shared_demo().token(token=make(shared_demo().secret))

    @each(FORGED)
    def test_refuses_a_bearer_token_with(self, make):
        answer = self.answer_to(make)
        self.refused(answer, 401, "invalid_token", "Invalid token")
        self.assertIn('error="invalid_token"', answer["WWW-Authenticate"])

    @each(EXPIRED)
    def test_refuses_a_bearer_token_that_expired(self, make):
        self.refused(self.answer_to(make), 401, "token_expired", "Token has expired")

    @each(GOOD)
    def test_takes_a_bearer_token_with(self, make):
        self.given(self.answer_to(make))

    def test_there_are_fifty_and_more_forged_ones_and_no_two_alike(self):
        made = [make("0" * 64) for name, make in FORGED if "Twilio" not in name]
        self.assertGreater(len(set(made)), 50)
        self.assertEqual(len(set(made)), len(made))

    def test_where_type_and_life_are_set_they_must_be_right(self):
        with Worker(ROOMKEY_JWT_TOKEN_TYPE="access", ROOMKEY_JWT_MAX_HOURS="1") as worker:
            def answer(**changes):
                token = bearer(JANE, worker.secret, **({"iat": NOW, "exp": NOW + 3600} | changes))
                return worker.token(token=token)
            self.given(answer())
            for changes in ({"token_type": ...}, {"token_type": "refresh"}, {"iat": ...},
                            {"exp": NOW + 3601}, {"iat": NOW - 10}):
                self.refused(answer(**changes), 401, "invalid_token", "Invalid token")
