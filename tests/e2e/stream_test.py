"""Stream's routes: tokens and what goes with them, names, calls, bodies, configuration, events."""
import calendar
import contextlib
import functools
import json
import re
import secrets
import sqlite3
import subprocess
import time
import urllib.parse

import jwt

from cases import SQL, Case, each
from clinic import (ADMIN, CANCELLED, COMPLETED, CONFIRMED, INACTIVE, JANE, MANAGER, MOST_ID,
                    NO_SHOW, SAM, SARAH, SERVICE, appointment, seed, utc)
from load import at_once
from stacks import Demo, made_up_settings
from support import BIN, BROWSER, ORIGIN, PATIENCE, told_by_proc, wait_until
from tokens import bearer
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

    def no_event(self, answer):
        self.assertRegex(answer["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertNotIn(answer["X-Request-Id"], {e["request_id"] for e in stream_demo().events()})

    def bad(self, answer, text=None):
        self.refused(answer, 400, "bad_request", text)


PEOPLE = [("the patient", JANE), ("the psychologist", SARAH), ("a patient without any call", SAM),
          ("the admin", ADMIN), ("the manager", MANAGER), ("a service", SERVICE),
          ("a person not in ASCII", ZOE), ("the person with the highest id", MOST_ID)]


class Tokens(StreamCase):
    def check(self, answer, user, seconds, before, cids, stack=None):
        body = self.given(answer)
        self.assertEqual(list(body), ["token", "userId", "expires_in", "expires_at"])
        claims = self.opened(body["token"], stack)
        self.assertLessEqual(before, claims["iat"] + 5)
        self.assertLessEqual(claims["iat"] + 5, time.time())
        wanted = {"user_id": f"user_{user}", "iat": claims["iat"], "exp": claims["iat"] + seconds}
        self.assertEqual(claims, wanted if cids is None else wanted | {"call_cids": cids})
        self.assertEqual({key: type(claims[key]) for key in ("iat", "exp")},
                         {"iat": int, "exp": int})
        self.assertEqual(body, {"token": body["token"], "userId": f"user_{user}",
                                "expires_in": seconds, "expires_at": utc(claims["exp"])})

    @each(PEOPLE)
    def test_without_a_call_for(self, user):
        before = int(time.time())
        self.check(get_token(stream_demo(), user), user, 3600, before, None)

    @each([("the patient", JANE), ("the psychologist", SARAH)])
    def test_for_the_call_of_an_appointment_for(self, user):
        before = int(time.time())
        answer = get_token(stream_demo(), user, {"callId": room(47)})
        self.check(answer, user, 5400, before, [f"default:{room(47)}"])

    def test_for_a_confirmed_appointment_too(self):
        before = int(time.time())
        answer = get_token(stream_demo(), SARAH, {"callId": room(CONFIRMED)})
        self.check(answer, SARAH, 5400, before, [f"default:{room(CONFIRMED)}"])

    @each([(name, name) for name in ("default", "audio_room", "Interview-2_b", "_", "0", FITTING)])
    def test_the_call_type_stands_in_the_token(self, call_type):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": room(47), "callType": call_type})
        self.check(answer, JANE, 5400, before, [f"{call_type}:{room(47)}"])

    def test_a_call_type_without_a_call_changes_nothing(self):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callType": "livestream"})
        self.check(answer, JANE, 3600, before, None)

    def test_the_longest_call_id_and_call_type_fit(self):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": FITTING, "callType": FITTING})
        self.check(answer, JANE, 5400, before, [f"{FITTING}:{FITTING}"])

    def test_the_highest_appointment_id_has_a_call_as_well(self):
        before = int(time.time())
        answer = get_token(stream_demo(), SARAH, {"callId": room(MOST_ID)})
        self.check(answer, SARAH, 5400, before, [f"default:{room(MOST_ID)}"])

    @each([(f"{minutes} minutes", minutes, valid)
           for minutes, valid in ((15, 60), (60, 90), (200, 230), (300, 240))])
    def test_for_a_call_it_is_valid_as_long_as_the_appointment_needs(self, minutes, valid):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": room(minutes)})
        self.check(answer, JANE, valid * 60, before, [f"default:{room(minutes)}"])

    @each((minutes, minutes) for minutes in ("1", "7", "1440"))
    def test_the_validity_without_a_call_is_configured(self, minutes):
        with stream_worker(STREAM_TOKEN_MINUTES=minutes) as worker:
            before = int(time.time())
            self.check(get_token(worker), JANE, 60 * int(minutes), before, None, worker)
            answer = get_token(worker, SARAH, {"callId": room(60)})
            self.check(answer, SARAH, 5400, before, [f"default:{room(60)}"], worker)

    def test_both_participants_get_other_ids_and_tokens(self):
        jane, sarah = (self.given(get_token(stream_demo(), user, {"callId": room(47)}))
                       for user in (JANE, SARAH))
        self.assertEqual((jane["userId"], sarah["userId"]), ("user_2", "user_19"))
        self.assertNotEqual(jane["token"], sarah["token"])
        self.assertEqual(*(self.opened(answer["token"])["call_cids"] for answer in (jane, sarah)))

    def test_no_other_secret_opens_it(self):
        token = self.given(get_token(stream_demo()))["token"]
        for name in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"):
            with self.subTest(name), self.assertRaises(jwt.InvalidSignatureError):
                jwt.decode(token, stream_demo().settings[name], algorithms=["HS256"])

    def test_it_is_no_bearer_token_even_where_both_secrets_are_one(self):
        for changes in ({}, {"STREAM_API_SECRET": "f" * 64, "ROOMKEY_JWT_SECRET": "f" * 64}):
            with self.subTest(changes), stream_worker(**changes) as worker:
                token = self.given(get_token(worker))["token"]
                answer = worker.post(TOKEN, token=token, body=b"{}")
                self.refused(answer, 401, "invalid_token")

    def test_with_and_without_the_final_slash_and_with_a_query_it_is_the_same(self):
        for path in (TOKEN, TOKEN + "/", TOKEN + "?_t=1763138954000", TOKEN + "/?callId=x&callId="):
            answer = ask(stream_demo(), "POST", path, JANE, {"callId": room(47)})
            self.assertEqual(self.opened(self.given(answer)["token"])["call_cids"],
                             [f"default:{room(47)}"])
        for path in (CALL, CALL + "/", CALL + "/?_t=1763138954000&callId=x"):
            answer = ask(stream_demo(), "POST", path, JANE, {"callId": room(47)})
            self.assertEqual(self.given(answer)["callId"], room(47))

    def test_a_chunked_body_is_a_body(self):
        demo = stream_demo()
        body = json.dumps({"callId": room(47)}).encode()
        answer = demo.raw(demo.request("POST", TOKEN, JANE, headers={
            "Content-Length": None, "Transfer-Encoding": "chunked"}) +
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        self.assertEqual(self.opened(self.given(answer)["token"])["call_cids"],
                         [f"default:{room(47)}"])


OWN = {
    JANE: ["2", "user_2", "2-jane.doe@example.com", "user_2-jane_doe@example_com",
           "jane.doe@example.com", "jane_doe@example_com"],
    ZOE: ["8", "user_8", "8-Zo\u00eb.M@Example.com", "user_8-zo__m@example_com",
          "Zo\u00eb.M@Example.com", "zo__m@example_com"],
}
OTHERS = [
    "19", "user_19", "19-dr.sarah@example.com", "user_19-dr_sarah@example_com",
    "dr.sarah@example.com", "dr_sarah@example_com", "3", "user_3", "999", "user_999",
    # the caller's own, but for a letter
    "USER_2", "User_2", "2-Jane.Doe@example.com", "2-JANE.DOE@EXAMPLE.COM", "JANE.DOE@EXAMPLE.COM",
    "Jane.Doe@example.com", "USER_2-jane_doe@example_com", "Jane_Doe@example_com",
    "", " ", " 2", "2 ", "\t2", "2\n", "user_2 ", " user_2", "jane.doe@example.com ",
    "02", "+2", "-2", "2.0", "2e0", "0x2", "22", "user_22", "user_02", "user_", "user_user_2",
    "user-2", "2-", "-jane.doe@example.com", "19-jane.doe@example.com", "2-dr.sarah@example.com",
    "user_19-jane_doe@example_com", "3-jane.doe@example.com", "02-jane.doe@example.com",
    "user_2-jane.doe@example.com", "2-jane_doe@example_com", "jane_doe@example.com",
    "jane.doe@example_com", "jane-doe@example.com", "jane.doe@example", "jane", "Jane Doe",
    "null", "*", "%", "2'--", "2,19", "2;19", "../2",
    # what looks like them
    "\uff12", "user_\uff12", "user\uff3f2", "us\u0435r_2", "\u0662", "\u00b2",
    "jane.doe\uff20example.com", "jane\u3002doe@example.com", "j\u0430ne.doe@example.com",
    "jane.d\u00f6e@example.com", "\u200b2", "2\u200b", "2\u00a0", "\ufeff2", "\u202euser_2",
    "\u0000", "2\u0000", "\u00002", "user_2\u0000", "user_2\u000019", "jane.doe@example.com\u0000",
    "2" * 40, "user_" + "2" * 300, "user_2" + " " * 4000, "x" * 4000,
]


def sentence(name):
    shown = name.encode("unicode_escape").decode()
    return shown if len(shown) < 40 else f"{shown[:20]} and {len(shown) - 20} more"


class Names(StreamCase):
    @each((sentence(name), user, name) for user, names in OWN.items() for name in names)
    def test_an_own_name_is_taken(self, user, name):
        number = {JANE: 47, ZOE: ZOES}[user]
        for call_id in (None, room(number)):
            body = {"userId": name} | ({"callId": call_id} if call_id else {})
            answer = self.given(get_token(stream_demo(), user, body))
            self.assertEqual(answer["userId"], f"user_{user}")
            self.assertEqual(self.opened(answer["token"])["user_id"], f"user_{user}")
        answer = self.given(ask(stream_demo(), "POST", CALL, user, body))
        self.assertEqual((answer["userId"], answer["user"]["id"]), (f"user_{user}",) * 2)

    def test_an_own_id_may_be_a_number(self):
        for body in ({"userId": JANE}, {"userId": JANE, "callId": room(47)}):
            answer = self.given(get_token(stream_demo(), JANE, body))
            self.assertEqual(answer["userId"], f"user_{JANE}")
            self.refused(get_token(stream_demo(), JANE, body | {"userId": SARAH}), 403,
                         "permission_denied")
        self.assertEqual(self.given(ask(stream_demo(), "POST", CALL, JANE, body))["userId"],
                         f"user_{JANE}")

    @each((f"number {n}: {sentence(name)}", name) for n, name in enumerate(OTHERS))
    def test_nobody_gets_anything_as(self, name):
        for path, call_id in ((TOKEN, {}), (TOKEN, {"callId": room(47)}),
                              (CALL, {"callId": room(47)})):
            answer = ask(stream_demo(), "POST", path, JANE, {"userId": name} | call_id)
            self.refused(answer, 403, "permission_denied", "Permission denied")

    @each((sentence(name), name) for name in OWN[JANE])
    def test_janes_names_are_nobody_elses(self, name):
        for user in (SARAH, SAM, ADMIN, SERVICE):
            answer = get_token(stream_demo(), user, {"userId": name})
            self.refused(answer, 403, "permission_denied")

    def test_other_members_of_the_body_name_nobody(self):
        for member in ("user_id", "userid", "UserId", "userId ", "id", "user", "userId\u0000"):
            answer = self.given(get_token(stream_demo(), JANE, {member: "19"}))
            self.assertEqual(answer["userId"], "user_2")

    def test_a_name_given_twice_is_not_heard(self):
        for body in (rb'{"userId": "2", "user\u0049d": "19"}', b'{"userId": "19", "userId": "2"}'):
            self.bad(get_token(stream_demo(), JANE, body))


# Who wants which call, and what comes back: status, code, text.
REFUSED_CALLS = [
    ("to a stranger", 47, SAM, 403, "permission_denied", "Permission denied"),
    ("to another patient of the same psychologist", 47, ZOE, 403, "permission_denied",
     "Permission denied"),
    ("to Jane, of another patient", ZOES, JANE, 403, "permission_denied", "Permission denied"),
    ("to an admin", 47, ADMIN, 403, "permission_denied", "Permission denied"),
    ("to a manager", 47, MANAGER, 403, "permission_denied", "Permission denied"),
    ("to a service", 47, SERVICE, 403, "permission_denied", "Permission denied"),
    ("of a cancelled appointment", CANCELLED, JANE, 409, "appointment_closed",
     "Appointment is cancelled"),
    ("of a completed appointment", COMPLETED, SARAH, 409, "appointment_closed",
     "Appointment is completed"),
    ("of a no show appointment", NO_SHOW, JANE, 409, "appointment_closed",
     "Appointment is no_show"),
    ("of a cancelled appointment to a stranger", CANCELLED, SAM, 403, "permission_denied",
     "Permission denied"),
    ("that is over to a stranger", TOO_LATE, SAM, 403, "permission_denied", "Permission denied"),
]
# Near misses of a call that there is.
UNKNOWN_CALLS = ["apt-9999-1763138954-46eb915c", "47", "user_2", room(47)[:-1], room(47) + "0",
                 room(47).upper(), " " + room(47), room(47) + " ", room(47) + "\n",
                 "default:" + room(47), "%", "_" * len(room(47)), "apt-47-%", "' OR 1=1 --",
                 "\uff41pt-47-1763138954-46eb915c", "x" * 4000]


class Calls(StreamCase):
    @each((f"{way} {what}", ask_for, *row) for what, *row in REFUSED_CALLS
          for way, ask_for in WAYS.items())
    def test_refuses(self, ask_for, number, user, status, code, text):
        answer = ask_for(stream_demo(), room(number), user)
        self.refused(answer, status, code, text)
        event = self.event(answer)
        self.assertEqual([event[key] for key in ("user_id", "appointment_id", "outcome", "reason",
                                                 "expires_at")],
                         [user, number, "refused", code, None])

    @each((f"number {n} by {way}: {sentence(call_id)}", ask_for, call_id)
          for n, call_id in enumerate(UNKNOWN_CALLS) for way, ask_for in WAYS.items())
    def test_there_is_no_call(self, ask_for, call_id):
        answer = ask_for(stream_demo(), call_id)
        self.refused(answer, 404, "appointment_not_found", "Appointment not found")

    def test_a_nul_does_not_cut_a_call_id_short(self):
        for path in (TOKEN, CALL):
            for call_id in (room(47) + "\u0000", room(47) + "\u0000x", "\u0000" + room(47)):
                answer = ask(stream_demo(), "POST", path, JANE, {"callId": call_id})
                self.refused(answer, 404, "appointment_not_found")
        self.bad(ask(stream_demo(), "GET", CALL, query=f"callId={room(47)}%00"))

    @each((f"{way} {text}", ask_for, number, code, text)
          for number, code, text in ((TOO_EARLY, "too_early", "Too early to join"),
                                     (TOO_LATE, "too_late", "Too late to join"))
          for way, ask_for in WAYS.items())
    def test_the_join_window_holds_for(self, ask_for, number, code, text):
        shown = self.given(stream_demo().get(f"/api/appointments/{number}/", JANE))
        start, end = (calendar.timegm(time.strptime(shown[key], "%Y-%m-%dT%H:%M:%SZ"))
                      for key in ("appointment_date", "session_end_time"))
        for user in (JANE, SARAH):
            answer = ask_for(stream_demo(), room(number), user)
            self.refused(answer, 403, code, text)
            self.assertEqual(answer.json, {
                "error": text, "code": code,
                "opens_at": utc(start - EARLY * 60), "closes_at": utc(end + LATE * 60)})

    @each((f"{way}, {side}", ask_for, side) for way, ask_for in WAYS.items()
          for side in ("EARLY", "LATE"))
    def test_a_window_may_have_one_side_only_for(self, ask_for, side):
        now = int(time.time())
        with stream_worker(**{f"ROOMKEY_JOIN_{side}_MINUTES": "15"}) as worker:
            worker.fill({"appointments": [appointment(701, start=now + 3 * HOUR),
                                          appointment(702, start=now - 3 * HOUR)]})
            if side == "EARLY":
                shut, other, code = 701, 702, "too_early"
                window = (utc(now + 3 * HOUR - 15 * 60), None)
            else:
                shut, other, code = 702, 701, "too_late"
                window = (None, utc(now - 2 * HOUR + 15 * 60))
            answer = ask_for(worker, room(shut))
            self.refused(answer, 403, code)
            self.assertEqual((answer.json["opens_at"], answer.json["closes_at"]), window)
            self.given(ask_for(worker, room(other)))

    def test_no_window_holds_for_a_token_without_a_call(self):
        self.given(get_token(stream_demo(), JANE))

    @each((f"{way} to {room(number)}", ask_for, number) for way, ask_for in WAYS.items()
          for number in (DOTTED, SIGNS, TOO_LONG))
    def test_a_room_whose_name_is_no_call_id_gives_nobody(self, ask_for, number):
        answer = ask_for(stream_demo(), room(number))
        self.refused(answer, 500, "token_failed")
        self.assertRegex(answer.json["error"], "^Failed to generate access token: the room's name ")
        event = self.event(answer)
        self.assertEqual((event["appointment_id"], event["reason"]), (number, "token_failed"))
        self.refused(ask_for(stream_demo(), room(number), SAM), 403, "permission_denied")

    @each((way, ask_for) for way, ask_for in WAYS.items())
    def test_without_a_good_bearer_token_nobody_gets(self, ask_for):
        demo = stream_demo()
        for options, code in (
                ({"user": None}, "authentication_required"),
                ({"user": None, "headers": {"Authorization": "Basic YTpi"}},
                 "authentication_required"),
                ({"token": bearer(JANE, secrets.token_hex(32))}, "invalid_token"),
                ({"token": demo.bearer(JANE, token_type="refresh")}, "invalid_token"),
                ({"token": demo.bearer(JANE, exp=int(time.time()) - 60)}, "token_expired"),
                ({"user": 999}, "user_unknown"), ({"user": INACTIVE}, "user_unknown")):
            with self.subTest(code):
                answer = ask_for(demo, room(47), **options)
                self.refused(answer, 401, code)
                self.assertTrue(answer["WWW-Authenticate"].startswith('Bearer realm="roomkey"'))
                self.no_event(answer)

    def test_without_a_good_bearer_token_nobody_gets_a_plain_token_either(self):
        demo = stream_demo()
        for options in ({"user": None}, {"user": 999}, {"user": INACTIVE},
                        {"token": bearer(JANE, secrets.token_hex(32))}):
            answer = get_token(demo, **options)
            self.assertEqual(answer.status, 401)
            self.no_event(answer)


# The check that comes first decides.
ORDER = [
    ("route before method", ("DELETE", CALL + "/47", JANE, None), "not_found"),
    ("method before bearer token", ("PUT", TOKEN, None, None), "method_not_allowed"),
    ("bearer token before body", ("POST", TOKEN, None, b"["), "authentication_required"),
    ("user before body", ("POST", CALL, 999, b"["), "user_unknown"),
    ("body before name", ("POST", TOKEN, JANE, {"userId": "19", "callType": ""}), "bad_request"),
    ("a missing call before name", ("POST", CALL, JANE, {"userId": "19"}), "bad_request"),
    ("an empty call before name", ("POST", CALL, JANE, {"userId": "19", "callId": ""}),
     "bad_request"),
    ("a token's empty call before name", ("POST", TOKEN, JANE, {"userId": "19", "callId": ""}),
     "bad_request"),
    ("name before call", ("POST", TOKEN, JANE, {"userId": "19", "callId": "x"}),
     "permission_denied"),
    ("call before permission", ("POST", TOKEN, SAM, {"callId": "x"}), "appointment_not_found"),
    ("call before permission to the call", ("POST", CALL, SAM, {"callId": "x"}),
     "appointment_not_found"),
    ("permission before room's name", ("POST", TOKEN, SAM, {"callId": room(DOTTED)}),
     "permission_denied"),
]

BAD_BODIES = [
    ("nothing", b""), ("a blank", b" "), ("an array", b"[]"), ("null", b"null"), ("true", b"true"),
    ("a number", b"1"), ("a string", b'"x"'), ("an object in an array", b"[{}]"),
    ("an open brace", b"{"), ("a closing brace", b"}"), ("two objects", b"{}{}"),
    ("something behind it", b"{} x"), ("single quotes", b"{'userId': '2'}"),
    ("a bare key", b"{userId: 2}"), ("a comma too many", b'{"userId": "2",}'),
    ("a value missing", b'{"userId": }'), ("a comment", b'{} // x'),
    ("a string that does not end", b'{"userId": "2'), ("NaN", b'{"x": NaN}'),
    ("a leading zero", b'{"x": 01}'), ("a form", b"userId=2&callId=x"),
    ("a raw line end in a string", b'{"x": "\n"}'), ("a raw NUL", b'{"x": "\0"}'),
    ("half a surrogate pair", rb'{"userId": "\ud800"}'), ("Latin-1", b'{"x": "\xe9"}'),
    ("an overlong sequence", b'{"x": "\xc0\xaf"}'), ("UTF-16", '{"userId": "2"}'.encode("utf-16")),
    ("a key twice", b'{"callId": "x", "callId": "x"}'),
    ("an unknown key twice", b'{"x": 1, "x": 1}'),
    ("a key twice further down", b'{"x": {"y": 1, "y": 2}}'),
    ("17 levels", b'{"x": ' + b"[" * 16 + b"]" * 16 + b"}"),
    ("17 levels of objects", b'{"x": ' * 17 + b"1" + b"}" * 17),
    ("1900 levels", b'{"x": ' + b"[" * 1900 + b"]" * 1900 + b"}"),
    ("1900 open levels", b'{"x": ' + b"[" * 1900),
    *((f"{member} {json.dumps(value)}", json.dumps({member: value}).encode())
      for member in ("userId", "callId", "callType")
      for value in (2, 2.5, None, True, False, [], ["2"], {}, {"id": "2"})
      if (member, value) != ("userId", 2)),
    *((f"userId {number}", b'{"userId": ' + number + b"}")
      for number in (b"2.0", b"2e0", b"-2", b"0", b"9223372036854775808", b"1e400")),
    *((f"callType number {n}: {sentence(value)}", json.dumps({"callType": value}).encode())
      for n, value in enumerate(("", " ", "a b", "a:b", "default:", ":", "default ", " default",
                                 "a.b", "a/b", 'a"b', "a\\b", "a,b", "d\u00e9fault", "\uff41",
                                 "a\u0000", "a\n", "%41", "x" * 65, "x" * 4000))),
]


class Bodies(StreamCase):
    @each((f"{what} at {path}", path, body) for what, body in BAD_BODIES for path in (TOKEN, CALL))
    def test_a_body_must_be_the_object_asked_for_not(self, path, body):
        # Where it is an object, nothing else is wrong with it.
        if path == CALL and body.startswith(b'{"callType"'):
            body = body[:-1] + f', "callId": "{room(47)}"}}'.encode()
        answer = ask(stream_demo(), "POST", path, JANE, body)
        self.bad(answer)
        self.assertNotEqual(answer.json["error"], "Call ID required")
        event = self.event(answer)
        self.assertEqual([event[key] for key in ("user_id", "appointment_id", "outcome", "reason")],
                         [JANE, None, "refused", "bad_request"])

    @each(ORDER)
    def test_checks(self, request, code):
        method, path, user, body = request
        self.assertEqual(ask(stream_demo(), method, path, user, body).code, code)

    @each([("16 levels", b'{"x": ' + b"[" * 15 + b"]" * 15 + b"}"),
           ("unknown members", b'{"x": null, "y": [1, {"z": false}], "callid": 7}'),
           ("blanks around", b" \r\n\t{ } \n"), ("4 KiB", b"{}" + b" " * 4094),
           ("escapes", rb'{"\u0075serId": "\u0032"}')])
    def test_a_good_body_has(self, body):
        self.opened(self.given(get_token(stream_demo(), JANE, body))["token"])

    @each((f"{what} at {path}", path, body) for path in (TOKEN, CALL)
          for what, body in (("4 KiB and a byte", b"{}" + b" " * 4095), ("1 MiB", b" " * 2**20)))
    def test_too_large_is(self, path, body):
        demo = stream_demo()
        with demo.connect() as connection:
            try:
                connection.send(demo.request("POST", path, JANE, body=body))
            except ConnectionError:
                pass  # nginx needn't read all of it
            answer = connection.receive()
        self.refused(answer, 413, "payload_too_large", "Request body too large")
        self.no_event(answer)

    def test_the_worker_itself_takes_no_more_than_4_kib_either(self):
        with stream_worker() as worker:
            self.given(get_token(worker, JANE, b"{}" + b" " * 4094))
            for length in ("4097", ""):  # as said, or found out by reading
                answer = ask(worker, "POST", TOKEN, JANE, b"{}" + b" " * 4095,
                             CONTENT_LENGTH=length)
                self.refused(answer, 413, "payload_too_large")

    def test_any_content_type_will_do(self):
        for kind in (None, "text/plain;charset=UTF-8", "application/json", "x"):
            self.given(get_token(stream_demo(), headers={"Content-Type": kind}))

    @each([("token", TOKEN, ["POST", "OPTIONS"], ("GET", "HEAD", "PUT", "DELETE", "PATCH")),
           ("call", CALL, ["POST", "GET", "HEAD", "OPTIONS"], ("PUT", "DELETE", "PATCH"))])
    def test_other_methods_are_405_with_allow_on(self, path, allow, methods):
        for method in methods:
            for form in (path, path + "/"):
                with self.subTest(f"{method} {form}"):
                    answer = ask(stream_demo(), method, form, JANE)
                    self.assertEqual(answer.status, 405)
                    self.assertEqual(len(answer.all("Allow")), 1)
                    self.assertCountEqual(answer["Allow"].split(", "), allow)
                    if method != "HEAD":
                        self.refused(answer, 405, "method_not_allowed", "Method not allowed")

    @each((path, path) for path in (
        TOKEN + "/47/", TOKEN + "/token/", CALL + "/47/", CALL + "s/", "/api/video-calls/token/",
        "/api/video-call-token/", "/API/video-call/", "/api/Video-Call/token/",
        "/video-call/token/"))
    def test_there_is_no_route(self, path):
        for method in ("GET", "POST"):
            self.refused(ask(stream_demo(), method, path, JANE), 404, "not_found", "Not found")


class CallAndKey(StreamCase):
    def call(self, user, body):
        return self.given(ask(stream_demo(), "POST", CALL, user, body))

    def key(self, query, user=JANE, method="GET"):
        return ask(stream_demo(), method, CALL, user, query=query)

    @each([("Jane", JANE, 47, "Jane Doe"), ("Sarah", SARAH, 47, "Dr Sarah"),
           ("Zoe", ZOE, ZOES, 'Zo\u00eb "Z" <\\> \U0001f600')])
    def test_the_call_is_exact_for(self, user, number, name):
        stack_key = stream_demo().settings["STREAM_API_KEY"]
        body = self.call(user, {"callId": room(number)})
        self.assertEqual(list(body.items()), [
            ("success", True), ("apiKey", stack_key), ("userId", f"user_{user}"),
            ("callId", room(number)), ("callType", "default"),
            ("user", {"id": f"user_{user}", "name": name, "image": None})])
        self.assertEqual(list(body["user"]), ["id", "name", "image"])

    def test_its_type_is_the_one_asked_for(self):
        body = self.call(JANE, {"callId": room(47), "callType": "audio_room", "userId": "user_2"})
        self.assertEqual((body["callType"], body["userId"]), ("audio_room", "user_2"))

    def test_the_room_that_post_video_room_makes_is_a_call(self):
        made = stream_demo().post("/api/appointments/video-room/601/", JANE).json["room_name"]
        self.assertEqual(self.call(JANE, {"callId": made})["callId"], made)
        token = self.given(get_token(stream_demo(), SARAH, {"callId": made}))["token"]
        self.assertEqual(self.opened(token)["call_cids"], [f"default:{made}"])

    def test_without_a_call_id_it_is_required(self):
        for path, body in ((CALL, {}), (CALL, {"callId": ""}), (CALL, {"callid": room(47)}),
                           (CALL, {"userId": "2", "callType": "default"}), (TOKEN, {"callId": ""})):
            with self.subTest(f"{path} {body}"):
                self.bad(ask(stream_demo(), "POST", path, JANE, body), "Call ID required")
        self.bad(ask(stream_demo(), "POST", CALL, JANE, {}, query=call_query(room(47))),
                 "Call ID required")
        for query in ("", "callId", "callId=", "callId=&_t=1", "_t=1763138954000", "callid=x",
                      "CallId=x", "id=x", "xcallId=x", "callId%20=x", "callId[]=x", "=x", "&&"):
            with self.subTest(query):
                self.bad(self.key(query), "Call ID required")

    @each((query, query) for query in (
        f"callId={room(47)}", "callId=" + "".join(f"%{ord(c):02x}" for c in room(47)),
        "callId=" + "".join(f"%{ord(c):02X}" for c in room(47)),
        f"_t=1763138954000&callId={room(47)}", f"callId={room(47)}&_t=1763138954000",
        f"&&callId={room(47)}&", f"x=%FF&callId={room(47)}", f"%63all%49d={room(47)}",
        f"userId=19&callType=&callId={room(47)}", f"callid=x&callId={room(47)}"))
    def test_the_key_is_given_for(self, query):
        for path in (CALL, CALL + "/"):
            body = self.given(ask(stream_demo(), "GET", path, JANE, query=query))
            self.assertEqual(list(body.items()), [
                ("success", True), ("callId", room(47)),
                ("apiKey", stream_demo().settings["STREAM_API_KEY"])])

    def test_every_character_of_a_room_gets_through(self):
        # It is no call id of Stream's, but the room was found.
        for quote in (urllib.parse.quote, urllib.parse.quote_plus):
            answer = self.key(f"callId={quote(room(SIGNS), safe='')}&_t=1")
            self.refused(answer, 500, "token_failed")
            self.assertEqual(self.event(answer)["appointment_id"], SIGNS)
        # A bare + is a blank.
        self.refused(self.key(f"callId={room(SIGNS)}"), 404, "appointment_not_found")

    @each((query, query) for query in (
        f"callId={room(47)}&callId={room(47)}", f"callId={room(47)}&callId=",
        f"callId=&callId={room(47)}", f"callId&callId={room(47)}",
        f"callId={room(47)}&_t=1&%63allId={room(47)}",
        f"callId={room(47)}&callId=%", "callId=%", "callId=%4", "callId=%zz", "callId=%FF",
        "callId=%00", "callId=%C0%AF", "callId=%ED%A0%80", f"callId={room(47)}%"))
    def test_the_key_is_refused_for(self, query):
        answer = self.key(query)
        self.bad(answer)
        self.assertIn("callId", answer.json["error"])

    @each([("a call", "callId=" + room(47), JANE, 200), ("no call", "", JANE, 400),
           ("a call of others", "callId=" + room(47), SAM, 403),
           ("no such call", "callId=x", JANE, 404)])
    def test_head_is_get_without_a_body_for(self, query, user, status):
        demo = stream_demo()
        with demo.connect() as connection:
            path = CALL + "/?" + query
            connection.send(demo.request("HEAD", path, user))
            head = connection.receive("HEAD")
            connection.send(demo.request("GET", path, user))  # a body would come before this
            got = connection.receive()
        self.assertEqual((head.status, got.status), (status, status))
        self.assertEqual(head["Content-Length"], str(len(got.body)))
        self.assertEqual([name for name, _ in head.headers], [name for name, _ in got.headers])


EXPOSED = "WWW-Authenticate, Retry-After, X-Request-Id, Date"
KINDS = [
    ("a token", 200, lambda d, **o: get_token(d, **o)),
    ("a token for a call", 200, lambda d, **o: WAYS["a token"](d, room(47), **o)),
    ("the call", 200, lambda d, **o: WAYS["the call"](d, room(47), **o)),
    ("the key", 200, lambda d, **o: WAYS["the key"](d, room(47), **o)),
    ("a bad body", 400, lambda d, **o: get_token(d, body=b"[]", **o)),
    ("no call", 400, lambda d, **o: ask(d, "GET", CALL, **o)),
    ("no bearer token", 401, lambda d, **o: get_token(d, None, **o)),
    ("a call of others", 403, lambda d, **o: WAYS["the call"](d, room(47), SAM, **o)),
    ("no such call", 404, lambda d, **o: WAYS["the key"](d, "x", **o)),
    ("a wrong method", 405, lambda d, **o: ask(d, "GET", TOKEN, **o)),
    ("a closed appointment", 409, lambda d, **o: WAYS["a token"](d, room(CANCELLED), **o)),
    ("too large a body", 413, lambda d, **o: get_token(d, body=b" " * 4097, **o)),
    ("a room that is no call", 500, lambda d, **o: WAYS["a token"](d, room(DOTTED), **o)),
]


class EveryAnswer(StreamCase):
    def carries_all(self, answer, origin):
        for name, value in (
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"), ("Vary", "Origin"),
                ("Access-Control-Allow-Origin", origin),
                ("Access-Control-Expose-Headers", origin and EXPOSED)):
            self.assertEqual(answer.all(name), [] if value is None else [value], name)
        self.assertEqual(len(answer.all("X-Request-Id")), 1)
        self.assertRegex(answer["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertIsNone(answer["Access-Control-Allow-Credentials"])
        self.assertIsInstance(answer.json, dict)

    @each((f"{what} from {origin}", send, status, origin, listed) for what, status, send in KINDS
          for origin, listed in ((ORIGIN, True), ("http://localhost:5173", True),
                                 ("https://evil.example", False), (None, False)))
    def test_carries_all_headers_once_on(self, send, status, origin, listed):
        answer = send(stream_demo(), headers={"Origin": origin})
        self.assertEqual(answer.status, status)
        self.carries_all(answer, origin if listed else None)

    @each((path, path) for path in (TOKEN, TOKEN + "/", CALL, CALL + "/?callId=x"))
    def test_preflight_is_answered_for(self, path):
        for origin, listed in ((ORIGIN, True), ("https://evil.example", False)):
            answer = stream_demo().ask("OPTIONS", path, headers={
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type"})
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(answer.all("Vary"), ["Origin"])
            self.assertEqual(
                [answer[f"Access-Control-{name}"] for name in
                 ("Allow-Origin", "Allow-Methods", "Allow-Headers", "Max-Age")],
                [origin, "GET, POST, PUT, OPTIONS", "Authorization, Content-Type, Cache-Control, "
                 "Pragma, X-Requested-With, X-Request-Id", "7200"] if listed else [None] * 4)


TWILIO_UNSET = {"TWILIO_ACCOUNT_SID": None, "TWILIO_API_KEY": None, "TWILIO_API_SECRET": None}
STREAM_UNSET = {"STREAM_API_KEY": None, "STREAM_API_SECRET": None}
# What is set, and what is said of it.
HALF_SET = [
    ("the key alone", {"STREAM_API_SECRET": None}, "STREAM_API_SECRET is not set"),
    ("the secret alone", {"STREAM_API_KEY": None}, "STREAM_API_KEY is not set"),
    ("the key alone by its other name", {"STREAM_API_SECRET": None, "STREAM_API_KEY": None,
                                         "NEXT_PUBLIC_STREAM_API_KEY": "k3yn4m3s4pp1"},
     "STREAM_API_SECRET is not set"),
    ("an empty key", {"STREAM_API_KEY": ""}, "STREAM_API_KEY is not set"),
    ("an empty secret", {"STREAM_API_SECRET": ""}, "STREAM_API_SECRET is not set"),
]


class Configuration(StreamCase):
    def not_configured(self, stack):
        answers = [get_token(stack), *(ask_for(stack, room(60)) for ask_for in WAYS.values())]
        for answer, number in zip(answers, (None, 60, 60, 60)):
            self.refused(answer, 500, "provider_not_configured", NOT_CONFIGURED)
            event = self.event(answer, stack)
            self.assertEqual([event[key] for key in ("user_id", "appointment_id", "outcome",
                                                     "reason", "expires_at")],
                             [JANE, number, "refused", "provider_not_configured", None])

    def checks_before(self, stack):
        """All other checks come before that."""
        self.bad(get_token(stack, JANE, b"[]"))
        self.bad(ask(stack, "GET", CALL), "Call ID required")
        self.refused(get_token(stack, None), 401, "authentication_required")
        self.refused(get_token(stack, JANE, {"userId": "19"}), 403, "permission_denied")
        for ask_for in WAYS.values():
            self.refused(ask_for(stack, room(60), SAM), 403, "permission_denied")
            self.refused(ask_for(stack, "x"), 404, "appointment_not_found")
            self.refused(ask_for(stack, room(CANCELLED)), 409, "appointment_closed")

    def ready(self, stack, status, stream, twilio="ok"):
        answer = stack.get("/readyz")
        self.assertEqual((answer.status, answer["Retry-After"]),
                         (status, None if status == 200 else "2"), answer)
        self.assertEqual(answer.json, {
            "status": "ok" if status == 200 else "unavailable",
            "checks": {"store": "ok", "schema": "ok", "bearer_keys": "ok", "twilio": twilio,
                       "stream": stream}})
        self.assertIn(f'\n"stream": "{stream}"\n', re.sub(" *\n *", "\n", answer.body.decode()))

    def test_with_both_the_installation_is_ready(self):
        self.ready(stream_demo(), 200, "ok")
        self.given(stream_demo().token(60))

    def test_without_stream_its_routes_say_so_and_twilios_work(self):
        with Demo(made_up_settings(**STREAM_UNSET)) as demo:
            self.not_configured(demo)
            self.checks_before(demo)
            self.given(demo.token(60))
            self.assertTrue(self.given(demo.get("/api/appointments/60/", JANE))["can_join"])
            self.ready(demo, 200, "not configured")
            demo.roomkey("audit", "verify")

    def test_without_twilio_its_routes_say_so_and_streams_work(self):
        with Demo(with_stream(**TWILIO_UNSET), start=False) as demo:
            demo.script("start")  # all is up, but it misses the token that it wants to show
            demo.fill(seed())
            demo.fill(more())
            token = self.given(get_token(demo, JANE, {"callId": room(60)}))["token"]
            self.assertEqual(self.opened(token, demo)["call_cids"], [f"default:{room(60)}"])
            self.opened(self.given(get_token(demo))["token"], demo)
            for way in ("the call", "the key"):
                self.assertEqual(self.given(WAYS[way](demo, room(60)))["apiKey"],
                                 demo.settings["STREAM_API_KEY"])
            self.refused(demo.token(60), 500, "token_failed",
                         "Failed to generate access token: Twilio is not configured")
            for number, can in ((60, True), (DOTTED, False)):
                shown = self.given(demo.get(f"/api/appointments/{number}/", JANE))
                self.assertEqual(shown["can_join"], can)
            self.ready(demo, 200, "ok", "not configured")

    def test_without_either_nobody_can_join(self):
        with stream_worker(**STREAM_UNSET, **TWILIO_UNSET) as worker:
            self.not_configured(worker)
            worker.fill(more())
            for ask_for in WAYS.values():  # this comes before the room's name
                self.refused(ask_for(worker, room(DOTTED)), 500, "provider_not_configured")
            self.assertFalse(self.given(worker.get("/api/appointments/60/", JANE))["can_join"])
            self.ready(worker, 200, "not configured", "not configured")

    @each(HALF_SET)
    def test_half_of_it_is_named(self, changes, fault):
        with stream_worker(**changes) as worker:
            self.not_configured(worker)
            self.checks_before(worker)
            self.ready(worker, 503, fault)
            self.assertEqual(worker.log().count('code=provider_not_configured'), 4)
            self.assertEqual(worker.log().count(f'fault="{fault}"'), 4)
            self.given(worker.token(60))

    def test_next_publics_name_of_the_key_will_do(self):
        for changes in ({"STREAM_API_KEY": None, "NEXT_PUBLIC_STREAM_API_KEY": "n3xtk3y"},
                        {"STREAM_API_KEY": "n3xtk3y", "NEXT_PUBLIC_STREAM_API_KEY": "n3xtk3y"}):
            with self.subTest(changes), stream_worker(**changes) as worker:
                for way in ("the call", "the key"):
                    self.assertEqual(self.given(WAYS[way](worker, room(60)))["apiKey"], "n3xtk3y")
                self.opened(self.given(get_token(worker))["token"], worker)
                self.ready(worker, 200, "ok")

    def test_the_secret_comes_from_a_file_or_a_credential_as_well(self):
        demo, secret = stream_demo(), secrets.token_hex(32)
        folder = demo.dir / "stream-credentials"
        folder.mkdir(exist_ok=True)
        file = folder / "stream_api_secret"
        file.write_text(secret + "\n")
        try:
            for changes in ({"STREAM_API_SECRET_FILE": str(file)},
                            {"CREDENTIALS_DIRECTORY": str(folder)}):
                with self.subTest(changes), \
                        stream_worker(STREAM_API_SECRET=None, **changes) as worker:
                    token = self.given(get_token(worker))["token"]
                    jwt.decode(token, secret, algorithms=["HS256"])
                    self.ready(worker, 200, "ok")
        finally:
            file.unlink()

    @each([("no minutes", {"STREAM_TOKEN_MINUTES": "0"}, "STREAM_TOKEN_MINUTES"),
           ("more than a day", {"STREAM_TOKEN_MINUTES": "1441"}, "STREAM_TOKEN_MINUTES"),
           ("minutes in words", {"STREAM_TOKEN_MINUTES": "soon"}, "STREAM_TOKEN_MINUTES"),
           ("two keys", {"NEXT_PUBLIC_STREAM_API_KEY": "other"}, "STREAM_API_KEY"),
           ("the secret twice", {"STREAM_API_SECRET_FILE": "/dev/null"}, "STREAM_API_SECRET"),
           ("no such file", {"STREAM_API_SECRET": None, "STREAM_API_SECRET_FILE": "/nonexistent"},
            "STREAM_API_SECRET_FILE")])
    def test_a_worker_exits_with_78_and_names_it_for(self, changes, name):
        settings = with_stream() | changes
        done = subprocess.run([BIN / "roomkey-fcgi", "--listen", "/nonexistent/socket"],
                              env={k: v for k, v in settings.items() if v is not None},
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
        self.assertRegex(done.stderr, f"^roomkey: error: {name}: .+\n$")
        for secret in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET"):
            self.assertNotIn(settings[secret], done.stderr)


class Recorded(StreamCase):
    def test_a_token_for_a_call_is_an_event_with_its_appointment_and_expiry(self):
        for user in (JANE, SARAH):
            answer = get_token(stream_demo(), user, {"callId": room(47)})
            event = self.event(answer)
            self.assertEqual(list(event), ["id", "at", "request_id", "user_id", "appointment_id",
                                           "action", "outcome", "reason", "expires_at"])
            self.assertEqual([event[key] for key in list(event)[3:]],
                             [user, 47, "stream_token", "granted", None,
                              self.given(answer)["expires_at"]])

    def test_a_plain_token_is_an_event_without_an_appointment(self):
        answer = get_token(stream_demo(), SAM)
        event = self.event(answer)
        self.assertEqual([event[key] for key in list(event)[3:]],
                         [SAM, None, "stream_token", "granted", None,
                          self.given(answer)["expires_at"]])

    def test_what_gives_no_token_is_no_granted_event(self):
        for way in ("the call", "the key"):
            answer = WAYS[way](stream_demo(), room(47))
            self.given(answer)
            self.no_event(answer)

    @each((way, ask_for, action) for (way, ask_for), action in
          zip(WAYS.items(), ("stream_token", "stream_call", "stream_key")))
    def test_a_refusal_is_an_event_with_the_appointment_by(self, ask_for, action):
        event = self.event(ask_for(stream_demo(), room(47), SAM))
        self.assertEqual([event[key] for key in list(event)[3:]],
                         [SAM, 47, action, "refused", "permission_denied", None])
        event = self.event(ask_for(stream_demo(), "x", SAM))
        self.assertEqual([event[key] for key in list(event)[3:]],
                         [SAM, None, action, "refused", "appointment_not_found", None])

    def test_a_refused_name_is_an_event(self):
        event = self.event(get_token(stream_demo(), JANE, {"userId": "19"}))
        self.assertEqual([event[key] for key in list(event)[3:]],
                         [JANE, None, "stream_token", "refused", "permission_denied", None])

    def test_the_audit_shows_a_plain_token_to_a_person_and_verifies(self):
        demo = stream_demo()
        answer = get_token(demo, ZOE, {"callId": room(ZOES)})
        get_token(demo, ZOE)
        demo.roomkey("audit", "verify")
        lines = demo.roomkey("audit", "list", "--user", ZOE).splitlines()
        self.assertGreaterEqual(sum("stream_token" in line for line in lines), 2)
        mine = [e["request_id"] for e in demo.events("--appointment", ZOES)]
        self.assertIn(answer["X-Request-Id"], mine)

    def test_where_the_event_cannot_be_committed_no_token_leaves(self):
        with stream_worker() as worker:
            with contextlib.closing(sqlite3.connect(worker.db, isolation_level=None)) as holder:
                holder.execute("BEGIN EXCLUSIVE")
                answer = get_token(worker, JANE, {"callId": room(60)})
                self.refused(answer, 503, "store_unavailable",
                             "Service temporarily unavailable")
                self.assertGreater(int(answer["Retry-After"]), 0)
                holder.execute("ROLLBACK")
            self.assertEqual(worker.events("--user", JANE), [])
            self.given(get_token(worker, JANE, {"callId": room(60)}))

    def all_recorded(self, answers, wanted):
        """`wanted` has an event's fields for each of the answers."""
        events = {event["request_id"]: event for event in stream_demo().events()}
        self.assertEqual(len({answer["X-Request-Id"] for answer in answers}), len(answers))
        for answer, fields in zip(answers, wanted):
            event = events.get(answer["X-Request-Id"])
            self.assertIsNotNone(event, f"no event: {answer}")
            self.assertEqual(tuple(event[key] for key in ("user_id", "appointment_id", "action",
                                                          "outcome", "reason", "expires_at")),
                             (*fields, answer.json.get("expires_at")))
        stream_demo().roomkey("audit", "verify")

    def test_forty_at_once_all_get_theirs_and_each_has_its_event(self):
        demo = stream_demo()
        kinds = [
            (lambda: demo.token(47, JANE), (JANE, 47, "video_token")),
            (lambda: get_token(demo, SARAH, {"callId": room(47)}), (SARAH, 47, "stream_token")),
            (lambda: get_token(demo, SAM), (SAM, None, "stream_token")),
            (lambda: get_token(demo, ZOE, {"callId": room(ZOES)}), (ZOE, ZOES, "stream_token")),
        ]
        answers = at_once(40, lambda i: kinds[i % 4][0]())
        self.assertEqual([getattr(answer, "status", answer) for answer in answers], [200] * 40)
        self.all_recorded(answers, [(*kinds[i % 4][1], "granted", None) for i in range(40)])
        for i, answer in enumerate(answers):
            if i % 4:
                claims = self.opened(answer.json["token"])
                self.assertEqual(claims["user_id"], f"user_{kinds[i % 4][1][0]}")
                self.assertEqual(claims.get("call_cids"),
                                 {2: None, 1: [f"default:{room(47)}"],
                                  3: [f"default:{room(ZOES)}"]}[i % 4])

    def test_refusals_among_them_hurt_nobody_else(self):
        demo = stream_demo()
        kinds = [
            (lambda: get_token(demo, JANE, {"callId": room(47)}), (JANE, 47), 200, None),
            (lambda: get_token(demo, SAM, {"callId": room(47)}), (SAM, 47), 403,
             "permission_denied"),
            (lambda: get_token(demo, SARAH, b"["), (SARAH, None), 400, "bad_request"),
            (lambda: get_token(demo, JANE, {"callId": room(DOTTED)}), (JANE, DOTTED), 500,
             "token_failed"),
            (lambda: get_token(demo, ADMIN), (ADMIN, None), 200, None),
        ]
        answers = at_once(40, lambda i: kinds[i % 5][0]())
        self.assertEqual([getattr(answer, "status", answer) for answer in answers],
                         [kinds[i % 5][2] for i in range(40)])
        self.all_recorded(answers, [
            (*kinds[i % 5][1], "stream_token", "refused" if kinds[i % 5][3] else "granted",
             kinds[i % 5][3]) for i in range(40)])


class Unseen(StreamCase):
    """Secrets and tokens are in the answers and nowhere else. Last by name, so that the shared
    demo's logs hold what the tests above did to it."""

    @classmethod
    def setUpClass(cls):
        """Tokens in every place where a careless client might put them."""
        demo = stream_demo()
        cls.bearer = demo.bearer(JANE)
        token = get_token(demo, JANE, {"callId": room(47)}).json["token"]
        for text in (token, cls.bearer):
            for body in ({"userId": text}, {"callId": text}, {"callType": text}, {"token": text},
                         {text: "x"}, text.encode(), b"x" * 70000):
                for path in (TOKEN, CALL):
                    ask(demo, "POST", path, token=cls.bearer, body=body)
            ask(demo, "GET", CALL, token=cls.bearer, query=f"callId={text}")
            ask(demo, "GET", CALL, token=cls.bearer, query=f"callId={room(47)}&token={text}")
            ask(demo, "POST", f"{CALL}/{text}/", token=cls.bearer)
            ask(demo, "POST", TOKEN, token=text)
            ask(demo, "POST", TOKEN, token=cls.bearer, body=b"x" * 70000, query=f"token={text}")
            ask(demo, "POST", TOKEN, token=cls.bearer, body={}, headers=BROWSER | {
                "Referer": f"https://localhost:3000/?token={text}"})
        cls.last = get_token(demo, JANE, {"callId": room(47)})
        line = f"request_id={cls.last['X-Request-Id']} "
        access = demo.dir / "log/nginx-access.log"
        wait_until(lambda: line in access.read_text(), "nginx writes its line after the answer")
        cls.logs = {file.name: file.read_text(errors="replace")
                    for file in (demo.dir / "log").iterdir()}

    def test_the_requests_are_logged_at_all(self):
        identity = f"request_id={self.last['X-Request-Id']} "
        self.assertRegex(self.logs["token.log"], f"{identity}user_id=2 appointment_id=47 "
                         r"route=stream_token method=POST status=200 code=- duration_us=\d+\n")
        self.assertRegex(self.logs["nginx-access.log"], f'{identity}.* path="{TOKEN}" status=200')
        for route in ("stream_token", "stream_call", "stream_key"):
            self.assertIn(f"route={route} ", self.logs["token.log"])
            self.assertNotIn(f"route={route} ", self.logs["room.log"])

    def test_no_log_holds_a_secret(self):
        for name in ("STREAM_API_SECRET", "ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET"):
            for file, text in self.logs.items():
                self.assertNotIn(stream_demo().settings[name], text, f"{name} in {file}")

    def test_no_log_holds_a_token_or_a_part_of_one(self):
        parts = {part for token in [*handed_out, self.bearer] for part in token.split(".")}
        self.assertGreater(len(parts), 3)
        for file, text in self.logs.items():
            self.assertNotIn("eyJ", text, file)
            for part in parts:
                self.assertNotIn(part, text, file)

    def test_no_log_line_holds_sql_a_path_of_the_store_or_a_name(self):
        lines = [line for line in self.logs["token.log"].splitlines() if "route=stream_" in line]
        self.assertTrue(lines)
        for line in lines:
            self.assertIsNone(SQL.search(line), line)
            for text in (str(stream_demo().dir), "/api/", "@", "apt-"):
                self.assertNotIn(text, line)

    def test_no_file_of_the_demo_but_its_settings_holds_the_secret_or_a_token(self):
        demo = stream_demo()
        tokens = [*handed_out, self.bearer]
        for file in demo.dir.rglob("*"):
            if not file.is_file() or file.name == "roomkey.env":
                continue
            content = file.read_bytes()
            self.assertNotIn(demo.settings["STREAM_API_SECRET"].encode(), content, file.name)
            for token in tokens:
                self.assertNotIn(token.encode(), content, file.name)

    def test_the_secret_does_not_show_in_what_proc_tells_of_any_process(self):
        demo = stream_demo()
        processes = demo.processes()
        self.assertTrue(set(demo.workers("token") + demo.workers("room")) <= set(processes))
        for pid in processes:
            self.assertNotIn(demo.settings["STREAM_API_SECRET"].encode(), told_by_proc(pid))
