"""What the tests with a stand-in for LiveKit share: the stand-in itself, and demos that ask it."""
import base64
import contextlib
import functools
import hashlib
import hmac
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from urllib.parse import quote

from cases import Case
from clinic import JANE, SARAH, appointment
from live_support import later
from stacks import Demo, made_up_settings
from support import PATIENCE, ROOT, running

ROUTE = "/api/appointments/livekit-webhook/"
STATUS = "/api/appointments/video-status/{}/"
PARTICIPANT = "/api/appointments/video-participant/{}/{}/{}/"
JANE_THERE, SARAH_THERE = "2-jane.doe@example.com", "19-dr.sarah@example.com"
NUMBERS = range(701, 719)
next_number = functools.partial(next, iter(NUMBERS))


def room_of(number):
    return f"apt-{number}-1763138954-46eb915c"


class StandIn:
    """LiveKit, in a process of its own; ended with all demos."""

    def __init__(self):
        self.key, self.secret = "API" + secrets.token_hex(6), secrets.token_urlsafe(32)
        script = ROOT / "tests/support/livekit_stand_in.py"
        self.process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LIVEKIT_API_KEY": self.key,
                 "LIVEKIT_API_SECRET": self.secret})
        running.append(self)
        self.port = int(self.process.stdout.readline())

    @property
    def settings(self):
        return {"LIVEKIT_URL": "wss://video.clinic.example", "LIVEKIT_API_KEY": self.key,
                "LIVEKIT_API_SECRET": self.secret,
                "LIVEKIT_API_URL": f"http://127.0.0.1:{self.port}"}

    def close(self):
        running.remove(self)
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def tell(self, **order):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            method, body = ("POST", json.dumps(order)) if order else ("GET", None)
            connection.request(method, "/_control", body)
            return json.loads(connection.getresponse().read())

    def people(self, number):
        return list(self.tell()["rooms"][room_of(number)]["people"])


@functools.cache
def livekit():
    return StandIn()


def demo_with(**changes):
    # The appointments of the demo itself stay Twilio's: its start looks at such a token.
    demo = Demo(made_up_settings(**livekit().settings, **changes))
    (demo.dir / "livekit.json").write_text(json.dumps(
        {"appointments": [appointment(number) for number in NUMBERS]}))
    demo.roomkey("import", demo.dir / "livekit.json", ROOMKEY_PROVIDER="livekit")
    return demo


the_demo = functools.cache(demo_with)
demo_that_makes_rooms = functools.cache(functools.partial(demo_with, LIVEKIT_ROOMS="rest"))


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signature(body, key=None, secret=None, at=None, **changes):
    at = int(at or time.time())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": key or livekit().key, "nbf": at, "exp": at + 300, "sha256": digest} | changes
    head = part(b'{"alg":"HS256"}') + "." + part(json.dumps(claims).encode())
    mac = hmac.new((secret or livekit().secret).encode(), head.encode(), hashlib.sha256).digest()
    return head + "." + part(mac)


class Session:
    """One session of an appointment's room, as LiveKit tells of it."""

    def __init__(self, number, start=None):
        self.number, self.start = number, int(start or time.time() - 100)
        self.sid, self.room = "RM_" + secrets.token_hex(6), room_of(number)

    def event(self, name, after, **more):
        return {"event": name, "id": "EV_" + secrets.token_hex(6),
                "createdAt": str(self.start + after),
                "room": {"sid": self.sid, "name": self.room,
                         "creationTime": str(self.start)}} | more

    def person(self, change, after, identity, sid, since):
        return self.event(f"participant_{change}", after, participant={
            "sid": sid, "identity": identity, "joinedAt": str(self.start + since)})

    def story(self):
        return [self.event("room_started", 0),
                self.person("joined", 5, JANE_THERE, "PA_jane1", 5),
                self.person("joined", 20, SARAH_THERE, "PA_sarah", 20),
                self.event("track_published", 21, track={"sid": "TR_1"}),
                self.person("left", 40, JANE_THERE, "PA_jane1", 5),
                self.person("joined", 40, JANE_THERE, "PA_jane2", 40)]


def tell(demo, event, authorization=..., kind="application/webhook+json", body=None):
    body = json.dumps(event).encode() if body is None else body
    header = signature(body) if authorization is ... else authorization
    return demo.raw(demo.request("POST", ROUTE, body=body, headers={
        "Origin": None, "User-Agent": "LiveKit", "Content-Type": kind, "Authorization": header}))


class LivekitCase(Case):
    def setUp(self):
        self.demo = the_demo()
        livekit().tell(reset=True)

    def status(self, number):
        return self.given(self.demo.get(STATUS.format(number), JANE))

    def change(self, what, number, who):
        return self.demo.post(PARTICIPANT.format(number, quote(who, safe=""), what), SARAH)

    def later(self, number, seconds=6):
        later(self.demo, number, seconds)
