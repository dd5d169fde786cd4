"""What Twilio's REST API is asked and told, with a stand-in in its place: who is in a room, rooms
made by it, people put out and let in again; and what becomes of all that while it is away."""
import base64
import calendar
import contextlib
import functools
import http.client
import itertools
import json
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from urllib.parse import quote, urlencode

from cases import Case, each
from clinic import ADMIN, CANCELLED, JANE, MANAGER, SAM, SARAH, SERVICE, appointment
from load import Load, at_once
from stacks import Demo, made_up_settings
from support import PATIENCE, ROOT, running
from workers import Worker

STATUS = "/api/appointments/video-status/{}/"
ROOM = "/api/appointments/video-room/{}/"
PARTICIPANTS = "/api/appointments/video-participants/{}/"
PARTICIPANT = "/api/appointments/video-participant/{}/{}/"
CALLBACK = "https://video.clinic.example/api/appointments/twilio-status-callback/"
JANE_THERE, SARAH_THERE = "2-jane.doe@example.com", "19-dr.sarah@example.com"
OURS = "live-test"  # the User-Agent of what is asked here, to tell it from what roomkey asks
ROOMS, ROOMLESS = range(901, 951), range(951, 981)  # appointments, one or a few for each test
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
    with contextlib.closing(sqlite3.connect(demo.db, timeout=PATIENCE)) as store, store:
        store.execute("UPDATE room_answers SET asked_at = asked_at - ? WHERE appointment_id = ?",
                      (seconds, number))


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


# --- Rooms that roomkey makes -------------------------------------------------------------------

def creations():
    return [one["form"] for one in twilio().seen("POST") if one["path"] == "/v1/Rooms"]


