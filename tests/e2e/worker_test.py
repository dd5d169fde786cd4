"""One worker: FastCGI as nginx never speaks it, signals, configuration."""
import os
import signal
import socket
import subprocess
import threading
import time

from cases import Case, each
from clinic import JANE
from fastcgi import (ABORT, BEGIN, DATA, END, GET_VALUES, PARAMS, STDIN, STDOUT, begin, chunks,
                     fcgi_answer, fcgi_request, pair, record)
from stacks import shared_demo
from support import BIN, PATIENCE, told_by_proc, wait_until
from tokens import opened
from workers import Worker

PATH = "/api/appointments/video-token/47/"
ROOM = "/api/appointments/video-room/47/"


def good(worker):
    return fcgi_request(worker.params(user=JANE))


def params_of(worker, **changes):
    return b"".join(pair(*p) for p in worker.params(user=JANE, **changes).items())


# What is sent before the connection is closed.
BROKEN = [
    ("nothing, and closes", lambda w: b""),
    ("one byte, and closes", lambda w: b"\x01"),
    ("half a record head", lambda w: begin()[:5]),
    ("a beginning alone", lambda w: begin()),
    ("half the parameters", lambda w: good(w)[:200]),
    ("all but the last record", lambda w: begin() + record(PARAMS, params_of(w))),
    ("parameters that promise more than there is",
     lambda w: begin() + record(PARAMS, b"\xff\xff\xff\xff\x01x") + record(PARAMS)),
    ("a parameter cut off in its lengths",
     lambda w: begin() + record(PARAMS, params_of(w) + b"\x80\x00") + record(PARAMS)),
    ("a record longer than it is", lambda w: begin() + record(PARAMS, b"xx", length=65535)),
    ("another protocol", lambda w: b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("another version", lambda w: record(BEGIN, bytes(8), version=2) + good(w)),
    ("a record of an unknown kind first", lambda w: record(99, b"x" * 8) + good(w)),
    ("parameters before a beginning", lambda w: record(PARAMS, params_of(w)) + record(PARAMS)),
    ("an end of its own", lambda w: record(END, bytes(8)) + record(STDOUT, b"x")),
    ("an abort", lambda w: begin() + record(ABORT)),
    ("another role", lambda w: begin(role=2) + chunks(PARAMS, params_of(w))),
    ("a role that there is not", lambda w: begin(role=77) + chunks(PARAMS, params_of(w))),
    ("noise", lambda w: os.urandom(70000)),
    ("zeros", lambda w: bytes(70000)),
    ("a question for values",
     lambda w: record(GET_VALUES, pair("FCGI_MAX_CONNS", ""), 0) + good(w)),
    ("data that nobody asked for", lambda w: good(w)[:-8] + record(DATA, b"x") + record(STDIN)),
]


class Protocol(Case):
    def lives_on(self, worker):
        self.assertTrue(worker.alive(), worker.log())
        self.given(worker.token())

    @each(BROKEN)
    def test_lives_on_after(self, make):
        with Worker() as worker:
            self.given(worker.token())
            for _ in range(3):
                worker.send(make(worker), finish=True)
            self.lives_on(worker)
            self.assertEqual(worker.stop(), 0, worker.log())

    @each((str(size), size) for size in (1, 7, 64))
    def test_takes_a_request_in_pieces_of(self, size):
        with Worker() as worker, worker.connect() as connection:
            data = good(worker)
            for at in range(0, len(data), size):
                connection.sendall(data[at:at + size])
            self.given(fcgi_answer(connection.makefile("rb")))

    @each((name, name, status) for name, status in (
        ("REQUEST_METHOD", 405), ("DOCUMENT_URI", 404), ("HTTP_AUTHORIZATION", 401),
        ("QUERY_STRING", 200), ("CONTENT_TYPE", 200), ("CONTENT_LENGTH", 200),
        ("REMOTE_ADDR", 200), ("REQUEST_ID", 200)))
    def test_answers_without(self, name, status):
        with Worker() as worker:
            for change in ({name: None}, {name: ""}):
                answer = worker.get(PATH, JANE, **change)
                self.assertEqual(answer.status, status, answer)
            self.lives_on(worker)

    def test_answers_without_any_parameter(self):
        with Worker() as worker:
            self.refused(worker.send(fcgi_request({})), 404, "not_found")
            self.lives_on(worker)

    @each((f"{name} {what}", name, value) for name in (
        "REQUEST_METHOD", "DOCUMENT_URI", "HTTP_AUTHORIZATION", "QUERY_STRING", "CONTENT_LENGTH",
        "REQUEST_ID") for what, value in (
            ("with a NUL", b"a\0b"), ("not UTF 8", b"\xff\xfe\x80"), ("of 9 KiB", b"x" * 9216),
            ("of 60 KB", b"y" * 60000), ("with line ends", b"a\r\nSet-Cookie: x=1\r\n\r\nb"),
            ("with a minus", b"-1"), ("over 64 bits", b"99999999999999999999999")))
    def test_takes_any(self, name, value):
        with Worker() as worker:
            for method, path in (("GET", PATH), ("POST", ROOM)):
                answer = worker.ask(method, path, JANE, **{name: value})
                self.assertIn(answer.status, (200, 401, 404, 405), answer)
                self.assertIsNone(answer["Set-Cookie"])
                self.assertIsInstance(answer.json, dict)
            self.assertLess(max(map(len, worker.log().splitlines())), 1500)
            self.assertNotIn("\nSet-Cookie", worker.log())
            self.lives_on(worker)

    def test_a_request_id_that_is_not_nginxs_is_replaced(self):
        with Worker() as worker:
            for given in ("x y", "A" * 32, "f" * 65, "1\n2", ""):
                worker.get(PATH, JANE, REQUEST_ID=given)
            worker.get(PATH, JANE, REQUEST_ID="abc123")
            ids = [event["request_id"] for event in worker.granted()]
            self.assertEqual([len(one) for one in ids], [32] * 5 + [6])
            self.assertEqual(len(set(ids)), 6)

    def test_a_thousand_parameters_are_taken(self):
        with Worker() as worker:
            self.given(worker.get(PATH, JANE, **{f"HTTP_X_{n}": "v" * 50 for n in range(1000)}))
            self.lives_on(worker)

    def test_a_body_longer_than_its_length_says_is_judged_by_what_it_is(self):
        with Worker() as worker:
            for body, length, status in ((b"{}" + b" " * 100, "2", 200), (b"[1]", "0", 400),
                                         (b"x" * 70000, "2", 413), (b"x" * 70000, "", 413),
                                         (b"{}", "4097", 413), (b"{}", "x", 200)):
                answer = worker.post(ROOM, JANE, body=body, CONTENT_LENGTH=length)
                with self.subTest(length):
                    self.assertEqual(answer.status, status, answer)
            self.lives_on(worker)

    def test_lives_on_when_nobody_waits_for_the_answer(self):
        with Worker() as worker:
            for _ in range(20):
                with worker.connect() as connection:
                    connection.sendall(good(worker))
            self.lives_on(worker)

    def test_a_silent_peer_holds_it_for_a_while_only(self):
        with Worker() as worker, worker.connect(), worker.connect():
            self.given(worker.token())
            self.lives_on(worker)

    def test_a_peer_that_falls_silent_half_way_is_over_when_it_leaves(self):
        with Worker() as worker:
            with worker.connect() as connection:
                connection.sendall(good(worker)[:100])
                time.sleep(0.2)
            self.lives_on(worker)

    def test_the_first_answer_comes_soon_after_start(self):
        spent = []
        for _ in range(5):
            with Worker() as worker:
                worker.stop()
                os.unlink(worker.path)
                started = time.monotonic()
                worker.start()
                self.given(worker.token())
                spent.append(time.monotonic() - started)
        print(f"     start of a worker to its first token: {min(spent) * 1000:.0f} ms at best,"
              f" {sorted(spent)[2] * 1000:.0f} ms in the middle (as seen from Python)")
        self.assertLess(min(spent), 5)


class Signals(Case):
    def half_sent(self, worker):
        connection = worker.connect()
        data = good(worker)
        connection.sendall(data[:150])
        # In hand once another one has to wait; the worker sleeps in read() then.
        time.sleep(0.3)
        return connection, data[150:]

    @each([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT), ("SIGUSR1", signal.SIGUSR1)])
    def test_finishes_the_request_in_hand_and_exits_with_0_on(self, number):
        with Worker() as worker:
            connection, rest = self.half_sent(worker)
            with connection:
                worker.process.send_signal(number)
                time.sleep(0.3)
                self.assertTrue(worker.alive(), "it left in the middle of a request")
                connection.sendall(rest)
                self.given(fcgi_answer(connection.makefile("rb")))
            self.assertEqual(worker.process.wait(PATIENCE), 0)
            self.assertEqual(len(worker.granted()), 1)
            self.assertIn("event=stopped", worker.log())

    def test_an_idle_worker_exits_with_0_at_once(self):
        with Worker() as worker:
            self.given(worker.token())
            started = time.monotonic()
            self.assertEqual(worker.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)

    def test_a_worker_that_is_stopped_while_it_starts_exits_with_0_too(self):
        with Worker() as worker, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            worker.stop()
            os.unlink(worker.path)
            worker.settings["NOTIFY_SOCKET"] = str(worker.dir / "notify")
            systemd.bind(worker.settings["NOTIFY_SOCKET"])
            systemd.settimeout(PATIENCE)
            waiting = 0
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.setblocking(False)
                with self.assertRaises(BlockingIOError):  # full: the worker can't say READY=1
                    while waiting < 100000:
                        other.sendto(b"x", worker.settings["NOTIFY_SOCKET"])
                        waiting += 1
            worker.start()
            wait_until(lambda: "event=started" in worker.log().rpartition("event=stopped")[2],
                       "its first line")
            worker.process.terminate()
            time.sleep(0.2)
            self.assertTrue(worker.alive())
            while systemd.recv(100) != b"READY=1":
                continue
            self.assertEqual(worker.process.wait(PATIENCE), 0)

    def test_a_second_worker_takes_over_the_path_of_the_first(self):
        with Worker() as worker:
            worker.process.kill()
            worker.process.wait()
            worker.start()
            wait_until(lambda: worker.token() is not None, "an answer")
            self.given(worker.token())


