"""video-room, video-status and the appointment itself; the join window."""
import time

from cases import Case, each
from clinic import (ADMIN, CANCELLED, CLOSED_IN_PERSON, COMPLETED, CONFIRMED, FRESH, IN_PERSON,
                    JANE, MANAGER, ROOMLESS, RULED, SAM, SARAH, SERVICE, STAYS_ROOMLESS,
                    appointment, utc)
from load import at_once
from stacks import shared_demo
from workers import Worker

PEOPLE = {"patient": JANE, "psychologist": SARAH, "manager": MANAGER, "admin": ADMIN,
          "stranger": SAM, "service": SERVICE}


def room(number, user, **options):
    return shared_demo().post(f"/api/appointments/video-room/{number}/", user, **options)


def status(number, user):
    return shared_demo().get(f"/api/appointments/video-status/{number}/", user)


def show(number, user):
    return shared_demo().get(f"/api/appointments/{number}/", user)


class Rooms(Case):
    def test_64_at_once_get_one_room(self):
        demo = shared_demo()
        connections = [demo.connect() for _ in range(64)]

        def ask(i):
            with connections[i] as connection:
                connection.send(demo.request("POST", f"/api/appointments/video-room/{ROOMLESS}/",
                                             [JANE, SARAH, MANAGER, ADMIN][i % 4]))
                return connection.receive()
        answers = at_once(64, ask)
        faults = [answer for answer in answers if isinstance(answer, Exception)]
        self.assertEqual(faults, [])
        self.assertEqual(sorted(answer.status for answer in answers), [200] * 63 + [201])
        self.assertEqual(len({answer.json["room_name"] for answer in answers}), 1)
        events = demo.granted("--appointment", ROOMLESS)
        made = next(answer for answer in answers if answer.status == 201)
        self.assertEqual([(e["action"], e["request_id"]) for e in events],
                         [("video_room", made["X-Request-Id"])])

    @each((who, user, number) for (who, user), number in zip(PEOPLE.items(), FRESH[2:]))
    def test_a_room_may_be_made_or_not_by(self, user, number):
        answer = room(number, user)
        if user == SAM:
            return self.refused(answer, 403, "permission_denied")
        self.assertEqual(answer.status, 201, answer)

    def test_the_answer_is_exact_made_and_found(self):
        answers = [room(RULED, JANE), room(RULED, SARAH, body=b"{}")]
        self.assertEqual([answer.status for answer in answers], [201, 200])
        name = answers[0].json["room_name"]
        for answer, message in zip(answers, ("Video room created successfully",
                                             "Video room already exists")):
            self.assertEqual(list(answer.json.items()), [
                ("message", message), ("room_name", name), ("room_sid", None),
                ("status", "pending"),
                ("meeting_url", f"https://app.clinic.example/video-session/{name}"),
                ("appointment_id", RULED)])
        self.assertEqual(shared_demo().token(RULED).json["room_name"], name)

    def test_meeting_url_is_null_without_a_frontend_and_has_one_slash(self):
        for url, start in ((None, None),
                           ("https://a.example/", "https://a.example/video-session/")):
            with self.subTest(url), Worker(ROOMKEY_FRONTEND_URL=url) as worker:
                body = worker.post("/api/appointments/video-room/47/", JANE).json
                self.assertEqual(body["meeting_url"], start and start + body["room_name"])

    def test_meeting_url_is_the_clinic_s_own_with_id_and_room(self):
        pattern = "https://app.clinic.example/#/visit/{id}?room={room}"
        with Worker(ROOMKEY_MEETING_URL=pattern) as worker:
            body = worker.post("/api/appointments/video-room/47/", SERVICE).json
            self.assertEqual(body["meeting_url"], "https://app.clinic.example/#/visit/47?room="
                             + body["room_name"])

    def test_only_telehealth_has_rooms(self):
        self.refused(room(IN_PERSON, JANE), 400, "not_telehealth",
                     "Video room can only be created for telehealth appointments")

    def test_a_closed_appointment_gets_no_room(self):
        for number, word in ((CANCELLED, "cancelled"), (COMPLETED, "completed"),
                             (CLOSED_IN_PERSON, "cancelled")):
            self.refused(room(number, JANE), 409, "appointment_closed", f"Appointment is {word}")

    @each((body.decode("latin-1") or "nothing", body) for body in
          (b"", b"{}", b" {} ", b'{"anything": [1, 2]}', b"{}" + b" " * 4094))
    def test_takes_the_body(self, body):
        self.assertEqual(room(47, JANE, body=body).status, 200)

    @each((repr(body), body) for body in
          (b"[]", b"null", b"0", b'"{}"', b"x", b"{", b"{}}", b"{} {}", b'{"a":1,"a":2}',
           b"{'a':1}",
           b"\xff", b'{"a":"\xc3"}', b"\x00", b'{"a":NaN}', b"a=1&b=2", b"[" * 4000))
    def test_refuses_the_body(self, body):
        self.refused(room(47, JANE, body=body), 400, "bad_request")

    def test_the_bearer_token_comes_before_the_body(self):
        self.refused(room(47, None, body=b"[]"), 401, "authentication_required")


