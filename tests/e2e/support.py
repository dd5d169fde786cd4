"""What the end-to-end tests share: demos (nginx and both pools), single workers behind a FastCGI
client, an HTTP client that sends exactly what it is told, bearer tokens, and the test case."""
import base64
import functools
import hmac
import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BIN_DIR", ROOT / "build/release")).resolve()
SHORT = os.environ.get("E2E_SHORT") == "1"
PATIENCE = 60  # seconds until something that must happen counts as never happening
ORIGIN = "https://localhost:3000"
BROWSER = {"Origin": ORIGIN, "Cache-Control": "no-cache", "Pragma": "no-cache",
           "Accept": "application/json, text/plain, */*", "User-Agent": "Mozilla/5.0"}
MOST_ID = 2**63 - 1

ADMIN, JANE, SAM, MANAGER, INACTIVE, SARAH, SERVICE = 1, 2, 3, 4, 5, 19, 90
ROOMLESS, RULED, IN_PERSON, CLOSED_IN_PERSON, STAYS_ROOMLESS = 501, 502, 503, 504, 505
CANCELLED, COMPLETED, NO_SHOW, CONFIRMED, CLOSED_ROOMLESS = 401, 402, 403, 404, 405
FRESH = range(601, 610)  # without a room, one for each test that makes it


