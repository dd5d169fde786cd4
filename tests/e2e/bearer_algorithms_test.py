"""Bearer tokens of every algorithm, with real keys; issuer, audience, leeway."""
import base64
import json
import time

import jwt

from bearer_keys import jwk, key_for, pem
from cases import Case, each
from clinic import JANE
from stacks import shared_demo
from tokens import b64, bearer, claims, signed
from workers import Worker

PUBLIC = ["RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"]


class Algorithms(Case):
    def made(self, key, algorithm, kid=None, **changes):
        return jwt.encode(claims(JANE, **changes), key, algorithm, headers=kid and {"kid": kid})

    def configured(self, algorithm, **changes):
        return Worker(ROOMKEY_JWT_ALGORITHM=algorithm, **changes)

    @each((name, name) for name in ("HS256", "HS384", "HS512"))
    def test_a_secret_serves(self, algorithm):
        with self.configured(algorithm) as worker:
            self.given(worker.token(token=self.made(worker.secret, algorithm)))
            self.refused(worker.token(token=self.made("x" * 64, algorithm)), 401, "invalid_token")
            for other in {"HS256", "HS384", "HS512"} - {algorithm}:
                self.refused(worker.token(token=self.made(worker.secret, other)),
                             401, "invalid_token")
            self.given(worker.token(token=worker.roomkey("bearer", JANE).strip()))

    @each((name, name) for name in PUBLIC)
    def test_a_PEM_public_key_serves(self, algorithm):
        key = key_for(algorithm)
        file = shared_demo().dir / f"{algorithm}.pem"
        file.write_bytes(pem(key))
        with self.configured(algorithm, ROOMKEY_JWT_SECRET=None,
                             ROOMKEY_JWT_PUBLIC_KEY_FILE=str(file)) as worker:
            good = self.made(key, algorithm)
            self.given(worker.token(token=good))
            message, signature = good.rsplit(".", 1)
            turned = bytearray(base64.urlsafe_b64decode(signature + "=="))
            turned[5] ^= 1
            confused = signed({"alg": "HS256", "typ": "JWT"}, claims(JANE), pem(key))
            named = signed({"alg": algorithm, "typ": "JWT"}, claims(JANE), pem(key))
            for forged in (self.made(key_for(algorithm), algorithm), f"{message}.", confused, named,
                           f"{message}.{b64(bytes(turned))}"):
                self.refused(worker.token(token=forged), 401, "invalid_token")

    @each((name, name) for name in PUBLIC)
    def test_a_JWK_set_serves_by_kid(self, algorithm):
        old, new, strange = (key_for(algorithm) for _ in range(3))
        file = shared_demo().dir / f"{algorithm}.jwks"
        file.write_text(json.dumps({"keys": [
            {"kty": "oct", "kid": "old", "k": b64("x" * 64)}, {"kty": "unheard-of"},
            jwk(old, algorithm, "old"), jwk(new, algorithm, "new"),
            jwk(strange, algorithm, "for-encryption") | {"use": "enc"}]}))
        with self.configured(algorithm, ROOMKEY_JWT_SECRET=None,
                             ROOMKEY_JWT_JWKS_FILE=str(file)) as worker:
            for key, kid in ((old, "old"), (new, "new"), (old, None), (new, None)):
                self.given(worker.token(token=self.made(key, algorithm, kid)))
            for key, kid in ((old, "new"), (new, "old"), (new, "unknown"), (new, " "),
                             (strange, "new"), (strange, None), (strange, "for-encryption")):
                with self.subTest(kid):
                    self.refused(worker.token(token=self.made(key, algorithm, kid)),
                                 401, "invalid_token")

    def test_the_previous_secret_is_taken_while_keys_are_rotated(self):
        before, others = "b" * 64, "c" * 64
        with Worker(ROOMKEY_JWT_PREVIOUS_SECRET=before) as worker:
            for secret in (worker.secret, before):
                self.given(worker.token(token=bearer(JANE, secret)))
            self.refused(worker.token(token=bearer(JANE, others)), 401, "invalid_token")
            made = worker.roomkey("bearer", JANE).strip()
            self.assertEqual(jwt.decode(made, worker.secret, ["HS256"])["user_id"], JANE)

    def test_issuer_and_audience_must_match_where_set(self):
        with Worker(ROOMKEY_JWT_ISSUER="https://login.example",
                    ROOMKEY_JWT_AUDIENCE="video") as worker:
            right = {"iss": "https://login.example", "aud": "video"}
            for change in ({}, {"aud": ["other", "video"]}):
                self.given(worker.token(token=worker.bearer(JANE, **right | change)))
            for change in ({"iss": ...}, {"iss": "https://login.example/"}, {"iss": None},
                           {"iss": ["https://login.example"]}, {"aud": ...}, {"aud": "vide"},
                           {"aud": []}, {"aud": ["other"]}, {"aud": {"video": 1}}, {"aud": None}):
                with self.subTest(change):
                    token = worker.bearer(JANE, **right | change)
                    self.refused(worker.token(token=token), 401, "invalid_token")
            self.given(worker.token(token=worker.roomkey("bearer", JANE).strip()))

    def test_leeway_and_user_claim_are_as_configured(self):
        with Worker(ROOMKEY_JWT_LEEWAY_SECONDS="600", ROOMKEY_JWT_USER_CLAIM="sub") as worker:
            now = int(time.time())
            good = {"sub": "2", "user_id": ...}
            for change in ({}, {"exp": now - 300}, {"nbf": now + 300}, {"iat": now + 300}):
                self.given(worker.token(token=worker.bearer(JANE, **good | change)))
            for change, code in (({"exp": now - 601}, "token_expired"),
                                 ({"nbf": now + 900}, "invalid_token"),
                                 ({"sub": ..., "user_id": 2}, "invalid_token")):
                self.refused(worker.token(token=worker.bearer(JANE, **good | change)), 401, code)
