"""The waiting room through nginx: who waits, who is let in, who is denied, on every road."""
import json
import time
from urllib.parse import quote

from callback_support import Session, demo_with as told_demo_with, next_number, tell_all
from cases import Case, each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH, SERVICE
from live_support import (JANE_THERE, SARAH_THERE, LiveCase, demo_with, next_room, room_of, twilio)
from support import wait_until

WAITING = "/api/appointments/video-waiting/{}/"
TOKEN = "/api/appointments/video-token/{}/"
REFRESH = "/api/appointments/video-token-refresh/{}/"


def call_body(number):
    return json.dumps({"callId": room_of(number)}).encode()


ROADS = [
    ("a token", lambda demo, number, user: demo.token(number, user)),
    ("a refresh", lambda demo, number, user: demo.get(REFRESH.format(number), user)),
    ("a refresh by POST", lambda demo, number, user: demo.post(REFRESH.format(number), user)),
    ("a call's token", lambda demo, number, user:
        demo.post("/api/video-call/token/", user, body=call_body(number))),
    ("a call's configuration", lambda demo, number, user:
        demo.post("/api/video-call/", user, body=call_body(number))),
    ("a call's key", lambda demo, number, user:
        demo.get("/api/video-call/?callId=" + quote(room_of(number)), user)),
]


class Waits(LiveCase):
    """What both modes share."""

    def waits(self, answer):
        self.assertEqual((answer.status, answer.code), (403, "waiting"), answer)
        self.assertEqual(answer.json["error"], "Waiting to be let in")
        self.assertEqual(set(answer.json), {"error", "code", "retry_after", "waiting_since"})
        self.assertEqual(answer["Retry-After"], str(answer.json["retry_after"]))
        self.assertGreater(answer.json["retry_after"], 0)
        self.assertNotIn(b"eyJ", answer.body)
        return answer.json

    def waiting(self, number, user=SARAH):
        return self.given(self.demo.get(WAITING.format(number), user))

    def decide(self, what, number, who=JANE, user=SARAH, **options):
        return self.demo.post(WAITING.format(number) + f"{who}/{what}/", user, **options)

    def word(self, number, user=JANE):
        return self.given(self.demo.get(f"/api/appointments/{number}/", user)).get("waiting")

    def told(self, number):
        return [(event["action"], event["user_id"], event["outcome"], event["reason"])
                for event in self.demo.events("--appointment", number)]


