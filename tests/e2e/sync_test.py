"""What the clinic's booking system puts, through the real nginx."""
import json

from cases import Case, each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH, SERVICE, utc
from load import at_once
from stacks import shared_demo
from tokens import opened
from workers import Worker

START = 1_900_000_000


def user(name="New Person", **changes):
    return {"email": "new.person@example.com", "name": name, "role": "patient"} | changes


def booking(**changes):
    return {"patient_id": JANE, "psychologist_id": SARAH, "appointment_date": utc(START),
            "duration_minutes": 50, "status": "confirmed", "session_type": "telehealth"} | changes


def put(path, body, who=SERVICE, **options):
    text = body if isinstance(body, (bytes, str)) else json.dumps(body)
    text = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return shared_demo().ask("PUT", path, who, body=text, **options)


def put_user(number, body, **options):
    return put(f"/api/users/{number}/", body, **options)


def put_appointment(number, body, **options):
    return put(f"/api/appointments/{number}/", body, **options)


def changes(action, number=None):
    """The audit's events of this action; of appointment `number`, or by user `number`'s record."""
    events = [e for e in shared_demo().events() if e["action"] == action]
    return [e for e in events if e["outcome"] == "changed"
            and number in (None, e["appointment_id"], json.loads(e["reason"])["id"])]