class Status(Case):
    def test_the_answer_is_exact(self):
        body = self.given(status(47, JANE))
        self.assertEqual(list(body), [
            "appointment_id", "room_name", "room_sid", "status", "participants_count",
            "participants", "duration", "created_at", "region", "patient_connected",
            "psychologist_connected", "source", "as_of"])
        self.assertRegex(body["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        known = {"appointment_id": 47, "room_sid": None, "status": "pending", "region": "au1",
                 "participants_count": 0, "participants": [], "duration": None, "source": "store",
                 "patient_connected": False, "psychologist_connected": False}
        self.assertEqual(body, body | known)

    @each((who, user, user in (JANE, SARAH)) for who, user in PEOPLE.items())
    def test_is_for_participants_only_so_the_answer_is_right_for(self, user, may):
        answer = status(47, user)
        self.given(answer) if may else self.refused(answer, 403, "permission_denied")

    def test_is_404_without_a_room_and_200_for_a_closed_appointment(self):
        self.refused(status(STAYS_ROOMLESS, JANE), 404, "room_not_found",
                     "No video room found for this appointment")
        self.refused(status(STAYS_ROOMLESS, SAM), 403, "permission_denied")
        self.given(status(CANCELLED, JANE))


class Appointment(Case):
    def test_the_answer_is_exact(self):
        body = self.given(show(60, JANE))
        start = body["appointment_date"]
        self.assertEqual(list(body.items()), [
            ("id", 60),
            ("patient", {"id": 2, "name": "Jane Doe", "email": "jane.doe@example.com"}),
            ("psychologist", {"id": 19, "name": "Dr Sarah", "email": "dr.sarah@example.com"}),
            ("appointment_date", start), ("session_end_time", body["session_end_time"]),
            ("duration_minutes", 60), ("status", "scheduled"), ("session_type", "telehealth"),
            ("video_room_id", "apt-60-1763138954-46eb915c"), ("can_join", True),
            ("join_opens_at", None), ("join_closes_at", None), ("waiting_room", "off"),
            ("waiting", "no")])
        begin, end = (time.mktime(time.strptime(body[key], "%Y-%m-%dT%H:%M:%SZ"))
                      for key in ("appointment_date", "session_end_time"))
        self.assertEqual(end - begin, 3600)

    @each((who, user, user not in (SAM, SERVICE), user in (JANE, SARAH))
          for who, user in PEOPLE.items())
    def test_may_be_seen_or_not_by_the(self, user, may, joins):
        answer = show(47, user)
        if not may:
            return self.refused(answer, 403, "permission_denied")
        self.assertEqual(self.given(answer)["can_join"], joins)

    @each((str(number), number, can) for number, can in (
        (47, True), (CONFIRMED, True), (CANCELLED, False), (COMPLETED, False),
        (STAYS_ROOMLESS, False), (IN_PERSON, False)))
    def test_can_join_says_whether_a_token_would_be_given_for(self, number, can):
        self.assertEqual(self.given(show(number, JANE))["can_join"], can)
        self.assertEqual(shared_demo().token(number).status == 200, can)

    def test_without_a_room_its_name_is_null(self):
        self.assertIsNone(self.given(show(STAYS_ROOMLESS, ADMIN))["video_room_id"])


HOUR = 3600
# Start from now, early and late in minutes; what a participant then hears, and which sides are set.
WINDOWS = [
    ("open on both sides", HOUR, "90", "30", None),
    ("not open yet", 3 * HOUR, "15", "30", "too_early"),
    ("over", -3 * HOUR, "15", "30", "too_late"),
    ("not open yet, without an end", 3 * HOUR, "15", None, "too_early"),
    ("over, without a beginning", -3 * HOUR, None, "30", "too_late"),
    ("long ago, without an end", -3 * HOUR, "15", None, None),
    ("far off, without a beginning", 3 * HOUR, None, "30", None),
    ("opening at the start itself", HOUR, "0", "0", "too_early"),
    ("closing at the end itself", -2 * HOUR, "0", "0", "too_late"),
]


class Window(Case):
    @each(WINDOWS)
    def test_the_join_window_is(self, starts_in, early, late, code):
        start = int(time.time()) + starts_in
        opens = early and utc(start - int(early) * 60)
        closes = late and utc(start + HOUR + int(late) * 60)
        with Worker(ROOMKEY_JOIN_EARLY_MINUTES=early, ROOMKEY_JOIN_LATE_MINUTES=late) as worker:
            worker.fill({"appointments": [appointment(701, start=start),
                                          appointment(702, start=start, room=False)]})
            shown = self.given(worker.get("/api/appointments/701/", JANE))
            self.assertEqual((shown["can_join"], shown["join_opens_at"], shown["join_closes_at"]),
                             (code is None, opens, closes))
            for route in ("video-token", "video-token-refresh"):
                answer = worker.get(f"/api/appointments/{route}/701/", SARAH)
                if code is None:
                    self.given(answer)
                    continue
                text = {"too_early": "Too early to join", "too_late": "Too late to join"}[code]
                self.refused(answer, 403, code, text)
                self.assertEqual(answer.json, {"error": text, "code": code, "opens_at": opens,
                                               "closes_at": closes})
            self.assertEqual(worker.token(702).code, code or "room_not_found")
            self.assertEqual(worker.token(701, SAM).code, "permission_denied")
            made = worker.post("/api/appointments/video-room/702/", JANE)
            self.assertEqual(made.status, 201)  # the window doesn't matter there
