"""What the faults share: a load of every kind of request, what its clients saw, and the audit's
promise: tokens that left less events that tell of them is never more than nothing."""
import collections
import contextlib
import itertools
import os
import random
import sqlite3
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import callback_support  # noqa: E402
from clinic import JANE, SARAH, SERVICE, appointment  # noqa: E402
from stacks import Demo, made_up_settings  # noqa: E402
from support import wait_until  # noqa: E402

SHORT = os.environ.get("CHAOS_SHORT") == "1"
SECONDS = 3 if SHORT else 10  # how long a fault lasts
BUSY = range(7001, 7021)  # appointments that the load plays with
JSON = {"Content-Type": "application/json"}
# One line an answer: when it was asked and answered (monotonic), kind, status, request id.
Seen = collections.namedtuple("Seen", "asked answered kind status id token code")


def settings(**changes):
    return made_up_settings(TWILIO_STATUS_CALLBACK_URL=callback_support.URL,
                            ROOMKEY_LOG_LEVEL="info", **changes)


@contextlib.contextmanager
def demo(workers=2, **changes):
    with Demo(settings(**changes), workers=workers) as made:
        made.fill({"appointments": [appointment(number) for number in BUSY]})
        yield made


def kinds(made):
    """A maker of requests for each kind: what a clinic's day asks for."""
    sequence = itertools.count()
    session = callback_support.Session(BUSY[0])
    any_one = random.Random(7)

    def get(path, user):
        return made.request("GET", f"/api/appointments/{path}/{any_one.choice(BUSY)}/", user)

    def callback():
        event = session.event(next(sequence), "track-added", 1)
        return callback_support.delivery(made, event)

    def stream():
        return made.request("POST", "/api/video-call/token", JANE, body=b"{}", headers=JSON)

    def room():
        return made.request("POST", f"/api/appointments/video-room/{any_one.choice(BUSY)}/", SARAH)

    def sync():
        body = b'{"email":"jane.doe@example.com","name":"Jane Doe","role":"patient"}'
        return made.request("PUT", f"/api/users/{JANE}/", SERVICE, body=body, headers=JSON | {
            "Content-Length": str(len(body))})

    return {"token": lambda: get("video-token", JANE),
            "refresh": lambda: get("video-token-refresh", SARAH),
            "appointment": lambda: made.request("GET", f"/api/appointments/{BUSY[1]}/", JANE),
            "status": lambda: get("video-status", SARAH), "room": room, "stream": stream,
            "callback": callback, "sync": sync}


class Load:
    """Clients that ask over and over until the block ends, `pause` seconds after each answer; one for
    each kind and `more` for tokens."""

    def __init__(self, made, only=None, more=2, pause=0):
        self.made, self.pause = made, pause
        self.seen, self.lost = [], []
        self.over = threading.Event()
        makers = kinds(made)
        names = [name for name in makers if only is None or name in only]
        names += [name for name in names if name == "token"] * more
        self.threads = [threading.Thread(target=self.run, args=(name, makers[name]))
                        for name in names]

    def run(self, kind, make):
        connection = None
        while not self.over.is_set():
            asked = time.monotonic()
            try:
                connection = connection or self.made.connect()
                connection.send(make())
                answer = connection.receive()
                self.take(asked, kind, answer)
                if answer["Connection"] == "close":
                    connection.close()
                    connection = None
                time.sleep(self.pause)
            except (OSError, ConnectionError, IndexError, ValueError) as fault:
                self.lost.append((kind, repr(fault)))
                if connection is not None:
                    with contextlib.suppress(OSError):
                        connection.close()
                connection = None
                time.sleep(0.01)
        if connection is not None:
            connection.close()

    def take(self, asked, kind, answer):
        body = answer.json if answer.body else {}
        token = body.get("access_token") or (kind == "stream" and body.get("token"))
        self.seen.append(Seen(asked, time.monotonic(), kind, answer.status, answer["X-Request-Id"],
                              bool(token), body.get("code")))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: len(self.seen) > 20, "the load runs")
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    @property
    def tokens(self):
        return [one for one in self.seen if one.token]

    @property
    def failed(self):
        return [one for one in self.seen if one.status >= 500]

    def seconds_until_normal(self, since):
        """After the fault's end: until the last failure that was asked for later."""
        late = [one.answered - since for one in self.failed if one.answered > since]
        return max(late, default=0)


def unheard(made, load, stores=()):
    """Tokens that left without an event in the store (or in one of `stores`)."""
    events = set()
    for file in (made.db, *stores):
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
            events.update(row[0] for row in store.execute(
                "SELECT request_id FROM audit WHERE outcome = 'granted'"))
    return [one for one in load.tokens if one.id not in events]


def statuses(load):
    """`7120 x 200, 31 x 503`"""
    counted = collections.Counter(one.status for one in load.seen)
    words = [f"{count} x {status}" for status, count in sorted(counted.items())]
    if load.lost:
        words.append(f"{len(load.lost)} connections lost")
    return ", ".join(words)