class RestRooms(LiveCase):
    @staticmethod
    def make_demo():
        return rest_demo()

    def test_are_made_for_two_at_once_and_as_configured(self):
        answer = self.room(number := next_roomless())
        self.assertEqual(answer.status, 201, answer)
        name = answer.json["room_name"]
        [form] = creations()
        self.assertEqual(form, {
            "UniqueName": name, "Type": "group", "MaxParticipants": "2", "EmptyRoomTimeout": "15",
            "UnusedRoomTimeout": "30", "MediaRegion": "au1", "StatusCallback": CALLBACK,
            "StatusCallbackMethod": "POST"})
        [made] = twilio().rooms(name)
        self.assertEqual((answer.json["room_sid"], answer.json["status"]),
                         (made["sid"], "in-progress"))
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["source"]),
                         (made["sid"], "in-progress", "provider"))
        again = self.room(number, JANE)
        self.assertEqual((again.status, again.json["room_sid"]), (200, made["sid"]))
        self.assertEqual(len(creations()), 1)

    def test_are_made_with_the_token_for_who_only_booked(self):
        number = next_roomless()
        put = json.dumps({"patient_id": JANE, "psychologist_id": SARAH, "duration_minutes": 60,
                          "appointment_date": "2030-01-01T09:00:00Z"}).encode()
        answer = self.demo.ask("PUT", f"/api/appointments/{number}/", SERVICE, body=put)
        self.assertEqual((answer.status, creations()), (200, []))
        jane = self.given(self.demo.token(number, JANE))
        [form] = creations()
        self.assertEqual(form["UniqueName"], jane["room_name"])
        refresh = f"/api/appointments/video-token-refresh/{number}/"
        for answer in (self.demo.get(refresh, SARAH), self.demo.post(refresh, SARAH)):
            self.assertEqual(self.given(answer)["room_name"], jane["room_name"])
        self.assertEqual(len(creations()), 1)
        tokens = [e["action"] for e in self.demo.granted("--appointment", number)]
        self.assertEqual(tokens, ["video_room", "video_token"] + ["video_token_refresh"] * 2)
        self.refused(self.demo.token(number, SAM), 403, "permission_denied")

    def test_a_token_is_given_though_twilio_is_away(self):
        self.room(number := next_roomless())
        later(self.demo, number, 60)
        twilio().tell(fault={"mode": "away"})
        self.given(self.demo.token(number, JANE))

    def test_leave_region_and_callback_to_twilio_where_there_are_none(self):
        without = settings(TWILIO_ROOMS="rest", TWILIO_MEDIA_REGION=None)
        with Worker(**without) as worker:
            worker.fill({"appointments": [appointment(701, room=False)]})
            self.assertEqual(worker.post(ROOM.format(701), JANE).json["status"], "in-progress")
        [form] = creations()
        self.assertEqual(set(form), {"UniqueName", "Type", "MaxParticipants", "EmptyRoomTimeout",
                                     "UnusedRoomTimeout"})

    def test_16_at_once_make_one(self):
        number = next_roomless()
        answers = at_once(16, lambda i: self.room(number, [JANE, SARAH, MANAGER, ADMIN][i % 4]))
        faults = [answer for answer in answers if isinstance(answer, Exception)]
        self.assertEqual(faults, [])
        self.assertEqual(sorted(answer.status for answer in answers), [200] * 15 + [201])
        self.assertEqual(len({answer.json["room_name"] for answer in answers}), 1)
        self.assertEqual(len(creations()), 1)
        [made] = twilio().rooms(answers[0].json["room_name"])
        told = {answer.json["room_sid"] for answer in answers} - {None}
        self.assertEqual(told, {made["sid"]})

    def test_the_room_that_is_there_already_will_do(self):
        made = twilio().create(room_of(number := next_room()))
        answer = self.room(number)  # 53113, Room exists
        self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                         (200, made["sid"], "in-progress"))
        self.assertEqual([one["status"] for one in twilio().seen()], [400, 200])

    def test_are_made_by_whoever_asks_once_twilio_is_back(self):
        numbers = [next_roomless(), next_roomless()]
        twilio().tell(fault={"mode": "away"})
        for number in numbers:
            answer, spent = timed(lambda: self.room(number))
            self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                             (201, None, "pending"))
            self.assertLess(spent, LONGEST)
            self.given(self.demo.token(number))
        twilio().tell(fault=None)
        for number in numbers:
            self.assertEqual(self.status(number)["status"], "pending")  # asked a moment ago
        time.sleep(PAUSE + 0.5)
        self.assertEqual(self.status(numbers[0])["status"], "in-progress")
        self.assertEqual(self.room(numbers[1]).json["status"], "in-progress")
        self.assertEqual(len(creations()), 2)

    def test_are_made_again_when_the_session_is_over(self):
        first = self.room(number := next_roomless()).json
        twilio().tell(end=first["room_sid"])
        later(self.demo, number)
        with contextlib.closing(sqlite3.connect(self.demo.db, timeout=PATIENCE)) as store, store:
            store.execute("UPDATE room_answers SET session = json_set(session, '$.as_of',"
                          " json_extract(session, '$.as_of') - 60) WHERE appointment_id = ?",
                          (number,))
        self.assertEqual(self.status(number)["status"], "completed")
        later(self.demo, number)
        second = self.room(number).json
        self.assertEqual((second["room_name"], second["status"]),
                         (first["room_name"], "in-progress"))
        self.assertNotEqual(second["room_sid"], first["room_sid"])

    def test_are_not_made_for_a_closed_appointment_by_looking_at_it(self):
        self.assertEqual(self.status(CANCELLED)["status"], "pending")
        self.assertEqual(creations(), [])

    def test_a_status_takes_no_longer_for_them_while_twilio_is_slow(self):
        twilio().tell(fault={"mode": "slow", "seconds": 20})
        seen, spent = timed(lambda: self.status(next_room()))
        self.assertEqual((seen["status"], seen["source"]), ("pending", "store"))
        self.assertLess(spent, LONGEST)


# --- Rooms that the first who comes makes -------------------------------------------------------

