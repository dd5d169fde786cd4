"""A store with secrets and a log, and what stands on it: demos, which are nginx and both pools."""
import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import tempfile
from pathlib import Path

import stores
from answers import Connection
from clinic import JANE, appointment, seed
from support import BIN, ORIGIN, PATIENCE, ROOT, free_port, running
from tokens import bearer


def made_up_settings(**changes):
    """A whole configuration with fresh secrets; a change to None takes a variable out."""
    settings = {
        "ROOMKEY_JWT_SECRET": secrets.token_hex(32),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_API_KEY": "SK" + secrets.token_hex(16),
        "TWILIO_API_SECRET": secrets.token_urlsafe(24),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16), "TWILIO_REGION": "au1",
        # Nobody listens there: no test asks Twilio or Stream itself.
        "TWILIO_VIDEO_URL": "http://127.0.0.1:9", "TWILIO_API_URL": "http://127.0.0.1:9",
        "STREAM_API_URL": "http://127.0.0.1:9",
        "STREAM_API_KEY": secrets.token_hex(6), "STREAM_API_SECRET": secrets.token_hex(32),
        "ROOMKEY_FRONTEND_URL": "https://app.clinic.example",
        # A test asks as one and the same person, as often as it likes.
        "ROOMKEY_PERSON_RATE": "off",
        "ROOMKEY_LOG_LEVEL": "trace"} | changes
    return {name: value for name, value in settings.items() if value is not None}


def other_providers(**changes):
    """All but Twilio and Stream. Nobody listens at the addresses that LiveKit and Janus are asked at."""
    return {"LIVEKIT_URL": "wss://live.clinic.example", "LIVEKIT_API_KEY": "APIclinic",
            "LIVEKIT_API_SECRET": secrets.token_urlsafe(32),
            "LIVEKIT_API_URL": "http://127.0.0.1:9",
            "JITSI_DOMAIN": "meet.clinic.example", "JITSI_APP_ID": "roomkey",
            "JITSI_APP_SECRET": secrets.token_hex(32),
            "JANUS_URL": "wss://video.clinic.example/janus",
            "JANUS_TOKEN_SECRET": secrets.token_hex(32), "JANUS_ADMIN_KEY": secrets.token_hex(32),
            "JANUS_API_URL": "http://127.0.0.1:9/janus",
            "ROOMKEY_TOKEN_TEMPLATE_FILE": str(ROOT / "tests/support/template.json"),
            "ROOMKEY_TOKEN_KEY": secrets.token_hex(32)} | changes


ELSEWHERE = {801: "livekit", 802: "jitsi", 803: "janus", 804: "custom"}


def fill_elsewhere(stack):
    """An appointment at each of the other providers, none of which has been anywhere else."""
    stack.fill({"appointments": [appointment(number) | {"video_provider": provider}
                                 for number, provider in ELSEWHERE.items()]})


