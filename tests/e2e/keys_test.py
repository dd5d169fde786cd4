"""Keys of the clinic's login that change: secrets by a restart, key files while workers run."""
import datetime
import json
import os
import tempfile
from pathlib import Path

import jwt
from bearer_keys import jwk, key_for, pem
from cases import Case, each
from clinic import JANE
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from support import wait_until
from tokens import bearer, claims
from workers import Worker
ALGORITHM = "ES256"


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def certificate(key):
    """One that ended yesterday: what counts is its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "login.example")])
    now = datetime.datetime.utcnow()
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(),
                                   now - datetime.timedelta(9), now - datetime.timedelta(1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def key_set(*named):
    return json.dumps({"keys": [jwk(key, ALGORITHM, kid) for kid, key in named]})


class Keys(Case):
    def setUp(self):
        self.old, self.new = key_for(ALGORITHM), key_for(ALGORITHM)

    def worker(self, variable, content):
        """One whose key file holds `content`, at self.file."""
        worker = Worker(ROOMKEY_JWT_ALGORITHM=ALGORITHM, ROOMKEY_JWT_SECRET=None,
                        **{variable: str(self.put(content))})
        self.addCleanup(worker.close)
        return worker

    def put(self, content):
        if not hasattr(self, "file"):
            folder = tempfile.TemporaryDirectory(prefix="roomkey-e2e-keys-")
            self.addCleanup(folder.cleanup)
            self.file = Path(folder.name) / "keys"
        self.file.write_text(content)
        return self.file

    def replace(self, content):
        fresh = self.file.with_suffix(".new")
        fresh.write_text(content)
        os.rename(fresh, self.file)

    def ask(self, worker, key, kid=None):
        token = jwt.encode(claims(JANE), key, ALGORITHM, headers=kid and {"kid": kid})
        return worker.token(token=token).status

    def becomes(self, worker, status, key, kid=None):
        wait_until(lambda: self.ask(worker, key, kid) == status, f"{kid} is answered {status}", 10)

    @each([("put_in_place_whole", True), ("written_over", False)])
    def test_a_JWK_set_that_is(self, whole):
        put = self.replace if whole else self.put
        worker = self.worker("ROOMKEY_JWT_JWKS_FILE", key_set(("old", self.old)))
        self.assertEqual(self.ask(worker, self.old, "old"), 200)
        self.assertEqual(self.ask(worker, self.new, "new"), 401)
        put(key_set(("old", self.old), ("new", self.new)))
        self.becomes(worker, 200, self.new, "new")
        self.assertEqual(self.ask(worker, self.old, "old"), 200)
        put(key_set(("new", self.new)))
        self.becomes(worker, 401, self.old, "old")
        self.assertEqual(self.ask(worker, self.new, "new"), 200)
        self.assertTrue(worker.alive())

    def test_a_PEM_key_that_is_replaced_is_read(self):
        worker = self.worker("ROOMKEY_JWT_PUBLIC_KEY_FILE", pem(self.old).decode())
        self.assertEqual(self.ask(worker, self.old), 200)
        self.replace(pem(self.new).decode())
        self.becomes(worker, 200, self.new)
        self.assertEqual(self.ask(worker, self.old), 401)

    def test_a_set_that_is_broken_or_gone_keeps_the_keys_with_one_warning(self):
        worker = self.worker("ROOMKEY_JWT_JWKS_FILE", key_set(("old", self.old)))
        self.assertEqual(self.ask(worker, self.old, "old"), 200)
        broken = key_set(("new", self.new))[:-20]
        for spoil in (lambda: self.replace(broken), self.file.unlink):
            before = worker.log().count("event=bearer_keys_kept")
            spoil()

            def warnings():
                self.assertEqual(self.ask(worker, self.old, "old"), 200)
                return worker.log().count("event=bearer_keys_kept") - before
            wait_until(warnings, "a warning", 10)
            for _ in range(20):
                self.assertEqual(warnings(), 1)
        self.assertNotIn(str(self.file.parent), worker.log())
        self.put(key_set(("new", self.new)))
        self.becomes(worker, 200, self.new, "new")

    def test_a_set_without_keys_refuses_everybody_until_it_has_some(self):
        worker = self.worker("ROOMKEY_JWT_JWKS_FILE", key_set(("old", self.old)))
        self.assertEqual(self.ask(worker, self.old, "old"), 200)
        self.assertEqual(worker.get("/readyz").json["checks"]["bearer_keys"], "ok")
        self.replace('{"keys": []}')
        self.becomes(worker, 401, self.old, "old")
        answer = worker.get("/readyz")
        self.assertEqual((answer.status, answer.json["checks"]["bearer_keys"]),
                         (503, "none: every token is refused"))
        self.assertIn("event=bearer_keys_none", worker.log())
        self.put(key_set(("new", self.new)))
        self.becomes(worker, 200, self.new, "new")
        self.assertEqual(worker.get("/readyz").status, 200)

    def test_keys_under_one_kid_are_each_tried_and_an_equal_one_is_no_fault(self):
        named = [("login", self.old), ("login", self.new), ("login", self.old)]
        worker = self.worker("ROOMKEY_JWT_JWKS_FILE", key_set(*named))
        for key in (self.old, self.new):
            self.assertEqual(self.ask(worker, key, "login"), 200)
            self.assertEqual(self.ask(worker, key, "other"), 401)
        self.assertEqual(self.ask(worker, key_for(ALGORITHM), "login"), 401)

    @each([("a certificate", certificate), ("a private key", private_pem)])
    def test_takes_the_public_key_of(self, written):
        worker = self.worker("ROOMKEY_JWT_PUBLIC_KEY_FILE", written(self.old).decode())
        self.assertEqual(self.ask(worker, self.old), 200)
        self.assertEqual(self.ask(worker, self.new), 401)
        self.assertIn("event=bearer_keys_remark", worker.log())
        self.assertIn(written.__name__.split("_")[0], worker.log())

    @each([("line_feed", b"\n"), ("carriage_return", b"\r"), ("both", b"\r\n")])
    def test_a_binary_secret_ends_in_a(self, end):
        secret = os.urandom(32) + b"\xff\0" + end
        file = self.put("")
        file.write_bytes(secret)
        with Worker(ROOMKEY_JWT_SECRET=None, ROOMKEY_JWT_SECRET_FILE=str(file)) as worker:
            for key, status in ((secret, 200), (secret[:-1], 401), (secret + b"\n", 401)):
                token = jwt.encode(claims(JANE), key, "HS256")
                self.assertEqual(worker.token(token=token).status, status)

    def test_secrets_are_changed_by_way_of_the_previous_one(self):
        before, after = "b" * 64, "a" * 64
        steps = [({"ROOMKEY_JWT_SECRET": before}, (200, 401)),
                 ({"ROOMKEY_JWT_SECRET": after, "ROOMKEY_JWT_PREVIOUS_SECRET": before}, (200, 200)),
                 ({"ROOMKEY_JWT_SECRET": after}, (401, 200))]
        with Worker(ROOMKEY_JWT_SECRET=before) as worker:
            for settings, wanted in steps:
                worker.stop()
                os.unlink(worker.path)
                worker.settings = {name: value for name, value in worker.settings.items()
                                   if not name.startswith("ROOMKEY_JWT_")} | settings
                worker.start()
                got = tuple(worker.token(token=bearer(JANE, secret)).status
                            for secret in (before, after))
                self.assertEqual(got, wanted)
                self.assertEqual(worker.token(token=bearer(JANE, "n" * 64)).status, 401)