def utc(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def appointment(number, minutes=60, status="scheduled", kind="telehealth", room=True, start=None):
    return {"id": number, "patient_id": JANE, "psychologist_id": SARAH,
            "appointment_date": utc(start or time.time() + 600), "duration_minutes": minutes,
            "status": status, "session_type": kind,
            "video_room_id": f"apt-{number}-1763138954-46eb915c" if room else None}


def seed():
    people = [(ADMIN, "ada.admin", "admin"), (JANE, "jane.doe", "patient"),
              (SAM, "sam.stranger", "patient"), (MANAGER, "mo.manager", "practice_manager"),
              (INACTIVE, "ina.inactive", "patient"), (SARAH, "dr.sarah", "psychologist"),
              (SERVICE, "booking", "service")]
    return {
        "users": [{"id": number, "email": f"{name}@example.com",
                   "name": name.replace(".", " ").title(), "role": role,
                   "active": number != INACTIVE} for number, name, role in people],
        "appointments": [
            appointment(47), appointment(MOST_ID),
            *(appointment(minutes, minutes) for minutes in (15, 60, 200, 300)),
            appointment(CANCELLED, status="cancelled"), appointment(COMPLETED, status="completed"),
            appointment(NO_SHOW, status="no_show"), appointment(CONFIRMED, status="confirmed"),
            appointment(CLOSED_ROOMLESS, status="cancelled", room=False),
            appointment(IN_PERSON, kind="in_person", room=False),
            appointment(CLOSED_IN_PERSON, status="cancelled", kind="in_person", room=False),
            *(appointment(n, room=False) for n in (ROOMLESS, RULED, STAYS_ROOMLESS, *FRESH)),
        ]}


# --- Tokens -------------------------------------------------------------------------------------

def b64(data):
    data = data if isinstance(data, bytes) else data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(header, payload, secret, digest="sha256"):
    """A compact JWS over exactly these texts (or the JSON of these objects)."""
    parts = [b64(part if isinstance(part, (str, bytes)) else json.dumps(part))
             for part in (header, payload)]
    message = ".".join(parts)
    key = secret if isinstance(secret, bytes) else secret.encode()
    return message + "." + b64(hmac.new(key, message.encode(), digest).digest())


def claims(user, **changes):
    """A login's claims; a change to Ellipsis takes the claim out."""
    now = int(time.time())
    all_claims = {"token_type": "access", "exp": now + 3600, "iat": now,
                  "jti": secrets.token_hex(16), "user_id": user} | changes
    return {name: value for name, value in all_claims.items() if value is not ...}


def bearer(user, secret, header=None, **changes):
    return signed(header or {"alg": "HS256", "typ": "JWT"}, claims(user, **changes), secret)


def opened(token, secret):
    """Header and claims of an HS256 token; ValueError where the signature isn't right."""
    header, payload, signature = token.split(".")
    right = hmac.new(secret.encode(), f"{header}.{payload}".encode(), "sha256").digest()
    if b64(right) != signature:
        raise ValueError("wrong signature")
    return json.loads(unb64(header)), json.loads(unb64(payload))


# --- Answers ------------------------------------------------------------------------------------

class Answer:
    """One answer: status, headers as they came (a list, so doubles show) and body."""

    def __init__(self, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.first = first
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        self.status = int((self["Status"] or first.split(" ", 1)[1]).split()[0])
        self.body = body

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __getitem__(self, name):
        found = self.all(name)
        return found[0] if found else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return f"{self.first} {self.headers} {self.body[:300]!r}"


class Connection:
    """One TLS connection; `send` takes raw bytes, `receive` gives one answer."""

    def __init__(self, port, context, source=None):
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE,
                                         source_address=source and (source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname="localhost") if context else plain
        self.stream = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, method="GET"):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.stream.readline()
            if not line:
                raise ConnectionError(f"closed in the middle of an answer: {head!r}")
            head += line
        answer = Answer(head[:-4], b"")
        if method != "HEAD" and answer.status not in (204, 304):
            size = int(answer["Content-Length"])
            answer.body = self.stream.read(size)
            if len(answer.body) != size:
                raise ConnectionError("closed in the middle of a body")
        return answer

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# --- Stacks: a demo or a worker, each with a store, secrets and a log -----------------------------

running = []


def stop_all():
    while running:
        running[-1].close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def told_by_proc(pid):
    """What /proc says of a process to this user. A worker can't be dumped, so nobody but root sees its
    environment at all."""
    seen = Path(f"/proc/{pid}/cmdline").read_bytes()
    try:
        return seen + Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        if os.geteuid() == 0:
            raise
        return seen


def wait_until(true, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not (result := true()):
        if time.monotonic() > end:
            raise AssertionError(f"never happened: {what}")
        time.sleep(0.02)
    return result


def made_up_settings(**changes):
    """A whole configuration with fresh secrets; a change to None takes a variable out."""
    settings = {
        "ROOMKEY_JWT_SECRET": secrets.token_hex(32),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_API_KEY": "SK" + secrets.token_hex(16),
        "TWILIO_API_SECRET": secrets.token_urlsafe(24),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16), "TWILIO_REGION": "au1",
        # Nobody listens there: no test asks Twilio itself.
        "TWILIO_VIDEO_URL": "http://127.0.0.1:9", "TWILIO_API_URL": "http://127.0.0.1:9",
        "STREAM_API_KEY": secrets.token_hex(6), "STREAM_API_SECRET": secrets.token_hex(32),
        "ROOMKEY_FRONTEND_URL": "https://app.clinic.example",
        "ROOMKEY_LOG_LEVEL": "trace"} | changes
    return {name: value for name, value in settings.items() if value is not None}


class Stack:
    """What demo and worker have in common."""

    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-e2e-"))
        self.db = self.dir / "roomkey.db"
        running.append(self)

    @property
    def secret(self):
        return self.settings["ROOMKEY_JWT_SECRET"]

    def roomkey(self, *arguments, status=0, **changes):
        env = self.settings | {"ROOMKEY_DB": str(self.db)} | changes
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

    def connect(self, tls=True):
        return Connection(self.port, self.tls if tls else None)

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


# --- FastCGI: what nginx would send, and what it never would --------------------------------------

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES = range(1, 10)


def record(kind, content=b"", number=1, version=1, length=None):
    length = len(content) if length is None else length
    return struct.pack(">BBHHBx", version, kind, number, length, 0) + content


def pair(name, value):
    def size(data):
        return bytes([len(data)]) if len(data) < 128 else struct.pack(">I", len(data) | 1 << 31)
    name, value = (part if isinstance(part, bytes) else part.encode() for part in (name, value))
    return size(name) + size(value) + name + value


def begin(role=1):
    return record(BEGIN, struct.pack(">HB5x", role, 0))


def chunks(kind, content):
    parts = [record(kind, content[at:at + 65535]) for at in range(0, len(content), 65535)]
    return b"".join(parts) + record(kind)


def fcgi_request(params, body=b""):
    pairs = b"".join(pair(*p) for p in params.items())
    return begin() + chunks(PARAMS, pairs) + chunks(STDIN, body)


def fcgi_answer(stream):
    """The Answer on a connection, or None where it was closed without one."""
    output = b""
    while len(head := stream.read(8)) == 8:
        _, kind, _, length, padding = struct.unpack(">BBHHBx", head)
        content = stream.read(length + padding)[:length]
        if kind == STDOUT:
            output += content
        elif kind == END:
            break
    head, found, body = output.partition(b"\r\n\r\n")
    return Answer(b"CGI\r\n" + head, body) if found else None


@functools.cache
def seeded_store():
    """A store with seed(), made once and copied for each worker."""
    stack = Stack()
    stack.settings = {}
    stack.stop = lambda: None
    stack.fill(seed())
    return stack.db


class Worker(Stack):
    """One roomkey-fcgi with a socket of its own."""

    def __init__(self, db=None, **changes):
        super().__init__()
        self.settings = made_up_settings(**changes)
        (self.dir / "store").mkdir()
        self.db = db or Path(shutil.copy(seeded_store(), self.dir / "store/roomkey.db"))
        self.path = str(self.dir / "socket")
        self.process = None
        self.start()

    def start(self):
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "roomkey-fcgi", "--listen", self.path], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=self.settings | {"ROOMKEY_DB": str(self.db)})
        wait_until(lambda: os.path.exists(self.path) or not self.alive(), "the worker's socket")

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.alive():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the worker does not heed SIGTERM") from None

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        wait_until(lambda: connection.connect_ex(self.path) == 0, "the worker accepts")
        return connection

    def params(self, method="GET", path="/api/appointments/video-token/47/", user=None, token=None,
               body=b"", **changes):
        """As nginx sends them; a change to None takes one out."""
        params = {"HTTP_AUTHORIZATION": self.authorization(user, token), "REQUEST_METHOD": method,
                  "DOCUMENT_URI": path, "QUERY_STRING": "", "CONTENT_TYPE": "",
                  "CONTENT_LENGTH": str(len(body)) if body else "", "REMOTE_ADDR": "127.0.0.1",
                  "REQUEST_ID": secrets.token_hex(16)} | changes
        return {name: value for name, value in params.items() if value is not None}

    def ask(self, method, path, user=None, token=None, body=b"", **changes):
        params = self.params(method, path, user, token, body, **changes)
        return self.send(fcgi_request(params, body))

    def send(self, data, finish=False):
        with self.connect() as connection, connection.makefile("rb") as stream:
            try:
                connection.sendall(data)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
                return fcgi_answer(stream)
            except ConnectionError:
                return None

    def log(self):
        return (self.dir / "log").read_text(errors="replace")


