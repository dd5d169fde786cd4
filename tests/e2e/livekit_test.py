"""LiveKit's rooms through nginx: tokens, webhooks in any order, removal, and a server that is away
or lies."""
import base64
import contextlib
import functools
import hashlib
import hmac
import http.client
import json
import os
import random
import secrets
import sqlite3
import subprocess
import sys
import time
from urllib.parse import quote

from cases import Case, each
from clinic import JANE, SARAH, appointment, utc
from stacks import Demo, made_up_settings
from support import PATIENCE, ROOT, running

ROUTE = "/api/appointments/livekit-webhook/"
STATUS = "/api/appointments/video-status/{}/"
PARTICIPANT = "/api/appointments/video-participant/{}/{}/{}/"
JANE_THERE, SARAH_THERE = "2-jane.doe@example.com", "19-dr.sarah@example.com"
NUMBERS = range(701, 715)
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


@functools.cache
def the_demo():
    # The appointments of the demo itself stay Twilio's: its start looks at such a token.
    demo = Demo(made_up_settings(**livekit().settings))
    (demo.dir / "livekit.json").write_text(json.dumps(
        {"appointments": [appointment(number) for number in NUMBERS]}))
    demo.roomkey("import", demo.dir / "livekit.json", ROOMKEY_PROVIDER="livekit")
    return demo


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

    def later(self, number):
        with contextlib.closing(sqlite3.connect(self.demo.db, timeout=PATIENCE)) as store, store:
            store.execute("UPDATE room_answers SET asked_at = asked_at - 6"
                          " WHERE appointment_id = ?", (number,))


class Tokens(LivekitCase):
    def test_a_token_holds_the_contract_s_claims_and_no_others(self):
        number = next_number()
        given = self.given(self.demo.token(number))
        self.assertEqual((given["provider"], given["region"], given["connect"]),
                         ("livekit", None, {"url": "wss://video.clinic.example"}))
        header, payload, _ = (base64.urlsafe_b64decode(one + "==")
                              for one in given["access_token"].split("."))
        claims = json.loads(payload)
        self.assertEqual(json.loads(header)["alg"], "HS256")
        self.assertEqual(set(claims), {"iss", "sub", "name", "nbf", "exp", "video"})
        self.assertEqual((claims["iss"], claims["sub"], claims["name"]),
                         (livekit().key, JANE_THERE, "Jane Doe"))
        self.assertEqual(claims["video"], {
            "room": room_of(number), "roomJoin": True, "canPublish": True, "canSubscribe": True,
            "canPublishData": True})
        self.assertEqual(utc(claims["exp"]), given["expires_at"])
        self.assertEqual(claims["exp"] - claims["nbf"], given["expires_in"])

    def test_check_asks_livekit(self):
        said = self.demo.roomkey("check", status=1)
        self.assertIn("LiveKit accepts the API key with its secret (ListRooms)", said)
        self.assertNotIn(livekit().secret, said)
        said = self.demo.roomkey("check", status=1, LIVEKIT_API_SECRET=secrets.token_urlsafe(32))
        self.assertIn("LiveKit refuses LIVEKIT_API_KEY with LIVEKIT_API_SECRET", said)
        said = self.demo.roomkey("check", "--offline", status=1, LIVEKIT_URL="")
        self.assertIn("LIVEKIT_URL is not set", said)