class Sync(Case):
    def test_a_user_is_made_changed_and_shown(self):
        made = put_user(7001, user())
        whole = {"id": 7001, **user(), "active": True}
        self.assertEqual((made.status, made.json), (201, whole), made)
        self.assertEqual(made["Content-Type"], "application/json")
        same = put_user(7001, user())
        self.assertEqual((same.status, same.json), (200, whole))
        changed = put("/api/users/7001", user("J\u00e9 \u732b", active=False))
        self.assertEqual((changed.status, changed.json["name"]), (200, "J\u00e9 \u732b"))
        shown = json.loads(shared_demo().roomkey("--json", "user", "show", 7001))
        self.assertEqual(shown, changed.json)
        self.assertEqual([json.loads(e["reason"]) for e in changes("user_put", 7001)],
                         [whole, shown], "one event a change")

    def test_the_event_tells_who_and_which_request(self):
        answer = put_appointment(7100, booking())
        self.assertEqual(answer.status, 201, answer)
        (event,) = changes("appointment_put", 7100)
        self.assertEqual((event["user_id"], event["request_id"], event["appointment_id"]),
                         (SERVICE, answer["X-Request-Id"], 7100))
        self.assertEqual(put_appointment(7100, answer.json).json, answer.json)
        self.assertEqual(len(changes("appointment_put", 7100)), 1, "nothing changed, no event")

    def test_a_booking_is_all_that_patient_and_psychologist_need(self):
        demo = shared_demo()
        put_user(7004, user())
        self.assertEqual(put_appointment(7600, booking(patient_id=7004)).status, 201)
        secret, rooms = demo.settings["TWILIO_API_SECRET"], set()
        for who, address in ((7004, "new.person@example.com"), (SARAH, "dr.sarah@example.com")):
            answer = self.given(demo.token(7600, who))
            _, claims = opened(answer["access_token"], secret)  # by PyJWT, as Twilio's library is
            self.assertEqual(claims["grants"], {"identity": f"{who}-{address}",
                                                "video": {"room": answer["room_name"]}})
            rooms.add(answer["room_name"])
        [name] = rooms
        self.assertRegex(name, r"^apt-7600-\d{10}-[0-9a-f]{8}$")
        actions = [e["action"] for e in demo.events("--appointment", 7600)]
        self.assertEqual(actions, ["video_room", "appointment_put", "video_token", "video_token"])
        link = demo.post("/api/appointments/video-room/7600/", SERVICE)
        self.assertEqual((link.status, link.json["room_name"]), (200, name))

    def test_no_room_for_what_is_closed_or_in_person_until_it_is_not(self):
        demo = shared_demo()
        for number, other in ((7610, {"session_type": "in_person"}), (7611, {"status": "cancelled"}),
                              (7612, {"status": "completed"}), (7613, {"status": "no_show"})):
            put_appointment(number, booking(**other))
            room = demo.get(f"/api/appointments/{number}/", JANE).json["video_room_id"]
            self.assertIsNone(room, other)
            self.assertEqual(put_appointment(number, booking()).status, 200)
            self.given(demo.token(number))

    def test_an_import_and_the_command_give_rooms_as_well(self):
        demo = shared_demo()
        record = {"id": 7620, **booking()}
        (demo.dir / "booked.json").write_text(json.dumps({"appointments": [record]}))
        demo.roomkey("import", demo.dir / "booked.json")
        first = self.given(demo.token(7620))["room_name"]
        demo.roomkey("import", demo.dir / "booked.json")
        self.assertEqual(self.given(demo.token(7620))["room_name"], first)
        demo.roomkey("appointment", "set", 7620, "--patient", SAM)
        second = self.given(demo.token(7620, SAM))["room_name"]
        demo.roomkey("import", demo.dir / "booked.json")
        third = self.given(demo.token(7620))["room_name"]
        self.assertEqual(len({first, second, third}), 3)

    def test_what_was_stored_without_a_room_gets_it_by_db_migrate_or_when_it_comes_again(self):
        records = [{"id": n, **booking()} for n in range(7630, 7930)]
        with Worker(ROOMKEY_ROOMS="asked") as old:
            old.fill({"appointments": records})
            put = json.dumps(booking()).encode()
            self.assertEqual(old.ask("PUT", "/api/appointments/7630/", SERVICE, body=put).status,
                             200)
            self.refused(old.token(7630), 404, "room_not_found")
            (old.dir / "one.json").write_text(json.dumps({"appointments": records[:1]}))
            old.roomkey("import", old.dir / "one.json", ROOMKEY_ROOMS="booked")
            self.given(old.token(7630))
            said = old.roomkey("db", "migrate", ROOMKEY_ROOMS="booked")
            self.assertRegex(said, r"\n\d+ open appointments had no room and have one now\n$")
            self.given(old.token(7929))
            self.assertEqual(old.roomkey("db", "migrate", ROOMKEY_ROOMS="booked").count("\n"), 1)
            old.roomkey("audit", "verify")

    def test_what_is_put_opens_the_door_and_shuts_it_at_once(self):
        demo = shared_demo()
        self.assertEqual(put_appointment(7200, booking()).status, 201)
        self.given(demo.token(7200))
        self.assertEqual(put_appointment(7200, booking(status="cancelled")).status, 200)
        self.refused(demo.token(7200), 409, "appointment_closed", "Appointment is cancelled")
        left_out = {k: v for k, v in booking().items() if k != "status"}
        self.assertEqual(put_appointment(7200, left_out).json["status"], "cancelled")
        self.assertEqual(put_appointment(7200, booking()).status, 200)
        self.given(demo.token(7200))

    def test_another_patient_gets_another_room(self):
        demo = shared_demo()
        put_appointment(7300, booking())
        before = self.given(demo.token(7300))["room_name"]
        self.assertEqual(put_appointment(7300, booking(patient_id=SAM)).status, 200)
        self.refused(demo.token(7300, JANE), 403, "permission_denied")
        after = self.given(demo.token(7300, SAM))["room_name"]
        self.assertNotEqual(after, before)
        self.assertEqual(self.given(demo.token(7300, SARAH))["room_name"], after)
        # Neither an import nor the command brings the old name back.
        record = {"id": 7300, **booking(patient_id=SAM), "video_room_id": before}
        (demo.dir / "again.json").write_text(json.dumps({"appointments": [record]}))
        demo.roomkey("import", demo.dir / "again.json")
        self.assertEqual(self.given(demo.token(7300, SAM))["room_name"], after)
        demo.roomkey("appointment", "set", 7300, "--room", before, status=2)

    @each([("no token", None, 401, "authentication_required"), ("a patient", JANE, 403, None),
           ("a psychologist", SARAH, 403, None), ("a manager", MANAGER, 403, None),
           ("an admin", ADMIN, 403, None)])
    def test_nobody_else_may(self, who, status, code):
        for path in ("/api/users/2/", "/api/users/999999/", "/api/appointments/47/"):
            for body in (user(), "{", "{}"):
                self.refused(put(path, body, who=who), status, code or "permission_denied")
        shown = json.loads(shared_demo().roomkey("--json", "user", "show", JANE))
        self.assertEqual(shown["email"], "jane.doe@example.com")

    @each([("empty", b""), ("text", b"x"), ("array", b"[]"), ("null", b"null"), ("cut", b'{"name"'),
           ("a key twice", b'{"name":"a","name":"b"}'), ("bad UTF-8", b'{"name":"\xff"}'),
           ("half a pair", rb'{"name":"\ud800"}'), ("deep", b"[" * 5000), ("NUL", b'{"a":"\0"}')])
    def test_a_body_that_is_no_object(self, body):
        for path in ("/api/users/2/", "/api/appointments/47/"):
            self.refused(put(path, body), 400, "bad_request")

    @each([("email", {"email": 5}), ("email", {"email": "nobody"}), ("email", {"email": None}),
           ("email too long for Twilio", {"email": "a" * 122 + "@b"}),
           ("email with what can't be seen", {"email": "jane\u200b@example.com"}),
           ("name", {"name": ""}), ("name", {"name": "a\nb"}), ("name", {"name": "x" * 401}),
           ("role", {"role": "king"}), ("role", {"role": ["patient"]}),
           ("active", {"active": "true"}), ("active", {"active": 1}),
           ("active", {"active": None}), ("id", {"id": 7003}),
           ("id", {"id": "7002"}), ("nickname", {"nickname": "N"}), ("__proto__", {"__proto__": 1})])
    def test_a_user_s_field_is_refused(self, wrong):
        self.fields(put_user(7002, user(**wrong)), set(wrong))
        shared_demo().roomkey("user", "show", 7002, status=1)

    @each([("patient_id", {"patient_id": 987654}), ("psychologist_id", {"psychologist_id": JANE}),
           ("patient_id", {"patient_id": "2"}), ("patient_id", {"patient_id": 2.0}),
           ("patient_id", {"patient_id": 2**63}), ("psychologist_id", {"psychologist_id": -1}),
           ("appointment_date", {"appointment_date": "2025-11-16T09:00:00"}),
           ("appointment_date", {"appointment_date": "2025-02-30T09:00:00Z"}),
           ("appointment_date", {"appointment_date": START}),
           ("duration_minutes", {"duration_minutes": 0}),
           ("duration_minutes", {"duration_minutes": 1441}),
           ("duration_minutes", {"duration_minutes": True}), ("status", {"status": "Cancelled"}),
           ("status", {"status": None}), ("session_type", {"session_type": None}),
           ("session_type", {"session_type": "phone"}),
           ("video_room_id", {"video_room_id": "my-room"}), ("id", {"id": 1})])
    def test_an_appointment_s_field_is_refused(self, wrong):
        self.fields(put_appointment(7400, booking(**wrong)), set(wrong))
        shared_demo().roomkey("appointment", "show", 7400, status=1)

    def test_all_that_is_missing_is_named_at_once_and_nothing_is_changed(self):
        before = shared_demo().roomkey("--json", "appointment", "show", 47)
        self.fields(put_user(JANE, "{}"), {"email", "name", "role"})
        self.fields(put_appointment(47, {"status": "cancelled"}),
                    {"patient_id", "psychologist_id", "appointment_date", "duration_minutes"})
        self.assertEqual(shared_demo().roomkey("--json", "appointment", "show", 47), before)

    def fields(self, answer, names):
        self.assertEqual((answer.status, answer.code), (422, "invalid_fields"), answer)
        self.assertEqual(set(answer.json), {"error", "code", "fields"})
        self.assertEqual(set(answer.json["fields"]), names, answer)
        for why in answer.json["fields"].values():
            self.assertRegex(why, "^[a-z].+")

    def test_the_service_changes_nothing_of_itself_and_makes_nobody_its_like(self):
        me = json.loads(shared_demo().roomkey("--json", "user", "show", SERVICE))
        for name, value in (("role", "patient"), ("active", False), ("name", "Other"),
                            ("email", "other@example.com")):
            self.fields(put_user(SERVICE, me | {name: value}), {name})
        self.assertEqual(put_user(SERVICE, me).status, 200)
        for role in ("admin", "service"):
            self.fields(put_user(7190, user(role=role)), {"role"})
        admin = json.loads(shared_demo().roomkey("--json", "user", "show", ADMIN))
        self.assertEqual(put_user(ADMIN, admin).status, 200)

    def test_the_service_joins_nothing_not_even_what_it_booked_for_itself(self):
        body = {"patient_id": SERVICE, "psychologist_id": SARAH, "appointment_date": utc(START),
                "duration_minutes": 60}
        self.assertEqual(put("/api/appointments/7191/", body).status, 201)
        answer = shared_demo().token(7191, SERVICE)
        self.refused(answer, 403, "permission_denied")

    def test_only_put_on_users_and_no_other_ids(self):
        for method in ("GET", "HEAD", "POST", "DELETE", "PATCH"):
            answer = shared_demo().ask(method, "/api/users/2/", SERVICE)
            self.assertEqual((answer.status, answer["Allow"]), (405, "PUT, OPTIONS"), answer)
        for number in ("0", "-1", "x", "9223372036854775808", "%D9%A4"):
            self.refused(put(f"/api/users/{number}/", user()), 404, "not_found")
            self.refused(put(f"/api/appointments/{number}/", booking()), 404, "not_found")
        self.refused(put("/api/users/", user()), 404, "not_found")

    def test_a_body_of_64_kib_is_read_and_one_over_is_413(self):
        self.fields(put_user(7002, user("x" * 65000)), {"name"})
        self.refused(put_user(7002, user("x" * 70000)), 413, "payload_too_large")

    def test_many_at_once_make_one_record_and_one_event(self):
        answers = at_once(12, lambda i: put_appointment(7500, booking()))
        self.assertEqual(sorted(a.status for a in answers), [200] * 11 + [201])
        self.assertEqual(len({a.body for a in answers}), 1)
        self.assertEqual(len(changes("appointment_put", 7500)), 1)
        given = [e["action"] for e in shared_demo().granted("--appointment", 7500)]
        self.assertEqual(given, ["video_room"], "one room")
        answers = at_once(12, lambda i: put_user(7003, user(f"Person {i % 3}")))
        self.assertEqual(sorted(a.status for a in answers), [200] * 11 + [201])
        shown = json.loads(shared_demo().roomkey("--json", "user", "show", 7003))
        last = json.loads(changes("user_put", 7003)[-1]["reason"])
        self.assertEqual(shown, last, "the last event is what stands")
        shared_demo().roomkey("audit", "verify")