# --- The test case --------------------------------------------------------------------------------

SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE FROM|BEGIN IMMEDIATE|COMMIT|PRAGMA)\b")


def each(rows):
    """One test for each row (a sentence and its arguments): its sentence ends the test's name."""
    def mark(method):
        method.rows = list(rows)
        return method
    return mark


def bound(method, arguments):
    return lambda self: method(self, *arguments)


class Case(unittest.TestCase):
    def __init_subclass__(cls):
        for name, method in list(vars(cls).items()):
            if not hasattr(method, "rows"):
                continue
            delattr(cls, name)
            for sentence, *arguments in method.rows:
                full = f"{name}_{re.sub(r'[^A-Za-z0-9]+', '_', sentence).strip('_')}"
                while hasattr(cls, full):
                    full += "_too"
                setattr(cls, full, bound(method, arguments))

    def refused(self, answer, status, code, text=None):
        """A refusal in the shape of the contract, and nothing given away."""
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertIsInstance(answer.json["error"], str)
        if text is not None:
            self.assertEqual(answer.json["error"], text)
        if code not in ("too_early", "too_late"):
            self.assertEqual(set(answer.json), {"error", "code"})
        self.assertNotIn(b"eyJ", answer.body)

    def given(self, answer):
        self.assertEqual(answer.status, 200, answer)
        return answer.json


def at_once(count, work):
    """Runs work(i) in `count` threads that start together; gives their results in order."""
    gate = threading.Barrier(count)
    results = [None] * count

    def run(i):
        gate.wait(PATIENCE)
        try:
            results[i] = work(i)
        except Exception as fault:  # for the test to see
            results[i] = fault
    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Load:
    """Clients that ask over and over, on kept connections, until the block ends."""

    def __init__(self, demo, make_request, clients=4):
        self.demo, self.make_request = demo, make_request
        self.answers, self.faults = [], []
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        connection = self.demo.connect()
        while not self.done.is_set():
            try:
                connection.send(self.make_request())
                answer = connection.receive()
                self.answers.append(answer)
                if answer["Connection"] == "close":
                    connection.close()
                    connection = self.demo.connect()
            except (OSError, ConnectionError) as fault:
                self.faults.append(repr(fault))
                connection = self.demo.connect()
        connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.answers or self.faults, "a first answer under load")
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()