class GivenSocket(Worker):
    """The listening socket is file descriptor 0, as systemd hands it over, and stays ours too."""

    def start(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(64)
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "roomkey-fcgi"], stdin=self.socket, stdout=log, stderr=log,
                env=self.settings | {"ROOMKEY_DB": str(self.db)})

    def stop(self):
        self.socket.close()
        return super().stop()


class ASharedSocket(Case):
    """systemd makes it blocking again with each worker that it starts, also with one that fails."""

    def answers_soon(self, worker):
        started = time.monotonic()
        with worker.connect() as connection:
            connection.settimeout(5)
            connection.sendall(good(worker))
            self.given(fcgi_answer(connection.makefile("rb")))
        self.assertLess(time.monotonic() - started, 1)

    def test_that_became_blocking_holds_no_request_until_the_next_comes(self):
        with GivenSocket() as worker:
            self.answers_soon(worker)
            for _ in range(3):
                worker.socket.setblocking(True)
                self.answers_soon(worker)

    def test_that_becomes_blocking_at_any_moment_holds_none_either(self):
        over = threading.Event()

        def meddle(listening):
            while not over.is_set():
                listening.setblocking(True)
        with GivenSocket() as worker:
            self.answers_soon(worker)
            meddler = threading.Thread(target=meddle, args=(worker.socket,))
            meddler.start()
            try:
                for _ in range(50):
                    self.answers_soon(worker)
            finally:
                over.set()
                meddler.join()


SECRET_WORDS = "do-not-show-this-anywhere"
# Variables, and the names that must stand in the faults.
FAULTS = [
    ("no key", {"ROOMKEY_JWT_SECRET": None}, ["ROOMKEY_JWT_SECRET"]),
    ("no public key", {"ROOMKEY_JWT_ALGORITHM": "RS256"}, ["ROOMKEY_JWT_PUBLIC_KEY_FILE"]),
    ("an unknown algorithm", {"ROOMKEY_JWT_ALGORITHM": "none"}, ["ROOMKEY_JWT_ALGORITHM"]),
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