class Admitted(Waits):
    @staticmethod
    def make_demo():
        return demo_with(ROOMKEY_WAITING_ROOM="admit")

    @each(ROADS)
    def test_nobody_but_the_psychologist_gets_past_the_door_by(self, road):
        number = next_room()
        self.waits(road(self.demo, number, JANE))
        self.given(road(self.demo, number, SARAH))
        self.waits(road(self.demo, number, JANE))
        self.given(self.decide("admit", number))
        self.given(road(self.demo, number, JANE))
        self.given(self.decide("deny", number))
        self.refused(road(self.demo, number, JANE), 403, "denied", "Not admitted")
        self.given(road(self.demo, number, SARAH))
        self.given(self.decide("admit", number))
        self.given(road(self.demo, number, JANE))

    def test_who_asks_is_seen_and_the_audit_holds_the_first_time_alone(self):
        number = next_room()
        self.assertEqual(self.waiting(number), {
            "appointment_id": number, "mode": "admit", "waiting": [], "admitted": [], "denied": []})
        self.assertEqual(self.word(number), "no")
        first = self.waits(self.demo.token(number))
        for _ in range(4):
            self.assertEqual(self.waits(self.demo.token(number)), first)
        seen = self.waiting(number)["waiting"]
        self.assertEqual([(one["user_id"], one["name"], one["here"]) for one in seen],
                         [(JANE, "Jane Doe", True)])
        self.assertEqual(seen[0]["waiting_since"], first["waiting_since"])
        self.assertEqual((self.word(number), self.word(number, SARAH), self.word(number, ADMIN)),
                         ("yes", "no", None))
        self.assertEqual(self.told(number), [("video_token", JANE, "refused", "waiting")])
        self.assertEqual(self.given(self.decide("admit", number)),
                         {"appointment_id": number, "user_id": JANE, "state": "admitted"})
        self.given(self.decide("admit", number))  # once more changes nothing
        self.assertEqual(self.word(number), "admitted")
        self.given(self.demo.token(number))
        self.assertEqual([one["user_id"] for one in self.waiting(number)["admitted"]], [JANE])
        self.assertEqual(self.told(number)[1:], [
            ("visitor_admit", SARAH, "changed", f"user {JANE}"),
            ("video_token", JANE, "granted", None)])

    def test_what_the_appointment_says_of_joining(self):
        number = next_room()
        shown = lambda user: self.given(self.demo.get(f"/api/appointments/{number}/", user))
        self.assertEqual((shown(JANE)["waiting_room"], shown(JANE)["can_join"]), ("admit", False))
        self.assertTrue(shown(SARAH)["can_join"])
        self.given(self.decide("admit", number))
        self.assertTrue(shown(JANE)["can_join"])

    def test_once_in_nobody_is_put_back_but_by_a_denial_or_a_new_room(self):
        number = next_room()
        self.given(self.decide("admit", number, user=MANAGER))
        first = self.given(self.demo.token(number))
        for _ in range(2):  # a reload, another tab
            self.given(self.demo.token(number))
            self.given(self.demo.get(REFRESH.format(number), JANE))
        moved = self.given(self.demo.post(
            f"/api/appointments/video-provider/{number}/", SARAH, body=b'{"provider": "stream"}'))
        self.assertNotEqual(moved["room_name"], first["room_name"])
        self.waits(self.demo.token(number))
        self.given(self.demo.token(number, SARAH))
        self.given(self.decide("admit", number))
        self.given(self.demo.token(number))

    def test_a_denial_outlives_the_room(self):
        number = next_room()
        self.given(self.decide("deny", number))
        self.given(self.demo.post(f"/api/appointments/video-provider/{number}/", SARAH,
                                  body=b'{"provider": "stream"}'))
        self.refused(self.demo.token(number), 403, "denied")
        self.assertEqual([one["user_id"] for one in self.waiting(number)["denied"]], [JANE])

    def test_another_psychologist_has_a_door_of_her_own(self):
        number = next_room()
        self.given(self.decide("admit", number))
        self.given(self.demo.token(number))
        self.demo.roomkey("user", "set", 21, "--email", "dr.tom@example.com", "--name", "Dr. Tom",
                          "--role", "psychologist")
        self.demo.roomkey("appointment", "set", number, "--psychologist", 21)
        self.waits(self.demo.token(number))
        self.refused(self.decide("admit", number), 403, "permission_denied")
        self.given(self.decide("admit", number, user=21))
        self.given(self.demo.token(number))

    def test_who_is_denied_is_put_out_and_sees_nobody(self):
        number = next_room()
        self.given(self.decide("admit", number))
        self.given(self.demo.token(number))
        twilio().create(room_of(number))
        jane = twilio().join(room_of(number), JANE_THERE)
        twilio().join(room_of(number), SARAH_THERE)
        self.given(self.decide("deny", number))
        wait_until(lambda: twilio().status(jane) == "disconnected", "she is put out")
        self.assertEqual(self.status(number)["participants"], [])
        again = twilio().join(room_of(number), JANE_THERE)  # with the token that she has
        self.status(number, SARAH)
        wait_until(lambda: self.status(number, SARAH) and
                   twilio().status(again) == "disconnected", "and again", 20)

    @each([("the patient", JANE), ("a stranger", SAM), ("the booking system", SERVICE)])
    def test_the_door_is_not_in_the_hand_of(self, user):
        number = next_room()
        self.refused(self.demo.get(WAITING.format(number), user), 403, "permission_denied")
        for what in ("admit", "deny"):
            self.refused(self.decide(what, number, user=user), 403, "permission_denied")
        self.assertEqual(self.waiting(number)["admitted"], [])

    @each([("the office", MANAGER), ("an admin", ADMIN), ("the psychologist", SARAH)])
    def test_the_door_is_in_the_hand_of(self, user):
        number = next_room()
        self.waiting(number, user)
        self.given(self.decide("admit", number, user=user))

    @each([("a stranger", SAM), ("the psychologist", SARAH), ("no number", "jane"),
           ("a guest that is not there", "guest-1"), ("nobody's number", 999)])
    def test_nobody_waits_who_is(self, who):
        number = next_room()
        for what in ("admit", "deny"):
            self.refused(self.decide(what, number, who), 404, "participant_not_found")
        self.given(self.demo.token(number, SARAH))

    def test_what_the_routes_ask_for(self):
        number = next_room()
        self.refused(self.decide("admit", 999_999), 404, "appointment_not_found")
        self.refused(self.decide("admit", number, body=b"x" * 5000), 413, "payload_too_large")
        self.assertEqual(self.demo.get(WAITING.format(number) + f"{JANE}/admit/", SARAH).status, 405)
        self.demo.roomkey("appointment", "set", number, "--status", "cancelled")
        self.refused(self.decide("admit", number), 409, "appointment_closed")
        self.refused(self.demo.token(number), 409, "appointment_closed")  # before the door
        self.waiting(number)

    def test_a_call_that_is_not_named_waits_at_the_nearest_door(self):
        demo, number = self.demo, next_room()
        demo.roomkey("user", "set", 31, "--email", "p31@example.com", "--name", "P", "--role", "patient")
        demo.roomkey("appointment", "set", number, "--patient", 31)
        self.waits(demo.post("/api/video-call/token/", 31, body=b"{}"))
        self.assertEqual([one["user_id"] for one in self.waiting(number)["waiting"]], [31])
        self.given(self.decide("admit", number, 31))
        self.given(demo.post("/api/video-call/token/", 31, body=b"{}"))

    def test_by_hand(self):
        number = next_room()
        self.waits(self.demo.token(number))
        self.demo.roomkey("appointment", "admit", number, JANE)
        self.given(self.demo.token(number))
        twilio().create(room_of(number))
        jane = twilio().join(room_of(number), JANE_THERE)
        self.demo.roomkey("appointment", "deny", number, JANE)
        self.refused(self.demo.token(number), 403, "denied")
        wait_until(lambda: twilio().status(jane) == "disconnected", "a room worker puts her out", 20)


