"""What is refused, with which status, code and words; and which check comes first."""
import re

import stores
from cases import Case, each
from clinic import CANCELLED, CLOSED_ROOMLESS, JANE, SAM, SARAH, STAYS_ROOMLESS
from refusal_support import REFUSALS, ROOM, TOKEN, ask
from stacks import shared_demo
from workers import Worker

REALM = 'Bearer realm="roomkey"'

# The check that comes first decides.
ORDER = [
    ("route before method", ask("DELETE", "/api/nothing/"), "not_found"),
    ("method before bearer token", ask("POST", TOKEN.format(47)), "method_not_allowed"),
    ("bearer token before appointment", ask("GET", TOKEN.format(9999), token="x.y.z"),
     "invalid_token"),
    ("expiry before user",
     lambda demo: demo.token(9999, token=demo.bearer(999, exp=1)), "token_expired"),
    ("user before appointment", ask("GET", TOKEN.format(9999), 999), "user_unknown"),
    ("appointment before permission", ask("GET", TOKEN.format(9999), SAM),
     "appointment_not_found"),
    ("permission before state", ask("GET", TOKEN.format(CANCELLED), SAM), "permission_denied"),
    ("permission before room", ask("GET", TOKEN.format(STAYS_ROOMLESS), SAM), "permission_denied"),
    ("state before room", ask("GET", TOKEN.format(CLOSED_ROOMLESS), JANE), "appointment_closed"),
    ("state before session type", ask("POST", ROOM.format(504), JANE), "appointment_closed"),
    ("permission before session type", ask("POST", ROOM.format(503), SAM), "permission_denied"),
]


class Refusals(Case):
    @each(REFUSALS)
    def test_refuses(self, send, status, code, text):
        self.refused(send(shared_demo()), status, code, text)

    @each(ORDER)
    def test_checks(self, send, code):
        self.assertEqual(send(shared_demo()).code, code)

    def test_challenges_every_401_and_nothing_else(self):
        demo = shared_demo()
        self.assertEqual(demo.token(user=None).all("WWW-Authenticate"), [REALM])
        for send in (lambda: demo.token(token="x.y.z"), lambda: demo.token(user=999),
                     lambda: demo.token(token=demo.bearer(JANE, exp=1))):
            self.assertRegex(send()["WWW-Authenticate"], "^" + re.escape(REALM) +
                             r', error="invalid_token", error_description="[^"\\]+"$')
        for answer in (demo.token(60), demo.token(user=SAM), demo.get("/api/nothing/")):
            self.assertEqual(answer.all("WWW-Authenticate"), [])

    def test_authenticated_refusals_are_events_and_strangers_are_not(self):
        with Worker() as worker:
            worker.token(user=SAM, REQUEST_ID="a" * 32)
            worker.token(user=999, REQUEST_ID="b" * 32)
            events = {event["request_id"]: event for event in worker.events()}
        event = events["a" * 32]
        self.assertEqual([event[k] for k in ("user_id", "appointment_id", "outcome", "reason")],
                         [SAM, 47, "refused", "permission_denied"])
        self.assertNotIn("b" * 32, events)


class ProviderAndStore(Case):
    def test_room_comes_before_provider(self):
        with Worker(TWILIO_API_SECRET=None) as worker:
            self.refused(worker.token(STAYS_ROOMLESS), 404, "room_not_found")

    @each((name, name) for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"))
    def test_a_token_that_cannot_be_made_names(self, name):
        with Worker(**{name: None, "STREAM_API_KEY": None, "STREAM_API_SECRET": None}) as worker:
            self.refused(worker.token(), 500, "token_failed",
                         f"Failed to generate access token: {name} is not set")
            self.assertIn(f'fault="{name} is not set"', worker.log())
            self.assertEqual(worker.granted(), [])
            self.assertEqual([e["reason"] for e in worker.events("--user", JANE)], ["token_failed"])
            self.assertFalse(self.given(worker.get("/api/appointments/47/", JANE))["can_join"])
            answer = worker.get("/readyz")
            self.assertEqual((answer.status, answer["Retry-After"]), (503, "2"))
            self.assertEqual(answer.json["checks"]["twilio"], f"{name} is not set")

    def test_who_has_too_long_a_name_for_twilio_gets_no_token_that_it_refuses(self):
        with Worker() as worker:
            stores.change(worker, "UPDATE users SET email = ? WHERE id = ?", "a" * 125 + "@b", JANE)
            answer = worker.token()
            self.refused(answer, 500, "token_failed")
            self.assertIn("128 characters", answer.json["error"])
            self.assertEqual(worker.granted(), [])
            self.assertEqual([e["reason"] for e in worker.events("--user", JANE)], ["token_failed"])
            self.given(worker.token(user=SARAH))
            self.assertIn(f"gets no token: {JANE}.", worker.roomkey("check", "--offline", status=1))

    def test_without_any_provider_it_is_500_and_ready_all_the_same(self):
        with Worker(TWILIO_ACCOUNT_SID=None, TWILIO_API_KEY=None, TWILIO_API_SECRET=None) as worker:
            self.refused(worker.token(), 500, "token_failed",
                         "Failed to generate access token: Twilio is not configured")
            self.assertEqual(worker.get("/readyz").status, 200)