class AdHoc(LiveCase):
    def test_no_room_is_made(self):
        answer = self.room(next_roomless())
        self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                         (201, None, "pending"))
        seen = self.status(next_room())
        self.assertEqual((seen["status"], seen["source"]), ("pending", "store"))
        self.assertEqual(twilio().seen("POST"), [])

    def test_the_status_is_what_twilio_says(self):
        made = twilio().create(name := room_of(number := next_room()))
        gone = twilio().join(name, JANE_THERE, "disconnected")
        there = twilio().join(name, JANE_THERE)
        lost = twilio().join(name, SARAH_THERE, "disconnected")
        seen = self.status(number)
        known = {"room_sid": made["sid"], "status": "in-progress", "source": "provider",
                 "participants_count": 1, "created_at": made["date_created"], "duration": None,
                 "patient_connected": True, "psychologist_connected": False}
        self.assertEqual(seen, seen | known)
        as_of = calendar.timegm(time.strptime(seen["as_of"], "%Y-%m-%dT%H:%M:%SZ"))
        self.assertLess(abs(time.time() - as_of), PATIENCE)
        people = {one["sid"]: one for one in seen["participants"]}
        self.assertEqual(people[there["sid"]], {
            "sid": there["sid"], "identity": JANE_THERE, "status": "connected", "duration": None,
            "connected_at": there["start_time"], "disconnected_at": None})
        self.assertEqual(people[lost["sid"]], {
            "sid": lost["sid"], "identity": SARAH_THERE, "status": "disconnected", "duration": 0,
            "connected_at": lost["start_time"], "disconnected_at": lost["end_time"]})
        self.assertEqual(set(people), {gone["sid"], there["sid"], lost["sid"]})

        twilio().join(name, SARAH_THERE)
        self.assertFalse(self.status(number)["psychologist_connected"])  # asked a moment ago
        later(self.demo, number)
        self.assertTrue(self.status(number, SARAH)["psychologist_connected"])
        listed = self.given(self.demo.get(PARTICIPANTS.format(number) + "?status=connected", ADMIN))
        self.assertEqual([one["identity"] for one in listed["participants"]],
                         [JANE_THERE, SARAH_THERE])

    def test_who_is_about_to_come_back_is_told_as_reconnecting_and_not_connected(self):
        twilio().create(name := room_of(number := next_room()))
        twilio().join(name, JANE_THERE, "reconnecting")
        twilio().join(name, SARAH_THERE)
        seen = self.status(number)
        self.assertEqual({one["identity"]: one["status"] for one in seen["participants"]},
                         {JANE_THERE: "reconnecting", SARAH_THERE: "connected"})
        self.assertEqual((seen["participants_count"], seen["patient_connected"],
                          seen["psychologist_connected"]), (1, False, True))

    def test_a_room_that_ended_is_completed_after_the_next_question(self):
        made = twilio().create(name := room_of(number := next_room()))
        twilio().join(name, JANE_THERE)
        self.assertEqual(self.status(number)["status"], "in-progress")
        twilio().tell(end=made["sid"])
        self.assertEqual(self.status(number)["status"], "in-progress")
        later(self.demo, number)
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["participants_count"],
                          seen["patient_connected"]), (made["sid"], "completed", 0, False))
        self.assertIsInstance(seen["duration"], int)
        self.assertEqual([one["status"] for one in seen["participants"]], ["disconnected"])

    def test_40_who_poll_at_once_cost_one_question_in_5_seconds(self):
        number = next_room()
        twilio().create(room_of(number))
        time.sleep(1 - (time.time() + 0.05) % 1)  # over the change of a second
        answers = at_once(40, lambda i: self.demo.get(STATUS.format(number), [JANE, SARAH][i % 2]))
        self.assertEqual([a for a in answers if isinstance(a, Exception) or a.status != 200], [])
        self.assertEqual(twilio().questions(number), 1)
        started = time.monotonic()
        with Load(self.demo, lambda: self.demo.request("GET", STATUS.format(number), JANE)) as load:
            while twilio().questions(number) < 2 and time.monotonic() - started < 8:
                time.sleep(0.1)
            # The pause is counted in whole seconds, so up to one is lost.
            self.assertGreater(time.monotonic() - started, PAUSE - 1.5)
            self.assertEqual(twilio().questions(number), 2)
        self.assertEqual(load.faults, [])
        self.assertEqual({answer.status for answer in load.answers}, {200})

    def test_who_came_a_second_earlier_and_had_to_wait_does_not_ask_again(self):
        asked = []
        for _ in range(3):
            twilio().create(room_of(number := next_room()))
            polls = [threading.Thread(target=self.status, args=(number,)) for _ in range(2)]
            with contextlib.closing(sqlite3.connect(self.demo.db, isolation_level=None)) as store:
                time.sleep(1.7 - time.time() % 1)
                store.execute("BEGIN IMMEDIATE")  # both wait for their turn, one since long
                polls[0].start()
                time.sleep(0.4)
                polls[1].start()
                time.sleep(0.2)
                store.execute("ROLLBACK")
            for poll in polls:
                poll.join()
            asked.append(twilio().questions(number))
        self.assertEqual(asked, [1, 1, 1])


# --- Twilio away, slow or out of its mind -------------------------------------------------------

