"""What the tests with a stand-in for Twilio share: the stand-in itself, and demos that ask it."""
import base64
import contextlib
import functools
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import stores
from cases import Case
from clinic import JANE, SARAH, appointment
from stacks import Demo, made_up_settings
from support import PATIENCE, ROOT, running

STATUS = "/api/appointments/video-status/{}/"
ROOM = "/api/appointments/video-room/{}/"
PARTICIPANTS = "/api/appointments/video-participants/{}/"
PARTICIPANT = "/api/appointments/video-participant/{}/{}/"
CALLBACK = "https://video.clinic.example/api/appointments/twilio-status-callback/"
JANE_THERE, SARAH_THERE = "2-jane.doe@example.com", "19-dr.sarah@example.com"
OURS = "live-test"  # the User-Agent of what is asked here, to tell it from what roomkey asks
ROOMS, ROOMLESS = range(901, 1001), range(1001, 1031)  # appointments, one or a few for each test
next_room = functools.partial(next, iter(ROOMS))
next_roomless = functools.partial(next, iter(ROOMLESS))
PAUSE = 5  # seconds between two questions about one room
LONGEST = 6.5  # seconds that a status may take


def room_of(number):
    return f"apt-{number}-1763138954-46eb915c"


class StandIn:
    """Twilio, in a process of its own; ended with all demos."""

    def __init__(self):
        self.account, self.key = "AC" + secrets.token_hex(16), "SK" + secrets.token_hex(16)
        self.secret = secrets.token_urlsafe(24)
        script = ROOT / "tests/support/twilio_stand_in.py"
        self.process = subprocess.Popen([sys.executable, script], env=self.settings | {
            "PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        running.append(self)
        self.port, self.control_port = map(int, self.process.stdout.readline().split())

    @property
    def settings(self):
        return {"TWILIO_ACCOUNT_SID": self.account, "TWILIO_API_KEY": self.key,
                "TWILIO_API_SECRET": self.secret}

    @property
    def basic(self):
        return base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def close(self):
        running.remove(self)
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def ask(self, port, method, path, body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"User-Agent": OURS} | headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        if answer.status >= 300:
            raise AssertionError(f"the stand-in says {answer.status}: {content}")
        return content

    def tell(self, **order):
        return self.ask(self.control_port, "POST", "/_control", json.dumps(order))

    def seen(self, method=None, part=""):
        """What roomkey asked, in its order."""
        state = self.ask(self.control_port, "GET", "/_control", None)
        return [one for one in state["requests"] if one["agent"] != OURS and part in one["path"]
                and method in (None, one["method"])]

    def questions(self, number):
        """How often roomkey asked for this appointment's room."""
        return sum(one["path"] == "/v1/Rooms/" + room_of(number) for one in self.seen("GET"))

    def create(self, name):
        """Makes a room as the first who comes does."""
        form = urlencode({"UniqueName": name, "Type": "group"})
        return self.ask(self.port, "POST", "/v1/Rooms", form, Authorization=f"Basic {self.basic}")

    def join(self, room, identity, status="connected"):
        order = {"room": room, "identity": identity, "status": status}
        return self.tell(join=order)["participant"]

    def rooms(self, name):
        state = self.ask(self.control_port, "GET", "/_control", None)
        return [room for room in state["rooms"] if room["unique_name"] == name]

    def status(self, participant):
        state = self.ask(self.control_port, "GET", "/_control", None)
        return next(one["status"] for one in state["participants"]
                    if one["sid"] == participant["sid"])


@functools.cache
def twilio():
    return StandIn()


def settings(**changes):
    url = f"http://127.0.0.1:{twilio().port}"
    every = {"TWILIO_VIDEO_URL": url, "TWILIO_API_URL": url,
             "STREAM_API_KEY": secrets.token_hex(6), "STREAM_API_SECRET": secrets.token_hex(32)}
    return made_up_settings(**(every | twilio().settings | changes))


@functools.cache
def demo_with(**changes):
    demo = Demo(settings(**changes))
    demo.fill({"appointments": [*(appointment(n) for n in ROOMS),
                                *(appointment(n, room=False) for n in ROOMLESS)]})
    return demo


def ad_hoc_demo():
    return demo_with()


def rest_demo():
    return demo_with(TWILIO_ROOMS="rest", TWILIO_MEDIA_REGION="au1",
                     TWILIO_STATUS_CALLBACK_URL=CALLBACK)


def later(demo, number, seconds=PAUSE + 1):
    """Lets the pause go by without waiting for it."""
    stores.change(demo, "UPDATE room_answers SET asked_at = asked_at - ? WHERE appointment_id = ?",
                  seconds, number)


def as_of_earlier(demo, number, seconds=60):
    """The store's last answer about the room is so much older."""
    [(session,)] = stores.rows(demo, "SELECT session FROM room_answers WHERE appointment_id = ?", number)
    session = json.loads(session)
    session["as_of"] -= seconds
    stores.change(demo, "UPDATE room_answers SET session = ? WHERE appointment_id = ?",
                  json.dumps(session), number)


def timed(work):
    started = time.monotonic()
    result = work()
    return result, time.monotonic() - started


class LiveCase(Case):
    def setUp(self):
        self.demo = self.make_demo()  # its first token is asked for when it starts
        twilio().tell(reset=True)

    def tearDown(self):
        twilio().tell(reset=True)

    @staticmethod
    def make_demo():
        return ad_hoc_demo()

    def status(self, number, user=JANE):
        return self.given(self.demo.get(STATUS.format(number), user))

    def room(self, number, user=SARAH):
        return self.demo.post(ROOM.format(number), user)

    def change(self, what, number, who, user=SARAH):
        path = PARTICIPANT.format(number, quote(who, safe="")) + what + "/"
        return self.demo.post(path, user)

    def changes(self, number):
        """What was done about people in the appointment's room, by whom and to whom."""
        return [(event["action"], event["user_id"], event["reason"])
                for event in self.demo.events("--appointment", number)
                if event["outcome"] == "changed"]
