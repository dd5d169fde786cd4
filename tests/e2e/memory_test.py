"""What a worker gives away of its secrets to whoever reads its memory (root), its cores and /proc:
counted byte by byte, after it has served a hundred requests."""
import contextlib
import json
import os
import resource
import secrets
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

from cases import Case, each
from clinic import JANE, SARAH
from live_support import StandIn
from stacks import ELSEWHERE, Demo, fill_elsewhere, made_up_settings, other_providers
from support import BIN, PATIENCE, ROOT, told_by_proc, wait_until
from tokens import bearer
from workers import Worker

SECRETS = ("ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET", "TWILIO_API_SECRET",
           "TWILIO_AUTH_TOKEN", "STREAM_API_SECRET", "LIVEKIT_API_SECRET", "JITSI_APP_SECRET",
           "JANUS_TOKEN_SECRET", "JANUS_ADMIN_KEY", "ROOMKEY_TOKEN_KEY")
# An HMAC key is kept by OpenSSL for the next message. The API secret is Twilio's password as well,
# LiveKit's signs three ways (tokens, requests, webhooks), Janus's two (tokens, requests).
KEPT = dict.fromkeys(SECRETS, 1) | {"TWILIO_API_SECRET": 2, "LIVEKIT_API_SECRET": 3,
                                    "JANUS_TOKEN_SECRET": 2}
PIECE = 12  # so many bytes of a secret, anywhere, count as a piece of it
NOBODY = 65534
SANITIZED = b"__asan_init" in (BIN / "roomkey-fcgi").read_bytes()
REMOVE = "/api/appointments/video-participant/47/2-jane.doe@example.com/remove/"
CALLBACK = "/api/appointments/twilio-status-callback/"
WEBHOOK = "/api/appointments/livekit-webhook/"
MOST = (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2


class Source(Worker):
    """A worker that has its secrets from `source`, and may always write a core, into `cwd`."""

    def __init__(self, source="environment", user=None, deaf="", overriding=None, names=SECRETS,
                 **changes):
        self.source, self.user, self.deaf, self.overriding = source, user, deaf, overriding or {}
        self.names = names
        super().__init__(**{"ROOMKEY_JWT_PREVIOUS_SECRET": secrets.token_hex(32),
                            "TWILIO_STATUS_CALLBACK_URL": f"https://clinic.example{CALLBACK}",
                            "ROOMKEY_LOG_LEVEL": "warn", "ROOMKEY_PERSON_RATE": "off",
                            **other_providers()} | changes)

    def start(self):
        arguments, variables = [], self.settings | {"ROOMKEY_DB": str(self.db)}
        if self.source in ("env-file", "large env-file"):
            lines = [f"{name}={value}\n" for name, value in variables.items()]
            comment = ["# " + "-" * 97 + "\n"] * (500 if self.source == "large env-file" else 0)
            (self.dir / "env").write_text("".join(lines + comment))
            arguments, variables = ["--env-file", self.dir / "env"], self.overriding
        elif self.source != "environment":
            files = {name: self.dir / name.lower() for name in self.names}
            for name, file in files.items():
                file.write_text(variables.pop(name) + "\n")
                if self.source == "files":
                    variables[f"{name}_FILE"] = str(file)
            if self.source == "credentials":
                variables["CREDENTIALS_DIRECTORY"] = str(self.dir)
        if self.deaf:
            variables["LD_PRELOAD"] = str(self.dir / "deaf.so")
            subprocess.run(["cc", "-shared", "-fPIC", "-o", self.dir / "deaf.so", "-xc", "-"],
                           input=self.deaf.encode(), check=True)
        program = BIN / "roomkey-fcgi"
        if self.user:  # who may not be let into the folder of the sources
            program = shutil.copy(program, self.dir)
            template = "ROOMKEY_TOKEN_TEMPLATE_FILE"
            variables[template] = shutil.copy(variables[template], self.dir)
            for path in (self.dir, *self.dir.rglob("*")):
                os.chown(path, self.user, self.user)
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [program, "--listen", self.path, *arguments], env=variables,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir, user=self.user,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, MOST))
        wait_until(lambda: os.path.exists(self.path) or not self.alive(), "the worker's socket")

    def serve(self, times=100):
        """What touches a secret: right, wrong and previous key, all providers, callbacks."""
        fill_elsewhere(self)
        previous = self.settings["ROOMKEY_JWT_PREVIOUS_SECRET"]
        for _ in range(times):
            answers = [self.token(), self.token(token=bearer(JANE, previous)),
                       self.token(token=self.bearer(JANE)[:-4] + "AAAA"),
                       self.post("/api/video-call/token/", JANE, body=b"{}"),
                       self.post(CALLBACK, body=b"a=b", HTTP_X_TWILIO_SIGNATURE="AAAA",
                                 CONTENT_TYPE="application/x-www-form-urlencoded"),
                       self.post(WEBHOOK, token=bearer(JANE, "x" * 32), body=b"{}",
                                 CONTENT_TYPE="application/webhook+json"),
                       *map(self.token, ELSEWHERE)]
            wanted = [200, 200, 401, 200, 403, 403] + [200] * len(ELSEWHERE)
            if [answer.status for answer in answers] != wanted:
                raise AssertionError(answers)

    def memory(self):
        return memory_of(self.process.pid)


