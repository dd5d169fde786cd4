"""One worker, and FastCGI as nginx never speaks it."""
import contextlib
import os
import time

from cases import Case, each
from clinic import JANE
from fastcgi import (ABORT, BEGIN, DATA, END, GET_VALUES, PARAMS, STDIN, STDOUT, begin, chunks,
                     fcgi_answer, fcgi_request, pair, record)
from workers import Worker

PATH = "/api/appointments/video-token/47/"
ROOM = "/api/appointments/video-room/47/"


def good(worker):
    return worker.request(user=JANE)


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
    ("parameters that together promise more than 4 GiB",
     lambda w: begin() + record(PARAMS, b"\xe0\0\0\0\xe0\0\0\0x") + record(PARAMS) + record(STDIN)),
    ("a parameter that promises all that a length can",
     lambda w: begin() + record(PARAMS, b"\xff\xff\xff\xfe\xff\xff\xff\xfe") + record(PARAMS) +
     record(STDIN)),
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

    @each((str(size), size) for size in (7, 64, 200))
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

    def test_whoever_says_half_a_request_or_none_holds_nobody_up(self):
        """Twice as many as a worker has room for."""
        with Worker() as worker, contextlib.ExitStack() as others:
            for number in range(128):
                other = others.enter_context(worker.connect())
                other.sendall(good(worker)[:number])
                if number in (10, 63):
                    self.given(worker.token())
            for _ in range(64):
                self.given(worker.token())
            self.lives_on(worker)

    def test_a_kept_connection_takes_one_request_after_the_other(self):
        with Worker(ROOMKEY_PERSON_RATE="off") as worker, worker.connect() as connection:
            stream = connection.makefile("rb")
            for number in range(100):
                body = b"{}" + b" " * number * 700
                status = 200 if len(body) <= 4096 else 413
                connection.sendall(worker.request("POST", ROOM, JANE, body=body, keep=True))
                self.assertEqual(fcgi_answer(stream).status, status)
                connection.sendall(worker.request(user=JANE, keep=True))
                self.given(fcgi_answer(stream))
            self.given(worker.token())  # beside it
            self.assertEqual(len(worker.granted()), 101)
            self.assertEqual(worker.stop(), 0)
            self.assertEqual(stream.read(), b"")

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