FAULTS = [
    ("answers with 500", {"mode": "status", "status": 500}),
    ("has had too many requests", {"mode": "status", "status": 429}),
    ("answers with HTML", {"mode": "raw", "body": "<html>Bad gateway</html>"}),
    ("answers with nothing", {"mode": "raw", "body": ""}),
    ("lies about the account", {"mode": "lying", "changes": {"account_sid": "AC" + "0" * 32}}),
    ("is away", {"mode": "away"}),
    ("is slow", {"mode": "slow", "seconds": 20}),
]


class Faults(LiveCase):
    @each(FAULTS)
    def test_status_and_tokens_do_without_twilio_and_removal_says_so_when_it(self, fault):
        untold, told = next_room(), next_room()
        twilio().create(name := room_of(told))
        jane = twilio().join(name, JANE_THERE)
        self.assertTrue(self.status(told)["patient_connected"])
        before = len(twilio().seen())
        twilio().tell(fault=fault)
        done = threading.Event()
        tokens = []

        def take_tokens(_):
            for user in itertools.cycle((JANE, SARAH)):
                tokens.append(timed(lambda: self.demo.token(untold, user)))
                if done.wait(0.1):
                    return
        taker = threading.Thread(target=take_tokens, args=(0,))
        taker.start()
        try:
            (status, spent), (removal, took) = at_once(2, lambda i: timed(
                lambda: self.change("remove", told, JANE_THERE) if i else
                self.demo.get(STATUS.format(untold), JANE)))
        finally:
            done.set()
            taker.join()
        seen = self.given(status)
        self.assertEqual((seen["status"], seen["room_sid"], seen["source"]),
                         ("pending", None, "store"))
        self.assertLess(spent, LONGEST)
        self.assertEqual({answer.status for answer, _ in tokens}, {200})
        self.assertLess(max(took for _, took in tokens), 1)

        self.refused(removal, 502, "provider_unavailable")
        self.assertLess(took, LONGEST)
        self.assertEqual(self.changes(told), [])
        self.given(self.demo.token(told, JANE))
        self.assertEqual(twilio().status(jane), "connected")
        if fault["mode"] != "away":  # then Twilio was asked, and the fault alone kept it
            self.assertEqual(twilio().questions(untold), 1)
            self.assertGreater(len(twilio().seen()), before + 1)
        if fault["mode"] != "slow":
            later(self.demo, told)
            kept = self.status(told)  # what was known last, of which Twilio denies nothing
            self.assertEqual((kept["status"], kept["patient_connected"]), ("in-progress", True))

    def test_slow_about_who_is_there_it_is_not_waited_for_twice(self):
        twilio().create(room_of(number := next_room()))
        twilio().tell(fault={"mode": "slow", "seconds": 20, "path": "/Participants"})
        seen, spent = timed(lambda: self.status(number))
        self.assertEqual(seen["source"], "store")
        self.assertLess(spent, LONGEST)


# --- Out of the room, and in again ----------------------------------------------------------------