def memory_of(pid):
    """Every piece of memory that the worker can write to (and the stack, and the heap)."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps.splitlines():
            span, rights, *_ = line.split()
            if rights.startswith("rw"):
                begin, end = (int(edge, 16) for edge in span.split("-"))
                memory.seek(begin)
                yield memory.read(end - begin)


def places(text, part):
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def counted(blocks, secret):
    """How many whole copies, and how many pieces outside of them."""
    whole, pieces = 0, set()
    for number, block in enumerate(blocks):
        copies = list(places(block, secret))
        whole += len(copies)
        for offset in range(0, len(secret) - PIECE + 1, 2):
            for at in places(block, secret[offset:offset + PIECE]):
                if not any(copy <= at < copy + len(secret) for copy in copies):
                    pieces.add((number, (at - offset) // 8))
    return whole, len(pieces)


def padded(secret, byte):
    """What HMAC hashes first: as good as the secret itself."""
    return bytes(one ^ byte for one in secret)


@unittest.skipUnless(os.geteuid() == 0, "only root can read a worker's memory")
@unittest.skipIf(SANITIZED, "the sanitizers' memory is too large to be read")
class Memory(Case):
    @each([("an environment file", "env-file"), ("a large one", "large env-file"),
           ("the environment", "environment"), ("files", "files"), ("credentials", "credentials")])
    def test_keeps_no_copy_but_those_it_needs_of_secrets_from(self, source):
        with Source(source) as worker:
            worker.serve()
            blocks = list(worker.memory())
            for name in SECRETS:
                secret = worker.settings[name].encode()
                self.assertEqual(counted(blocks, secret), (KEPT[name], 0), name)
                for byte in (0x36, 0x5c):
                    self.assertEqual(counted(blocks, padded(secret, byte)), (0, 0), name)

    def test_a_pool_has_nothing_of_what_only_the_other_needs(self):
        with Demo(made_up_settings(**other_providers(JANUS_API_URL=None))) as demo:
            for pool, sees in (("token", 0), ("room", 1)):
                for pid in demo.workers(pool):
                    blocks = list(memory_of(pid))
                    for name in ("TWILIO_AUTH_TOKEN", "JANUS_ADMIN_KEY"):
                        copies = sees * KEPT[name]
                        self.assertEqual(counted(blocks, demo.settings[name].encode()),
                                         (copies, 0), f"{name} in the {pool} pool")

    @each([("a file", "files"), ("a credential", "credentials")])
    def test_keeps_no_piece_of_the_pem_of_a_private_key_from(self, source):
        pem = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                              "rsa_keygen_bits:2048"], capture_output=True, check=True, text=True).stdout
        with Source(source, names=(*(name for name in SECRETS if name != "JITSI_APP_SECRET"),
                                   "JITSI_PRIVATE_KEY"),
                    JITSI_APP_SECRET=None, JITSI_PRIVATE_KEY=pem,
                    JITSI_KEY_ID="vpaas-magic-cookie-abc/123") as worker:
            worker.serve()
            blocks = list(worker.memory())
            for line in pem.splitlines()[1:-1]:
                self.assertEqual(counted(blocks, line.encode()), (0, 0))

    def test_keeps_nothing_of_secrets_that_were_overridden(self):
        overriding = {name: secrets.token_hex(32) for name in SECRETS}
        with Source("env-file", overriding=overriding) as worker:
            old = worker.settings
            worker.settings = old | overriding
            worker.serve(10)
            blocks = list(worker.memory())
            for name in SECRETS:
                self.assertEqual(counted(blocks, overriding[name].encode()), (KEPT[name], 0), name)
                self.assertEqual(counted(blocks, old[name].encode()), (0, 0), name)

    def test_asking_twilio_leaves_no_copy_but_those_that_libcurl_holds(self):
        stand_in = StandIn()
        url = f"http://127.0.0.1:{stand_in.port}"
        with contextlib.closing(stand_in), Source(
                "env-file", TWILIO_VIDEO_URL=url, TWILIO_API_URL=url,
                **stand_in.settings) as worker:
            for _ in range(80):
                self.given(worker.post(REMOVE, SARAH))
            self.assertGreaterEqual(len(stand_in.seen()), 80)
            blocks = list(worker.memory())
            whole, pieces = counted(blocks, stand_in.secret.encode())
            # The HMAC key, and what libcurl (7.88: four times) holds as long as it lives.
            self.assertEqual(pieces, 0)
            self.assertLessEqual(whole, 5)
            self.assertGreaterEqual(whole, 2)
            self.assertEqual(counted(blocks, stand_in.basic.encode()), (0, 0))


# Takes the worker's own words to the kernel away, to see what each of them is worth.
DEAF = {"setrlimit": "int setrlimit(int what, const void *to) { return 0; }",
        "prctl": "int prctl(int what, ...) { return 0; }"}


@unittest.skipIf(SANITIZED, "the sanitizers have their own way to die")
class Core(Case):
    def core_of(self, number, *deaf):
        """Whether a worker that may write a core, and can't hear itself say `deaf`, leaves one."""
        with Source(deaf="".join(DEAF[word] for word in deaf)) as worker:
            self.given(worker.token())
            worker.process.send_signal(number)
            self.assertEqual(worker.process.wait(PATIENCE), -number)
            return any(file.name.startswith("core") for file in worker.dir.iterdir())

    @each([("SIGSEGV", signal.SIGSEGV), ("SIGABRT", signal.SIGABRT)])
    def test_leaves_no_core_however_large_it_may_be_on(self, number):
        if not self.core_of(number, "setrlimit", "prctl"):
            self.skipTest("this machine writes no core file into the working directory")
        for deaf in ((), ("setrlimit",), ("prctl",)):
            self.assertFalse(self.core_of(number, *deaf), f"without {deaf}")


