"""One worker and what it is configured with."""
import os
import subprocess

from cases import Case, each
from stacks import shared_demo
from support import BIN, PATIENCE, told_by_proc
from tokens import opened
from workers import Worker

SECRET_WORDS = "do-not-show-this-anywhere-in-any-place"
# Variables, and the names that must stand in the faults.
FAULTS = [
    ("no key", {"ROOMKEY_JWT_SECRET": None}, ["ROOMKEY_JWT_SECRET"]),
    ("no public key", {"ROOMKEY_JWT_ALGORITHM": "RS256"}, ["ROOMKEY_JWT_PUBLIC_KEY_FILE"]),
    ("an unknown algorithm", {"ROOMKEY_JWT_ALGORITHM": "none"}, ["ROOMKEY_JWT_ALGORITHM"]),
    ("a weak secret", {"ROOMKEY_JWT_SECRET": "k" * 31}, ["ROOMKEY_JWT_SECRET"]),
    ("a secret that is a JWK", {"ROOMKEY_JWT_SECRET": '{"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtbm9uZQ"}',
                                "ROOMKEY_JWT_WEAK_SECRET": "allow"}, ["ROOMKEY_JWT_SECRET"]),
    ("pseudonyms without a secret", {"ROOMKEY_IDENTITY": "pseudonym"},
     ["ROOMKEY_IDENTITY_SECRET"]),
    ("a short secret of pseudonyms", {"ROOMKEY_IDENTITY": "pseudonym",
                                      "ROOMKEY_IDENTITY_SECRET": "k" * 31},
     ["ROOMKEY_IDENTITY_SECRET"]),
    ("a life without end", {"ROOMKEY_JWT_MAX_HOURS": "forever"}, ["ROOMKEY_JWT_MAX_HOURS"]),
    ("a secret given twice", {"ROOMKEY_JWT_SECRET_FILE": "/dev/null"}, ["ROOMKEY_JWT_SECRET"]),
    ("a secret's file missing", {"TWILIO_API_SECRET": None,
                                 "TWILIO_API_SECRET_FILE": "/nonexistent"},
     ["TWILIO_API_SECRET_FILE"]),
    ("a key file that is none", {"ROOMKEY_JWT_ALGORITHM": "ES256",
                                 "ROOMKEY_JWT_PUBLIC_KEY_FILE": "/etc/hostname"},
     ["ROOMKEY_JWT_PUBLIC_KEY_FILE"]),
    ("a JWK set that is none", {"ROOMKEY_JWT_ALGORITHM": "ES256",
                                "ROOMKEY_JWT_JWKS_FILE": "/etc/hostname"},
     ["ROOMKEY_JWT_JWKS_FILE"]),
    ("everything wrong at once", {
        "ROOMKEY_JWT_SECRET": None, "ROOMKEY_JWT_LEEWAY_SECONDS": "soon",
        "ROOMKEY_JOIN_EARLY_MINUTES": "-1", "ROOMKEY_JOIN_LATE_MINUTES": "1.5",
        "ROOMKEY_AUDIT_SYNC": "never", "ROOMKEY_LOG_LEVEL": "loud", "TWILIO_REGION": "AU 1",
        "TWILIO_REGION_HEADER": "yes", "TWILIO_ROOMS": "later",
        "ROOMKEY_FRONTEND_URL": "ftp://example"},
     ["ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_LEEWAY_SECONDS", "ROOMKEY_JOIN_EARLY_MINUTES",
      "ROOMKEY_JOIN_LATE_MINUTES", "ROOMKEY_AUDIT_SYNC", "ROOMKEY_LOG_LEVEL", "TWILIO_REGION",
      "TWILIO_REGION_HEADER", "TWILIO_ROOMS", "ROOMKEY_FRONTEND_URL"]),
]


class Configuration(Case):
    def start_with(self, **changes):
        settings = {"ROOMKEY_JWT_SECRET": SECRET_WORDS, "TWILIO_API_SECRET": SECRET_WORDS} | changes
        return subprocess.run([BIN / "roomkey-fcgi", "--listen", "/nonexistent/socket"],
                              env={k: v for k, v in settings.items() if v is not None},
                              capture_output=True, text=True, timeout=PATIENCE)

    @each(FAULTS)
    def test_exits_with_78_and_names_each_variable_for(self, changes, names):
        done = self.start_with(**changes)
        self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual(sorted(line.split(":")[2].strip() for line in lines), sorted(names))
        self.assertTrue(all(line.startswith("roomkey: error: ") for line in lines))
        self.assertNotIn(SECRET_WORDS, done.stderr)

    def test_every_fault_of_an_environment_file_is_said_as_well(self):
        file = shared_demo().dir / "broken.env"
        file.write_text(f"ROOMKEY_LOG_LEVEL=loud\nthis is no variable {SECRET_WORDS}\n")
        done = subprocess.run([BIN / "roomkey-fcgi", "--env-file", file], env={}, text=True,
                              capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 78)
        self.assertIn("line 2", done.stderr)
        self.assertNotIn(SECRET_WORDS, done.stderr)

    def test_a_socket_that_cannot_be_made_is_an_error_in_words(self):
        done = self.start_with()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^roomkey: error: --listen: No such file or directory\n$")

    def test_without_a_listening_socket_it_says_so(self):
        done = subprocess.run([BIN / "roomkey-fcgi"], env={"ROOMKEY_JWT_SECRET": SECRET_WORDS},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("roomkey: hint: ", done.stderr)

    def test_secrets_come_from_files_and_credentials_as_well(self):
        folder = shared_demo().dir / "credentials"
        folder.mkdir()
        (folder / "twilio_api_secret").write_text("from-a-credential\n")
        secret = folder / "jwt"
        secret.write_text("from-a-file-of-32-bytes-or-more-and-more\n")
        with Worker(ROOMKEY_JWT_SECRET=None, ROOMKEY_JWT_SECRET_FILE=str(secret),
                    TWILIO_API_SECRET=None, CREDENTIALS_DIRECTORY=str(folder)) as worker:
            worker.settings["ROOMKEY_JWT_SECRET"] = secret.read_text().strip()
            answer = self.given(worker.token())
            opened(answer["access_token"], "from-a-credential")

    def test_no_secret_stays_in_the_environment_that_proc_shows(self):
        with Worker() as worker:
            self.given(worker.token())
            seen = told_by_proc(worker.process.pid)
            if os.geteuid() == 0:
                self.assertIn(b"TWILIO_ACCOUNT_SID", seen)  # so it is the environment that we see
            for name in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN",
                         "STREAM_API_SECRET"):
                self.assertNotIn(worker.settings[name].encode(), seen)
