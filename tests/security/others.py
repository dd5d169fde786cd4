"""Who does no harm and wants a token: what they see while somebody attacks, against what they saw
before."""
import collections
import itertools
import statistics
import time

from clinic import SARAH, appointment

PEOPLE = range(5001, 5101)  # each with an appointment of that number
QUIET, BUSY = 2.5, 4  # seconds
PAUSE = 0.003  # of all of them together, between two tokens
MOST = 3  # times the quiet p99

Seen = collections.namedtuple("Seen", "p99 count refused")


class Told:
    def __init__(self, quiet, busy):
        self.quiet, self.busy = quiet, busy
        self.times = busy.p99 / quiet.p99
        self.held = self.times <= MOST and not busy.refused and not quiet.refused

    def __str__(self):
        refused = f", **{self.busy.refused} of {self.busy.count} refused**" if self.busy.refused else ""
        return (f"{1000 * self.quiet.p99:.1f} ms, then {1000 * self.busy.p99:.1f} ms: "
                f"{self.times:.1f} times{refused}")


def people():
    """For Demo.fill()."""
    return {"users": [{"id": one, "email": f"p{one}@example.com", "name": f"P {one}",
                       "role": "patient"} for one in PEOPLE],
            "appointments": [appointment(one) | {"patient_id": one, "psychologist_id": SARAH}
                             for one in PEOPLE]}


class Others:
    """All of them behind one address."""

    def __init__(self, demo, address="198.51.100.7"):
        self.demo = demo
        self.requests = itertools.cycle(
            [demo.request("GET", f"/api/appointments/video-token/{one}/", one,
                          headers={"X-Forwarded-For": address}) for one in PEOPLE])
        self.connections = collections.deque([None] * 4)

    def fetch(self):
        """Seconds and status of one token."""
        connection = self.connections.popleft() or self.demo.connect()
        started = time.perf_counter()
        connection.send(next(self.requests))
        answer = connection.receive()
        spent = time.perf_counter() - started
        if answer["Connection"] == "close":
            connection.close()
            connection = None
        self.connections.append(connection)
        return spent, answer.status

    def ask(self, seconds):
        for _ in range(20):  # the first warm up and don't count
            self.fetch()
        spent, refused, end = [], 0, time.monotonic() + seconds
        while time.monotonic() < end:
            took, status = self.fetch()
            spent.append(took)
            refused += status != 200
            time.sleep(PAUSE)
        return Seen(statistics.quantiles(spent, n=100)[-1], len(spent), refused)

    def beside(self, attack):
        """What they see while the context manager `attack` is entered. Where that was too slow, once
        more: a machine has moments of its own."""
        for _ in range(2):
            quiet = self.ask(QUIET)
            with attack():
                time.sleep(0.3)
                told = Told(quiet, self.ask(BUSY))
            if told.held:
                break
        return told