@unittest.skipUnless(os.geteuid() == 0, "only root can see what a worker hides from its own user")
class Proc(Case):
    def test_others_of_its_user_see_neither_its_memory_nor_its_environment(self):
        with Source(user=NOBODY) as worker:
            self.given(worker.token())
            proc = f"/proc/{worker.process.pid}"
            for name in ("mem", "environ", "maps", "auxv"):
                self.assertEqual(Path(proc, name).stat().st_uid, 0, name)
                done = subprocess.run(["/bin/cat", f"{proc}/{name}"], user=NOBODY, env={},
                                      capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (1, ""), name)
                self.assertIn("Permission denied", done.stderr)
            done = subprocess.run(["/bin/cat", "/proc/self/environ"], user=NOBODY, env={"A": "1"},
                                  capture_output=True)
            self.assertEqual(done.stdout, b"A=1\0", "so that cat is able to")

    @each([("the environment", "environment"), ("files", "files"), ("credentials", "credentials"),
           ("an environment file", "env-file")])
    def test_neither_environ_nor_cmdline_shows_a_secret_from(self, source):
        with Source(source) as worker:
            self.given(worker.token())
            seen = told_by_proc(worker.process.pid)
            self.assertIn(b"roomkey-fcgi", seen)
            for name in SECRETS:
                self.assertNotIn(worker.settings[name].encode()[:PIECE], seen, name)