class Webhooks(LivekitCase):
    def test_the_state_comes_out_right_in_any_order_and_with_repeats(self):
        wanted = None
        for seed in range(3):
            session = Session(next_number())
            events = session.story() * 2
            if seed:
                random.Random(seed).shuffle(events)
            for event in events:
                answer = self.given(tell(self.demo, event))
                self.assertEqual((answer["status"], answer["event"]), ("received", event["event"]))
            livekit().tell(fault="away")
            seen = self.status(session.number)
            self.assertEqual((seen["status"], seen["source"], seen["room_sid"],
                              seen["participants_count"], seen["patient_connected"]),
                             ("in-progress", "callback", session.sid, 2, True))
            people = [(one["sid"], one["status"], one["duration"])
                      for one in seen["participants"]]
            self.assertCountEqual(people, [("PA_jane1", "disconnected", 35),
                                           ("PA_sarah", "connected", None),
                                           ("PA_jane2", "connected", None)])
            wanted = wanted or people
            self.assertEqual(people, wanted)
            self.given(tell(self.demo, session.event("room_finished", 60)))
            self.assertEqual(self.status(session.number)["status"], "completed")

    @each([
        ("forged", lambda body: {"authorization": signature(body, secret="x" * 40)}),
        ("unsigned", lambda body: {"authorization": None}),
        ("signed_by_another_key", lambda body: {"authorization": signature(body, key="APIother")}),
        ("of_long_ago", lambda body: {"authorization": signature(body, at=time.time() - 500)}),
        ("signed_for_another_body", lambda body: {"authorization": signature(body + b" ")}),
    ])
    def test_what_livekit_did_not_say_is_refused(self, change):
        session = Session(NUMBERS[-1])
        body = json.dumps(session.story()[0]).encode()
        self.refused(tell(self.demo, None, body=body, **change(body)), 403, "bad_signature")
        self.assertEqual(self.status(session.number)["status"], "pending")

    def test_what_is_too_large_or_none_of_ours_changes_nothing(self):
        body = json.dumps(Session(NUMBERS[-1]).event("room_started", 0, more="x" * 17000)).encode()
        self.refused(tell(self.demo, None, body=body), 413, "payload_too_large")
        self.refused(tell(self.demo, Session(NUMBERS[-1]).story()[0], kind="application/json"),
                     400, "bad_request")
        foreign = Session(999999)
        self.given(tell(self.demo, foreign.story()[1]))
        self.assertEqual(self.status(NUMBERS[-1])["status"], "pending")
        bearer = self.demo.bearer(JANE)
        self.refused(tell(self.demo, foreign.story()[1], authorization=f"Bearer {bearer}"),
                     403, "bad_signature")


class Removal(LivekitCase):
    def test_who_was_removed_is_put_out_and_again_when_back_with_the_old_token(self):
        number = next_number()
        join = {"room": room_of(number), "identity": JANE_THERE}
        first = livekit().tell(join=join)
        seen = self.status(number)
        self.assertEqual((seen["source"], seen["room_sid"], seen["participants_count"]),
                         ("provider", first["room_sid"], 1))
        removed = self.given(self.change("remove", number, JANE_THERE))
        self.assertEqual((removed["at_provider"], livekit().people(number)), ("removed", []))
        self.refused(self.demo.token(number), 403, "removed")
        livekit().tell(join=join)
        session = Session(number)
        session.sid = first["room_sid"]
        self.given(tell(self.demo, session.person("joined", 90, JANE_THERE, "PA_back", 90)))
        self.assertEqual(livekit().people(number), [])

    def test_a_room_that_livekit_forgot_is_over(self):
        number = next_number()
        livekit().tell(join={"room": room_of(number), "identity": JANE_THERE})
        self.assertEqual(self.status(number)["status"], "in-progress")
        livekit().tell(reset=True)
        with contextlib.closing(sqlite3.connect(self.demo.db, timeout=PATIENCE)) as store, store:
            store.execute("UPDATE room_answers SET asked_at = asked_at - 60, session ="
                          " json_set(session, '$.as_of', json_extract(session, '$.as_of') - 60)"
                          " WHERE appointment_id = ?", (number,))
        seen = self.status(number)
        self.assertEqual((seen["status"], seen["participants_count"]), ("completed", 0))

    def test_a_server_that_is_away_or_lies_is_not_believed(self):
        number = next_number()
        for fault in ("html", "away", "another"):
            with self.subTest(fault):
                livekit().tell(fault=fault)
                self.later(number)
                self.assertEqual(self.status(number)["status"], "pending")
        livekit().tell(fault="html")
        answer = self.given(self.change("remove", number, JANE_THERE))
        self.assertEqual(answer["at_provider"], "pending")
