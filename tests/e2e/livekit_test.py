"""LiveKit's rooms through nginx: tokens, webhooks in any order, removal, and a server that is away
or lies."""
import base64
import json
import random
import secrets
import time

from cases import each
from clinic import JANE, utc
from live_support import as_of_earlier
from livekit_support import (JANE_THERE, NUMBERS, LivekitCase, Session, livekit, next_number, room_of,
                             signature, tell)


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
        self.later(number, 60)
        as_of_earlier(self.demo, number)
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
