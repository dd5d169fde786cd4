"""Who gets which call of Stream's, by each of the three routes."""
import calendar
import secrets
import time

from cases import each
from clinic import (ADMIN, CANCELLED, COMPLETED, INACTIVE, JANE, MANAGER, NO_SHOW, SAM, SARAH,
                    SERVICE, appointment, utc)
from stream_support import (CALL, DOTTED, EARLY, HOUR, LATE, SIGNS, TOKEN, TOO_EARLY, TOO_LATE,
                            TOO_LONG, WAYS, ZOE, ZOES, StreamCase, ask, get_token, room, sentence,
                            stream_demo, stream_worker)
from tokens import bearer

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
        self.refusal(answer, user, number, code)

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

    def test_the_window_and_the_state_hold_for_a_token_without_a_call(self):
        token = self.given(get_token(stream_demo(), JANE))["token"]
        cids = self.opened(token)["call_cids"]
        self.assertIn(f"default:{room(47)}", cids)
        for number in (TOO_EARLY, TOO_LATE, CANCELLED, COMPLETED, NO_SHOW, DOTTED, ZOES):
            self.assertNotIn(f"default:{room(number)}", cids)

    @each((f"{way} to {room(number)}", ask_for, number) for way, ask_for in WAYS.items()
          for number in (DOTTED, SIGNS, TOO_LONG))
    def test_a_room_whose_name_is_no_call_id_gives_nobody(self, ask_for, number):
        answer = ask_for(stream_demo(), room(number))
        self.refused(answer, 500, "token_failed")
        self.assertRegex(answer.json["error"], "^Failed to generate access token: the room's name ")
        self.refusal(answer, JANE, number, "token_failed")
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