class Stack:
    """What demo and worker have in common."""

    def __init__(self):
        stores.begin()
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-e2e-"))
        self.db = self.dir / "roomkey.db"
        running.append(self)

    @property
    def secret(self):
        return self.settings["ROOMKEY_JWT_SECRET"]

    def roomkey(self, *arguments, status=0, **changes):
        env = stores.SETTINGS | self.settings | {"ROOMKEY_DB": str(self.db)} | changes
        done = subprocess.run([BIN / "roomkey", *map(str, arguments)], text=True, timeout=PATIENCE,
                              env=env, capture_output=True)
        if done.returncode != status:
            raise AssertionError(f"roomkey {arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def fill(self, content):
        """Appointments without a room stay so: their tests make them, or want to see none."""
        (self.dir / "seed.json").write_text(json.dumps(content))
        self.roomkey("db", "migrate", ROOMKEY_ROOMS="asked")
        self.roomkey("import", self.dir / "seed.json", ROOMKEY_ROOMS="asked")

    def events(self, *arguments):
        lines = self.roomkey("--json", "audit", "list", *arguments).splitlines()
        return [json.loads(line) for line in lines]

    def granted(self, *arguments):
        return [event for event in self.events(*arguments) if event["outcome"] == "granted"]

    def bearer(self, user, **changes):
        return bearer(user, self.secret, **changes)

    def get(self, path, user=None, **options):
        return self.ask("GET", path, user, **options)

    def post(self, path, user=None, **options):
        return self.ask("POST", path, user, **options)

    def token(self, number=47, user=JANE, **options):
        return self.get(f"/api/appointments/video-token/{number}/", user, **options)

    def authorization(self, user, token):
        token = self.bearer(user) if token is None and user is not None else token
        return None if token is None else f"Bearer {token}"

    def close(self):
        try:
            self.stop()
            stores.removed(self)
        finally:
            running.remove(self)
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Demo(Stack):
    """nginx and both pools, started by demo/demo.sh as `make demo` does."""

    def __init__(self, settings=None, rate_limit="off", workers=2, start=True, port=None):
        super().__init__()
        self.root = ROOT
        self.port = port or free_port()
        self.variables = {"PATH": os.environ["PATH"], "BIN_DIR": str(BIN),
                          "DEMO_DIR": str(self.dir), "DEMO_PORT": str(self.port),
                          "DEMO_WORKERS": str(workers), "DEMO_RATE_LIMIT": rate_limit}
        if stores.ON_POSTGRESQL:
            self.db = stores.emptied()
            settings = (settings or made_up_settings()) | stores.SETTINGS | {"ROOMKEY_DB": self.db}
        if settings is not None:
            lines = [f"{name}={value}\n" for name, value in settings.items()]
            (self.dir / "roomkey.env").write_text("".join(lines))
        if start:
            try:
                self.start()
                self.fill(seed())
            except BaseException:
                self.close()
                raise

    def script(self, command):
        # Not pipes: should something be left running, it must not hold us.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.Popen([self.root / "demo/demo.sh", command], env=self.variables,
                                    stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT)
            try:
                status = done.wait(2 * PATIENCE)
            except BaseException:
                done.terminate()  # so that it clears up behind itself
                done.wait()
                raise
            output.seek(0)
            return status, output.read()

    def start(self):
        status, output = self.script("start")
        if status != 0:
            raise AssertionError(f"the demo did not start: {output}")
        return output

    def stop(self):
        status, output = self.script("stop")
        if status != 0:
            raise AssertionError(f"the demo did not stop: {output}")
        return output

    @functools.cached_property
    def settings(self):
        lines = (self.dir / "roomkey.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")

    @functools.cached_property
    def tls(self):
        return ssl.create_default_context(cafile=self.dir / "tls/cert.pem")

    def connect(self, tls=True, port=None):
        return Connection(port or self.port, self.tls if tls else None)

    def request(self, method, path, user=None, token=None, headers=None, body=b""):
        """The bytes of one request, from a page of ORIGIN; a header with value None is left out."""
        lines = {"Host": f"localhost:{self.port}", "Origin": ORIGIN,
                 "Authorization": self.authorization(user, token)}
        if body or method == "POST":
            lines["Content-Length"] = str(len(body))
        lines |= headers or {}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode("utf-8", "surrogateescape") + body

    def ask(self, method, path, user=None, **options):
        with self.connect() as connection:
            connection.send(self.request(method, path, user, **options))
            return connection.receive(method)

    def raw(self, data, tls=True):
        with self.connect(tls) as connection:
            connection.send(data)
            return connection.receive()

    def workers(self, pool="token"):
        leader = (self.dir / f"{pool}.pid").read_text().strip()
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        return [int(pid) for pid in children]

    def kill_pool(self, pool):
        leader = int((self.dir / f"{pool}.pid").read_text())
        for pid in (leader, *self.workers(pool)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def processes(self):
        """Whatever runs in this demo's folder or names it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                named = str(self.dir).encode() in (process / "cmdline").read_bytes()
                if named or Path(os.readlink(process / "cwd")).is_relative_to(self.dir):
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def log(self):
        files = sorted((self.dir / "log").iterdir())
        return "".join(file.read_text(errors="replace") for file in files)


@functools.cache
def tried_once():
    try:
        return Demo(made_up_settings())
    except Exception as fault:
        return fault


def shared_demo():
    """One for all tests that only ask; rate limit off, every log line written."""
    demo = tried_once()
    if isinstance(demo, Exception):
        raise AssertionError(f"no demo, no test: {demo}")
    return demo
