"""What the tests of Stream's routes share: a demo with both providers, people and rooms beside
seed(), and the three ways to ask for a call."""
import functools
import json
import secrets
import time
import urllib.parse

import jwt

from cases import Case
from clinic import JANE, MOST_ID, appointment
from stacks import Demo, made_up_settings
from workers import Worker

TOKEN, CALL = "/api/video-call/token", "/api/video-call"
ZOE = 8
EARLY, LATE = 90, 30  # the shared demo's join window, which is open for all of seed()
TOO_EARLY, TOO_LATE, ZOES, DOTTED, SIGNS, LONG, TOO_LONG = range(711, 718)
HOUR = 3600
FITTING = ("Az_9-" * 13)[:64]  # the longest that Stream takes
ROOMS = {DOTTED: "room.714", SIGNS: "a+b=c@d,e;f:g", LONG: FITTING, TOO_LONG: FITTING + "x"}
NOT_CONFIGURED = "GetStream API credentials not configured"


def room(number):
    return ROOMS.get(number, f"apt-{number}-1763138954-46eb915c")


def more():
    """What these tests need beside seed()."""
    now = int(time.time())
    people = [(ZOE, "Zo\u00eb.M@Example.com", 'Zo\u00eb "Z" <\\> \U0001f600', "patient"),
              (MOST_ID, "last@example.com", "Last One", "patient")]
    return {
        "users": [{"id": number, "email": email, "name": name, "role": role}
                  for number, email, name, role in people],
        "appointments": [
            appointment(TOO_EARLY, start=now + 3 * HOUR),
            appointment(TOO_LATE, start=now - 3 * HOUR),
            appointment(ZOES) | {"patient_id": ZOE},
            *(appointment(number) | {"video_room_id": name} for number, name in ROOMS.items())]}


def with_stream(**changes):
    return made_up_settings(**{"STREAM_API_KEY": secrets.token_hex(6),
                               "STREAM_API_SECRET": secrets.token_hex(32)} | changes)


@functools.cache
def tried_once():
    try:
        demo = Demo(with_stream(ROOMKEY_JOIN_EARLY_MINUTES=EARLY, ROOMKEY_JOIN_LATE_MINUTES=LATE))
        demo.fill(more())
        return demo
    except Exception as fault:
        return fault


def stream_demo():
    """One for all tests here that only ask: Twilio and Stream configured, and a join window."""
    demo = tried_once()
    if isinstance(demo, Exception):
        raise AssertionError(f"no demo, no test: {demo}")
    return demo


def stream_worker(**changes):
    return Worker(**{"STREAM_API_KEY": "k3yn4m3s4pp1",
                     "STREAM_API_SECRET": secrets.token_hex(32)} | changes)


handed_out = []  # every token that any test here was given


def ask(stack, method, path, user=JANE, body=None, query="", **options):
    """Asks a demo or a worker; `body` is bytes, or becomes JSON. No answer may hold the secret."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    if isinstance(stack, Worker):
        number = secrets.token_hex(16)
        answer = stack.ask(method, path, user, body=body or b"", QUERY_STRING=query,
                           REQUEST_ID=number, **options)
        answer.headers.append(("X-Request-Id", number))  # as nginx would
    else:
        path += "?" + query if query else ""
        answer = stack.ask(method, path, user, body=body or b"", **options)
    if (secret := stack.settings.get("STREAM_API_SECRET")) and secret in repr(vars(answer)):
        raise AssertionError(f"the API secret is in {answer}")
    if answer.status == 200 and b'"token"' in answer.body:
        handed_out.append(answer.json["token"])
    return answer


def get_token(stack, user=JANE, body=None, **options):
    return ask(stack, "POST", TOKEN, user, {} if body is None else body, **options)


def call_query(call_id):
    return urllib.parse.urlencode({"callId": call_id})


# The three routes asked about a call.
WAYS = {
    "a token": lambda stack, call_id, user=JANE, **options:
        ask(stack, "POST", TOKEN, user, {"callId": call_id}, **options),
    "the call": lambda stack, call_id, user=JANE, **options:
        ask(stack, "POST", CALL, user, {"callId": call_id}, **options),
    "the key": lambda stack, call_id, user=JANE, **options:
        ask(stack, "GET", CALL, user, query=call_query(call_id), **options),
}


class StreamCase(Case):
    def opened(self, token, stack=None):
        """The claims, by PyJWT and under the secret; header, and what browsers can decode."""
        secret = (stack or stream_demo()).settings["STREAM_API_SECRET"]
        claims = jwt.decode(token, secret, algorithms=["HS256"],
                            options={"require": ["exp", "iat"]})
        self.assertEqual(jwt.get_unverified_header(token), {"alg": "HS256", "typ": "JWT"})
        self.assertRegex(token.split(".")[1], "^[A-Za-z0-9]+$")
        return claims

    def event(self, answer, stack=None):
        """The one event of this answer."""
        events = [event for event in (stack or stream_demo()).events()
                  if event["request_id"] == answer["X-Request-Id"]]
        self.assertEqual(len(events), 1, answer)
        return events[0]

    def refusal(self, answer, user, number, reason, stack=None):
        """The event of this refusal, or of one like it from before, with which it is counted."""
        like = [event for event in (stack or stream_demo()).events()
                if (event["user_id"], event["appointment_id"], event["outcome"], event["reason"],
                    event["expires_at"]) == (user, number, "refused", reason, None)]
        self.assertTrue(like, answer)
        own = [event for event in like if event["request_id"] == answer["X-Request-Id"]]
        return [*own, like[-1]][0]

    def no_event(self, answer):
        self.assertRegex(answer["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertNotIn(answer["X-Request-Id"], {e["request_id"] for e in stream_demo().events()})

    def bad(self, answer, text=None):
        self.refused(answer, 400, "bad_request", text)


def sentence(name):
    shown = name.encode("unicode_escape").decode()
    return shown if len(shown) < 40 else f"{shown[:20]} and {len(shown) - 20} more"