class ByToken(Waits):
    """Nobody tells of who is in the room: the psychologist's token opens."""
    @staticmethod
    def make_demo():
        return demo_with(ROOMKEY_WAITING_ROOM="psychologist_first")

    def test_the_psychologist_s_token_opens_and_she_may_leave_again(self):
        number = next_room()
        self.waits(self.demo.token(number))
        self.given(self.demo.token(number, SARAH))
        self.given(self.demo.token(number))
        self.given(self.demo.get(REFRESH.format(number), JANE))
        self.assertEqual(self.waiting(number)["mode"], "psychologist_first")
        self.assertEqual([one["user_id"] for one in self.waiting(number)["admitted"]], [JANE])

    def test_she_may_let_in_before_and_deny_after(self):
        number = next_room()
        self.given(self.decide("admit", number))
        self.given(self.demo.token(number))
        self.given(self.decide("deny", number))
        self.given(self.demo.token(number, SARAH))
        self.refused(self.demo.token(number), 403, "denied")


class ByCallback(Case):
    """Twilio tells: the psychologist's token proves nothing, that she is there does."""
    waits = Waits.waits

    def setUp(self):
        self.demo = told_demo_with(ROOMKEY_WAITING_ROOM="psychologist_first")

    def test_the_door_opens_when_she_is_there_and_stays_open_for_who_was_in(self):
        session = Session(next_number(), int(time.time()) - 60)
        number = session.number
        self.given(self.demo.token(number, SARAH))
        self.waits(self.demo.token(number))
        tell_all(self.demo, session.event(0, "room-created", 0))
        self.waits(self.demo.token(number))
        tell_all(self.demo, session.person(1, "connected", 1, SARAH_THERE, "b"))
        self.given(self.demo.token(number))
        tell_all(self.demo, session.person(2, "disconnected", 5, SARAH_THERE, "b"))
        self.given(self.demo.token(number))  # she was in

    def test_who_comes_after_she_has_left_waits(self):
        session = Session(next_number(), int(time.time()) - 60)
        tell_all(self.demo, session.event(0, "room-created", 0),
                 session.person(1, "connected", 1, SARAH_THERE, "b"),
                 session.person(2, "disconnected", 5, SARAH_THERE, "b"))
        self.waits(self.demo.token(session.number))
        tell_all(self.demo, session.person(3, "connected", 9, SARAH_THERE, "c"))
        self.given(self.demo.token(session.number))


class Off(Waits):
    def test_nobody_waits_and_a_denial_counts_all_the_same(self):
        number = next_room()
        self.given(self.demo.token(number))
        self.assertEqual((self.waiting(number)["mode"], self.word(number)), ("off", "no"))
        self.given(self.decide("deny", number))
        self.refused(self.demo.token(number), 403, "denied")
        self.given(self.decide("admit", number))
        self.given(self.demo.token(number))