class Removal(LiveCase):
    def call_token(self, number, user):
        body = json.dumps({"callId": room_of(number)}).encode()
        return self.demo.post("/api/video-call/token", user, body=body)

    def joins(self, number, user):
        return self.given(self.demo.get(f"/api/appointments/{number}/", user))["can_join"]

    def ways_in(self, number, user):
        return [self.demo.token(number, user),
                self.demo.get(f"/api/appointments/video-token-refresh/{number}/", user),
                self.call_token(number, user)]

    def is_out(self, number, user):
        for answer in self.ways_in(number, user):
            self.refused(answer, 403, "removed")
        self.assertIs(self.joins(number, user), False)

    def may_come(self, number, user):
        for answer in self.ways_in(number, user):
            self.given(answer)
        self.assertIs(self.joins(number, user), True)

    def put_out(self):
        """The paths on which Twilio was told to put somebody out, and those it heeded."""
        told = [one for one in twilio().seen("POST") if one["form"] == {"Status": "disconnected"}]
        return [one["path"] for one in told if one["status"] == 202]

    def test_who_is_put_out_gets_no_token_until_let_in_again(self):
        twilio().create(name := room_of(47))
        jane, sarah = twilio().join(name, JANE_THERE), twilio().join(name, SARAH_THERE)
        self.may_come(47, JANE)
        answer = self.change("remove", 47, JANE_THERE)
        self.assertEqual(self.given(answer), {
            "message": "Participant removed", "appointment_id": 47, "identity": JANE_THERE,
            "user_id": JANE})
        self.assertEqual(len(self.put_out()), 1)
        self.assertEqual([twilio().status(one) for one in (jane, sarah)],
                         ["disconnected", "connected"])
        self.is_out(47, JANE)
        self.may_come(47, SARAH)
        self.given(self.demo.token(next_room(), JANE))  # of this appointment alone
        self.given(self.change("remove", 47, JANE_THERE))  # once more changes nothing

        self.assertEqual(self.given(self.change("readmit", 47, JANE_THERE)), {
            "message": "Participant readmitted", "appointment_id": 47, "identity": JANE_THERE,
            "user_id": JANE})
        self.may_come(47, JANE)
        self.given(self.change("readmit", 47, JANE_THERE))
        self.assertEqual(self.changes(47), [("participant_remove", SARAH, "user 2"),
                                            ("participant_readmit", SARAH, "user 2")])
        self.demo.roomkey("audit", "verify")

    @each([("the psychologist by identity", SARAH, False), ("the psychologist by SID", SARAH, True),
           ("the manager by identity", MANAGER, False), ("the manager by SID", MANAGER, True),
           ("the admin by identity", ADMIN, False), ("the admin by SID", ADMIN, True)])
    def test_may_be_done_by(self, user, by_sid):
        twilio().create(name := room_of(number := next_room()))
        jane = twilio().join(name, JANE_THERE)
        twilio().tell(plain_paths=True)  # as Twilio says of itself
        who = jane["sid"] if by_sid else JANE_THERE
        removed = self.given(self.change("remove", number, who, user))
        self.assertEqual((removed["identity"], removed["user_id"]), (JANE_THERE, JANE))
        self.assertEqual(twilio().status(jane), "disconnected")
        self.assertEqual([path.rsplit("/", 1)[1] for path in self.put_out()][:1], [jane["sid"]])
        self.refused(self.demo.token(number, JANE), 403, "removed")
        self.given(self.change("readmit", number, who, user))
        self.given(self.demo.token(number, JANE))
        self.assertEqual(self.changes(number), [("participant_remove", user, "user 2"),
                                                ("participant_readmit", user, "user 2")])

    @each([("the patient", JANE), ("a stranger", SAM), ("a service", SERVICE)])
    def test_may_not_be_done_by(self, user):
        twilio().create(name := room_of(number := next_room()))
        sarah = twilio().join(name, SARAH_THERE)
        for what in ("remove", "readmit"):
            self.refused(self.change(what, number, SARAH_THERE, user), 403, "permission_denied")
        self.assertEqual((twilio().seen(), twilio().status(sarah)), ([], "connected"))
        self.given(self.demo.token(number, SARAH))
        self.assertEqual(self.changes(number), [])

    def test_nobody_else_is_found(self):
        twilio().create(name := room_of(number := next_room()))
        twilio().join(name, "3-sam.stranger@example.com")
        self.status(number)
        others = ("3-sam.stranger@example.com", "2-jane@example.com", "02-jane.doe@example.com",
                  JANE_THERE.upper(), "2", "2-", "PA" + "0" * 32, "RM" + "0" * 32, "*", " ")
        for who, what in itertools.product(others, ("remove", "readmit")):
            with self.subTest(who=who, what=what):
                self.refused(self.change(what, number, who), 404, "participant_not_found")
        self.refused(self.change("remove", 999999, JANE_THERE), 404, "appointment_not_found")
        self.refused(self.change("remove", next_roomless(), JANE_THERE), 404, "room_not_found")
        self.assertEqual(twilio().seen("POST"), [])

    def test_holds_for_who_was_never_there(self):
        number = next_room()  # of which Twilio knows nothing
        self.given(self.change("remove", number, JANE_THERE))
        self.is_out(number, JANE)
        self.given(self.change("readmit", number, JANE_THERE))
        self.may_come(number, JANE)


# --- What must not leak -------------------------------------------------------------------------

class Secrecy(LiveCase):
    def test_the_api_secret_is_in_no_log(self):
        twilio().tell(fault={"mode": "status", "status": 500})
        for demo in (ad_hoc_demo(), rest_demo()):
            self.given(demo.get(STATUS.format(next_room()), JANE))
            log = demo.log()
            self.assertIn("route=video_status", log)
            for secret in (twilio().secret, twilio().basic, demo.settings["STREAM_API_SECRET"]):
                self.assertNotIn(secret, log)
