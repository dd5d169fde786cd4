"""What Twilio tells of a room, signed as its own library signs it, through nginx and the room pool;
and what video-status, video-participants and video-participant make of it."""
import collections
import functools
import random
import secrets
import sqlite3
from urllib.parse import quote, urlencode

from cases import Case, each
from clinic import (ADMIN, CANCELLED, JANE, MANAGER, SAM, SARAH, SERVICE, STAYS_ROOMLESS,
                    appointment, utc)
from load import at_once
from stacks import Demo, made_up_settings
from twilio.request_validator import RequestValidator

ROUTE = "/api/appointments/twilio-status-callback/"
STATUS = "/api/appointments/video-status/{}/"
PARTICIPANTS = "/api/appointments/video-participants/{}/"
PARTICIPANT = "/api/appointments/video-participant/{}/{}/"
HOST = "https://video.clinic.example"
URL = HOST + ROUTE
URL_WITH_PORT = HOST + ":8443" + ROUTE
FORM = "application/x-www-form-urlencoded"
NINE = 1763283600  # 2025-11-16T09:00:00Z
JANE_THERE, SARAH_THERE = "2-jane.doe@example.com", "19-dr.sarah@example.com"
NUMBERS = range(801, 861)  # appointments with a room, one or a few for each test
UNTOLD, FORGED = 861, 862  # of the one nothing is ever told; the other belongs to many sessions
next_number = functools.partial(next, iter(NUMBERS))


def settings(**changes):
    # Nothing listens there: no test asks Twilio.
    nowhere = {"TWILIO_VIDEO_URL": "http://127.0.0.1:1", "TWILIO_API_URL": "http://127.0.0.1:1"}
    return made_up_settings(TWILIO_STATUS_CALLBACK_URL=URL, **nowhere) | changes


@functools.cache
def demo_with(**changes):
    every = settings(**changes)
    demo = Demo({name: value for name, value in every.items() if value is not None})
    demo.fill({"appointments": [appointment(number) for number in (*NUMBERS, UNTOLD, FORGED)]})
    return demo


def completing_demo():
    return demo_with(ROOMKEY_COMPLETE_ON_ROOM_END="on", TWILIO_STATUS_CALLBACK_URL=URL_WITH_PORT)


# --- What Twilio tells --------------------------------------------------------------------------

class Session:
    """One session of an appointment's room. Times are seconds after its beginning."""

    def __init__(self, number, start=NINE):
        self.number, self.start, self.sid = number, start, "RM" + secrets.token_hex(16)
        self.room = f"apt-{number}-1763138954-46eb915c"

    def event(self, sequence, name, after, **more):
        return {"AccountSid": "AC" + "0" * 32, "RoomName": self.room, "RoomSid": self.sid,
                "RoomStatus": "completed" if name == "room-ended" else "in-progress",
                "RoomType": "group", "StatusCallbackEvent": name, "SequenceNumber": str(sequence),
                "Timestamp": utc(self.start + after).replace("Z", ".123Z")} | more

    def person(self, sequence, change, after, identity, sid, **more):
        return self.event(sequence, f"participant-{change}", after, ParticipantIdentity=identity,
                          ParticipantSid="PA" + sid * 32, ParticipantStatus=change, **more)

    def track(self, sequence, change, after):
        return self.event(sequence, f"track-{change}", after, ParticipantSid="PA" + "a" * 32,
                          ParticipantIdentity=JANE_THERE, TrackSid="MT" + "0" * 32,
                          TrackKind="video")

    def story(self):
        """Both come, Jane is lost and comes back, all is over: events 0 to 12 in their order."""
        return [
            self.event(0, "room-created", 0),
            self.person(1, "connected", 5, JANE_THERE, "a"),
            self.track(2, "added", 6),
            self.track(3, "enabled", 6),
            self.person(4, "connected", 60, SARAH_THERE, "b"),
            self.track(5, "added", 61),
            self.track(6, "disabled", 300),
            self.person(7, "disconnected", 605, JANE_THERE, "a", ParticipantDuration="600"),
            self.person(8, "connected", 660, JANE_THERE, "c"),
            self.track(9, "removed", 2999),
            self.person(10, "disconnected", 3000, SARAH_THERE, "b", ParticipantDuration="2940"),
            self.person(11, "disconnected", 3010, JANE_THERE, "c", ParticipantDuration="2350"),
            self.event(12, "room-ended", 3020, RoomDuration="3020"),
        ]


def signature_of(demo, params, url=URL, token=None):
    token = token or demo.settings["TWILIO_AUTH_TOKEN"]
    return RequestValidator(token).compute_signature(url, params)


def delivery(demo, params, signature=..., sent=None, body=None, **headers):
    """The bytes of a request: signed over `params`, or with the signature given; None: without."""
    if signature is ...:
        signature = signature_of(demo, params, demo.settings["TWILIO_STATUS_CALLBACK_URL"])
    body = urlencode(sent or params).encode() if body is None else body
    head = {"Origin": None, "User-Agent": "TwilioProxy/1.1", "Content-Type": FORM,
            "X-Twilio-Signature": signature}
    head |= {name.replace("_", "-"): value for name, value in headers.items()}
    return demo.request("POST", ROUTE, headers=head, body=body)


def tell(demo, params, **options):
    return demo.raw(delivery(demo, params, **options))


def tell_all(demo, *events):
    for params in events:
        answer = tell(demo, params)
        if answer.status != 200:
            raise AssertionError(f"{params} was answered with {answer}")


# --- What became of it --------------------------------------------------------------------------

def rows(demo, sql, *arguments):
    store = sqlite3.connect(f"file:{demo.db}?mode=ro", uri=True)
    try:
        return store.execute(sql, arguments).fetchall()
    finally:
        store.close()


def whole_store(demo):
    """All that a callback might change."""
    return [rows(demo, f"SELECT * FROM {table} ORDER BY 1, 2") for table in
            ("room_sessions", "room_events", "appointments", "rooms", "audit")]


def kept(demo, session):
    """The store's rows of a session, without its name."""
    return [rows(demo, "SELECT last_sequence FROM room_sessions WHERE sid = ?", session.sid),
            rows(demo, "SELECT sequence, event, at, participant_sid, identity, duration"
                       " FROM room_events WHERE session_sid = ? ORDER BY sequence", session.sid)]


def person(sid, identity, connected, disconnected=None, duration=None, start=NINE):
    return {"sid": "PA" + sid * 32, "identity": identity,
            "status": "connected" if disconnected is None else "disconnected",
            "duration": duration, "connected_at": utc(start + connected),
            "disconnected_at": None if disconnected is None else utc(start + disconnected)}


class CallbackCase(Case):
    demo = property(lambda self: demo_with())

    def status(self, session_or_number, user=JANE, demo=None):
        number = getattr(session_or_number, "number", session_or_number)
        return self.given((demo or self.demo).get(STATUS.format(number), user))

    def without_names(self, session, demo=None):
        seen = self.status(session, demo=demo)
        self.assertEqual(seen["room_sid"], session.sid)
        return {key: value for key, value in seen.items()
                if key not in ("appointment_id", "room_name", "room_sid")}


# What is done to a delivery that Twilio has signed; all of them must be refused.
FORGERIES = {
    "unsigned": lambda demo, good: {"signature": None},
    "with an empty signature": lambda demo, good: {"signature": ""},
    "forged": lambda demo, good: {"signature": "A" * 27 + "="},
    "with a bit of the signature turned": lambda demo, good: {
        "signature": ("B" if signature_of(demo, good)[0] == "A" else "A") +
        signature_of(demo, good)[1:]},
    "with its signature's padding gone": lambda demo, good: {
        "signature": signature_of(demo, good).rstrip("=")},
    "with its signature twice in one header": lambda demo, good: {
        "signature": ", ".join([signature_of(demo, good)] * 2)},
    "signed with another token": lambda demo, good: {
        "signature": signature_of(demo, good, token=secrets.token_hex(16))},
    "signed with the API secret": lambda demo, good: {
        "signature": signature_of(demo, good, token=demo.settings["TWILIO_API_SECRET"])},
    "signed for nothing but the address": lambda demo, good: {
        "signature": signature_of(demo, {})},
    "replayed with a field more": lambda demo, good: {"sent": good | {"Extra": "1"}},
    "replayed with a field less": lambda demo, good: {
        "sent": {name: value for name, value in good.items() if name != "RoomType"}},
    "replayed with a field twice": lambda demo, good: {
        "body": urlencode([*good.items(), ("RoomType", "go")]).encode()},
} | {f"signed for {url}": lambda demo, good, url=url: {"signature": signature_of(demo, good, url)}
     for url in (URL[:-1], URL.replace("https", "http"), URL.replace("video", "evil"),
                 URL + "?a=1", URL_WITH_PORT, HOST + ":80" + ROUTE, HOST,
                 "https://localhost" + ROUTE)
     } | {f"replayed with another {name}": lambda demo, good, name=name, value=value: {
         "sent": good | {name: value}} for name, value in (
             ("RoomSid", "RM" + "f" * 32), ("RoomName", "apt-47-1763138954-46eb915c"),
             ("SequenceNumber", "3"), ("StatusCallbackEvent", "participant-disconnected"),
             ("Timestamp", "2025-11-16T09:00:06.123Z"), ("ParticipantSid", "PA" + "f" * 32),
             ("ParticipantIdentity", SARAH_THERE), ("AccountSid", "AC" + "1" * 32))}


class Signature(CallbackCase):
    def test_what_twilio_signed_is_received_without_a_bearer_token(self):
        session = Session(next_number())
        params = session.event(0, "room-created", 0)
        answer = tell(self.demo, params)
        self.assertEqual(self.given(answer), {
            "status": "received", "event": "room-created", "room": session.room,
            "timestamp": params["Timestamp"]})
        self.assertEqual(list(answer.json), ["status", "event", "room", "timestamp"])
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertEqual(kept(self.demo, session), [[(0,)], [(0, "room-created", NINE, "", "",
                                                              None)]])

    @each((f"{configured}, signed {written}", name, url) for configured, name, urls in (
        ("configured without a port", "plain", (("as it stands", URL),
                                                ("with port 443", HOST + ":443" + ROUTE))),
        ("configured with port 8443", "port", (("as it stands", URL_WITH_PORT),
                                               ("without a port", URL))))
        for written, url in urls)
    def test_the_port_may_be_written_or_left_out_where_the_address_is(self, name, url):
        demo = self.demo if name == "plain" else completing_demo()
        session = Session(next_number())
        params = session.event(0, "room-created", 0)
        self.given(tell(demo, params, signature=signature_of(demo, params, url)))
        self.assertEqual(kept(demo, session)[0], [(0,)])

    def test_another_port_than_the_configured_one_is_refused(self):
        params = Session(next_number()).event(0, "room-created", 0)
        for port in (":8444", ":443", ":80"):
            url = HOST + port + ROUTE
            answer = tell(completing_demo(), params,
                          signature=signature_of(completing_demo(), params, url))
            self.refused(answer, 403, "bad_signature")

    @each(FORGERIES.items())
    def test_it_is_403_and_the_store_unchanged_when(self, forge):
        session = Session(FORGED)
        good = session.person(1, "connected", 5, JANE_THERE, "a")
        before = whole_store(self.demo)
        answer = tell(self.demo, good, **forge(self.demo, good))
        self.refused(answer, 403, "bad_signature", "Invalid signature")
        self.assertIsNone(answer["WWW-Authenticate"])
        self.assertEqual(whole_store(self.demo), before)
        self.given(tell(self.demo, good))  # it was the forgery and nothing else
        self.assertNotEqual(whole_store(self.demo), before)

    def test_a_bearer_token_is_no_signature(self):
        session = Session(next_number())
        good = session.event(0, "room-created", 0)
        for user in (ADMIN, SERVICE):
            answer = tell(self.demo, good, signature=None,
                          Authorization=f"Bearer {self.demo.bearer(user)}")
            self.refused(answer, 403, "bad_signature")
        self.assertEqual(kept(self.demo, session), [[], []])
        self.given(tell(self.demo, good, Authorization="Bearer broken"))

    @each((name, name) for name in ("TWILIO_AUTH_TOKEN", "TWILIO_STATUS_CALLBACK_URL"))
    def test_nothing_is_believed_without(self, name):
        with Demo({key: value for key, value in settings(**{name: None}).items() if value}) as demo:
            good = Session(47).event(0, "room-created", 0)
            before = whole_store(demo)
            token = demo.settings.get("TWILIO_AUTH_TOKEN", "")
            # RequestValidator refuses no empty token, nor does whoever would forge one.
            for url in (URL, "", f"https://localhost:{demo.port}{ROUTE}"):
                signature = RequestValidator(token).compute_signature(url, good)
                self.refused(tell(demo, good, signature=signature), 403, "bad_signature")
            self.refused(tell(demo, good, signature=None), 403, "bad_signature")
            self.refused(tell(demo, good, signature=""), 403, "bad_signature")
            self.assertEqual(whole_store(demo), before)
            self.assertIn(f'fault="{name} is not set"', demo.log())


class Form(CallbackCase):
    @each((str(kind), kind) for kind in (
        "application/json", "multipart/form-data; boundary=x", "text/plain", None, "",
        FORM + "x", "x" + FORM, f"text/plain; {FORM}"))
    def test_it_is_400_and_the_store_unchanged_with_the_content_type(self, kind):
        good = Session(FORGED).event(0, "room-created", 0)
        before = whole_store(self.demo)
        self.refused(tell(self.demo, good, Content_Type=kind), 400, "bad_request")
        self.assertEqual(whole_store(self.demo), before)

    @each((kind, kind) for kind in (FORM + "; charset=UTF-8", FORM.upper(), FORM + ";charset=utf-8",
                                   FORM + " ; charset=UTF-8", FORM + "\t;charset=UTF-8"))
    def test_it_is_taken_with_the_content_type(self, kind):
        self.given(tell(self.demo, Session(FORGED).event(0, "room-created", 0),
                        Content_Type=kind))

    def test_16_KiB_are_taken_and_a_byte_more_is_413(self):
        session = Session(next_number())
        for size, status in ((16384, 200), (16385, 413)):
            params = session.event(size, "track-added", 0) | {"Padding": ""}
            params["Padding"] = "x" * (size - len(urlencode(params)))
            self.assertEqual(len(urlencode(params)), size)
            answer = tell(self.demo, params)
            self.assertEqual(answer.status, status, answer)
            self.assertEqual(kept(self.demo, session)[0], [(16384,)])
        self.refused(answer, 413, "payload_too_large", "Request body too large")

    def test_64_fields_are_taken_and_one_more_is_413(self):
        session = Session(next_number())
        for fields, status in ((64, 200), (65, 413)):
            params = session.event(fields, "track-added", 0)
            params |= {f"Padding{n}": "" for n in range(fields - len(params))}
            answer = tell(self.demo, params)
            self.assertEqual(answer.status, status, answer)
            self.assertEqual(kept(self.demo, session)[0], [(64,)])
        self.refused(answer, 413, "payload_too_large", "Request body too large")

    def test_other_methods_are_405(self):
        for method in ("GET", "PUT", "DELETE"):
            answer = self.demo.ask(method, ROUTE, JANE)
            self.refused(answer, 405, "method_not_allowed")
            self.assertEqual(answer.all("Allow"), ["POST, OPTIONS"])

    def test_the_final_slash_may_be_missing(self):
        good = Session(next_number()).event(0, "room-created", 0)
        request = delivery(self.demo, good).replace(ROUTE.encode(), ROUTE[:-1].encode(), 1)
        self.given(self.demo.raw(request))

    @each((name, name, value) for name, value in (
        ("RoomSid", "RM1"), ("RoomName", ""), ("SequenceNumber", "-1"), ("SequenceNumber", "x"),
        ("Timestamp", "yesterday"), ("StatusCallbackEvent", ""), ("ParticipantSid", "RM" + "a" * 32),
        ("ParticipantIdentity", "x" * 513)))
    def test_a_signed_one_is_400_and_the_store_unchanged_with_a_malformed(self, name, value):
        good = Session(FORGED).person(1, "connected", 5, JANE_THERE, "a")
        before = whole_store(self.demo)
        answer = tell(self.demo, good | {name: value})
        self.refused(answer, 400, "bad_request")
        self.assertIn(name, answer.json["error"])
        self.assertEqual(whole_store(self.demo), before)

    def test_a_field_that_is_there_twice_is_refused_though_the_signature_is_the_same(self):
        good = Session(next_number()).event(0, "room-created", 0)
        before = whole_store(self.demo)
        body = urlencode([*good.items(), ("RoomName", good["RoomName"])]).encode()
        self.refused(tell(self.demo, good, body=body), 400, "bad_request")
        self.assertEqual(whole_store(self.demo), before)

    def test_a_body_that_is_no_utf_8_has_no_right_signature(self):
        for body in (b"RoomName=%ff", b"RoomName=%", b"a=%00"):
            self.refused(tell(self.demo, {}, body=body), 403, "bad_signature")

    def test_without_the_right_signature_it_is_403_whatever_the_body_is(self):
        for options in ({"Content_Type": "application/json"}, {"body": b"RoomName=%ff"},
                        {"Content_Type": "application/json", "body": b'{"a": 1}'}):
            for signature in (None, "A" * 27 + "="):
                answer = tell(self.demo, {}, signature=signature, **options)
                self.refused(answer, 403, "bad_signature")

    def test_rooms_and_events_of_others_are_received_and_not_kept(self):
        session = Session(next_number())
        session.room = "a-room-of-some-other-service"
        before = whole_store(self.demo)
        self.given(tell(self.demo, session.event(0, "room-created", 0)))
        self.given(tell(self.demo, {"StatusCallbackEvent": "composition-available",
                                    "RoomSid": session.sid}))
        self.assertEqual(whole_store(self.demo), before)

    def test_accents_and_signs_in_a_field_are_signed_as_they_are_read(self):
        session = Session(next_number())
        identity = "2-zoë+ä &=%41@example.com"
        self.given(tell(self.demo, session.person(1, "connected", 5, identity, "a")))
        self.assertEqual(self.status(session)["participants"][0]["identity"], identity)
        found = self.demo.get(PARTICIPANT.format(session.number, quote(identity, safe="")), JANE)
        self.assertEqual(self.given(found)["identity"], identity)


class InOrder(CallbackCase):
    def test_a_session_told_in_order_is_what_both_see(self):
        session = Session(next_number())
        jane, sarah = person("a", JANE_THERE, 5), person("b", SARAH_THERE, 60)
        lost = person("a", JANE_THERE, 5, 605, 600)
        back = person("c", JANE_THERE, 660)
        sarah_left = person("b", SARAH_THERE, 60, 3000, 2940)
        back_left = person("c", JANE_THERE, 660, 3010, 2350)
        # After event: people in the room's order, how many are there, Jane, Sarah, as of.
        wanted = [([], 0, False, False, 0), ([jane], 1, True, False, 5), None, None,
                  ([jane, sarah], 2, True, True, 60), None, None,
                  ([lost, sarah], 1, False, True, 605),
                  ([lost, sarah, back], 2, True, True, 660), None,
                  ([lost, sarah_left, back], 1, True, False, 3000),
                  ([lost, sarah_left, back_left], 0, False, False, 3010),
                  ([lost, sarah_left, back_left], 0, False, False, 3020)]
        before = self.status(session)
        self.assertEqual((before["status"], before["source"], before["room_sid"]),
                         ("pending", "store", None))
        self.assertEqual(len(session.story()), len(wanted))
        for number, (params, state) in enumerate(zip(session.story(), wanted)):
            tell_all(self.demo, params)
            if state is not None:  # None: of a track, nothing changes
                people, count, patient, psychologist, as_of = state
            over = params["StatusCallbackEvent"] == "room-ended"
            with self.subTest(number):
                for user in (JANE, SARAH):
                    self.assertEqual(self.status(session, user), {
                        "appointment_id": session.number, "room_name": session.room,
                        "room_sid": session.sid, "status": "completed" if over else "in-progress",
                        "participants_count": count, "participants": people,
                        "duration": 3020 if over else None, "created_at": utc(NINE),
                        "region": "au1", "patient_connected": patient,
                        "psychologist_connected": psychologist, "source": "callback",
                        "as_of": utc(NINE + as_of)})
        self.assertEqual(kept(self.demo, session)[0], [(12,)])
        self.assertEqual(len(kept(self.demo, session)[1]), 8)

    def test_it_speaks_of_its_own_appointment_only(self):
        session = Session(next_number())
        other = self.status(UNTOLD)
        tell_all(self.demo, *session.story()[:5])
        self.assertEqual(self.status(UNTOLD), other)
        self.assertEqual(other["status"], "pending")

    def test_off_by_default_an_ended_room_closes_no_appointment(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        self.given(self.demo.token(session.number))
        self.assertEqual(self.demo.events("--appointment", session.number)[0]["action"],
                         "video_token")

    def test_it_was_the_room_pool_that_did_it(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story()[:2])
        for path in (PARTICIPANTS.format(session.number),
                     PARTICIPANT.format(session.number, JANE_THERE)):
            self.given(self.demo.get(path, JANE))
        token, room = ((self.demo.dir / "log" / f"{pool}.log").read_text()
                       for pool in ("token", "room"))
        for name in ("twilio_status_callback", "video_participants", "video_participant"):
            self.assertIn(f"route={name} ", room)
            self.assertNotIn(f"route={name} ", token)
        self.assertRegex(room, f"appointment_id={session.number} route=twilio_status_callback")


class Participants(CallbackCase):
    @classmethod
    def setUpClass(cls):
        """Jane was lost and is back, Sarah is there."""
        cls.session = Session(next_number())
        tell_all(demo_with(), *cls.session.story()[:9])
        cls.lost, cls.sarah, cls.back = (person("a", JANE_THERE, 5, 605, 600),
                                         person("b", SARAH_THERE, 60),
                                         person("c", JANE_THERE, 660))

    def ask(self, user=JANE, query="", demo=None):
        return self.demo.get(PARTICIPANTS.format(self.session.number) + query, user)

    def one(self, who, user=JANE):
        return self.demo.get(PARTICIPANT.format(self.session.number, who), user)

    def test_the_answer_is_exact(self):
        body = self.given(self.ask())
        self.assertEqual(list(body.items()), [
            ("appointment_id", self.session.number), ("room_name", self.session.room),
            ("room_sid", self.session.sid), ("room_status", "in-progress"),
            ("participants_count", 3), ("participants", [self.lost, self.sarah, self.back]),
            ("filter", None)])
        self.assertEqual(list(body["participants"][0]), list(self.lost))

    def test_before_anyone_came_it_is_empty(self):
        body = self.given(self.demo.get(PARTICIPANTS.format(UNTOLD), JANE))
        self.assertEqual((body["room_sid"], body["room_status"], body["participants_count"],
                          body["participants"]), (None, "pending", 0, []))

    def test_the_filter_chooses(self):
        for word, wanted in (("connected", [self.sarah, self.back]), ("disconnected", [self.lost]),
                             ("reconnecting", [])):
            with self.subTest(word):
                body = self.given(self.ask(query=f"?_t=1763138954000&status={word}"))
                self.assertEqual((body["filter"], body["participants_count"], body["participants"]),
                                 (word, len(wanted), wanted))

    @each((query, query) for query in ("status=gone", "status=", "status=Connected",
                                       "status=connected&status=connected", "status=%ff"))
    def test_it_is_400_with_the_filter(self, query):
        self.refused(self.ask(query="?" + query), 400, "bad_request")

    @each((who, user, may) for who, user, may in (
        ("patient", JANE, True), ("psychologist", SARAH, True), ("manager", MANAGER, True),
        ("admin", ADMIN, True), ("stranger", SAM, False), ("service", SERVICE, False)))
    def test_they_may_be_seen_or_not_by_the(self, user, may):
        for answer in (self.ask(user), self.one(JANE_THERE, user), self.one("nobody", user)):
            if not may:
                self.refused(answer, 403, "permission_denied", "Permission denied")
            elif answer.status != 200:
                self.refused(answer, 404, "participant_not_found", "Participant not found")

    def test_the_status_of_a_told_session_is_still_for_its_people_only(self):
        for user in (ADMIN, MANAGER, SAM, SERVICE):
            self.refused(self.demo.get(STATUS.format(self.session.number), user), 403,
                         "permission_denied")

    def test_without_a_bearer_token_it_is_401(self):
        for answer in (self.ask(None), self.one(JANE_THERE, None)):
            self.refused(answer, 401, "authentication_required")

    def test_without_such_an_appointment_or_room_it_is_404(self):
        for number, code in ((9999, "appointment_not_found"), (STAYS_ROOMLESS, "room_not_found")):
            for path in (PARTICIPANTS.format(number), PARTICIPANT.format(number, JANE_THERE)):
                self.refused(self.demo.get(path, JANE), 404, code)

    def test_one_is_found_by_identity_the_last_of_that_name(self):
        for who in (JANE_THERE, JANE_THERE.replace("@", "%40"), quote(JANE_THERE, safe=""),
                    "".join(f"%{ord(c):02X}" for c in JANE_THERE)):
            with self.subTest(who):
                self.assertEqual(self.given(self.one(who)), self.back)
        self.assertEqual(self.given(self.one(SARAH_THERE)), self.sarah)

    def test_one_is_found_by_sid(self):
        for wanted in (self.lost, self.sarah, self.back):
            self.assertEqual(self.given(self.one(wanted["sid"])), wanted)

    @each((who, who) for who in ("PA" + "f" * 32, "jane.doe@example.com", "2", "2-jane",
                                 JANE_THERE.upper(), JANE_THERE + "%20", "%FF", "'", "%25"))
    def test_there_is_no_participant(self, who):
        self.refused(self.one(who), 404, "participant_not_found", "Participant not found")

    def test_paths_of_another_shape_are_no_routes(self):
        for path in (PARTICIPANT.format(self.session.number, ""),
                     PARTICIPANT.format(self.session.number, JANE_THERE) + "x/",
                     PARTICIPANT.format("047", JANE_THERE), PARTICIPANTS.format("x"),
                     PARTICIPANT.format(self.session.number, "a%2Fb")):
            with self.subTest(path):
                self.refused(self.demo.get(path, JANE), 404, "not_found")

    def test_the_final_slash_may_be_missing_and_other_methods_are_405(self):
        for path in (PARTICIPANTS.format(self.session.number),
                     PARTICIPANT.format(self.session.number, JANE_THERE)):
            self.assertEqual(self.given(self.demo.get(path[:-1], JANE)),
                             self.given(self.demo.get(path, JANE)))
            for method in ("POST", "PUT", "DELETE"):
                answer = self.demo.ask(method, path, JANE)
                self.refused(answer, 405, "method_not_allowed")
                self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS")


class OutOfOrder(CallbackCase):
    def ordered(self):
        """A session told in order, once: what all others must come to."""
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        return kept(self.demo, session), self.without_names(session)

    def deliver(self, requests, threads=8):
        def work(thread):
            answers = []
            with self.demo.connect() as connection:
                for request in requests[thread::threads]:
                    connection.send(request)
                    answers.append(connection.receive())
            return answers
        results = at_once(threads, work)
        self.assertEqual([fault for fault in results if isinstance(fault, Exception)], [])
        answers = [answer for part in results for answer in part]
        self.assertEqual(len(answers), len(requests))
        self.assertEqual(collections.Counter(answer.status for answer in answers),
                         {200: len(requests)}, answers)

    def test_200_shuffled_and_repeated_deliveries_from_8_end_as_one_told_in_order(self):
        wanted = self.ordered()
        for _ in range(3):
            session, seed = Session(next_number()), secrets.randbits(32)
            events = session.story()
            deliveries = [events[i % len(events)] for i in range(200)]
            random.Random(seed).shuffle(deliveries)
            with self.subTest(seed=seed):
                self.deliver([delivery(self.demo, params) for params in deliveries])
                self.assertEqual((kept(self.demo, session), self.without_names(session)), wanted)

    def test_told_backwards_it_ends_the_same(self):
        wanted = self.ordered()
        session = Session(next_number())
        tell_all(self.demo, *reversed(session.story()))
        self.assertEqual((kept(self.demo, session), self.without_names(session)), wanted)

    def test_a_second_delivery_changes_nothing(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        before = whole_store(self.demo)
        tell_all(self.demo, *session.story())
        self.assertEqual(whole_store(self.demo), before)

    def test_an_older_event_that_comes_late_does_not_undo_a_newer_one(self):
        session = Session(next_number())
        events = session.story()
        tell_all(self.demo, events[0], events[7])  # Jane has left; that she came is still to come
        left = self.status(session)
        self.assertEqual(left["participants"], [person("a", JANE_THERE, 5, 605, 600)])
        tell_all(self.demo, events[1])
        self.assertEqual(self.status(session), left)

    def test_a_new_room_sid_is_a_new_session_and_the_newest_counts(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *first.story())
        self.assertEqual(self.status(number)["status"], "completed")
        tell_all(self.demo, *second.story()[:2])
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["created_at"], seen["duration"]),
                         (second.sid, "in-progress", utc(NINE + 7200), None))
        self.assertEqual(seen["participants"], [person("a", JANE_THERE, 5, start=NINE + 7200)])
        self.assertTrue(seen["patient_connected"])
        tell_all(self.demo, *first.story(), first.person(13, "connected", 3021, SARAH_THERE, "d"))
        self.assertEqual(self.status(number), seen)
        self.refused(self.demo.get(PARTICIPANT.format(number, SARAH_THERE), JANE), 404,
                     "participant_not_found")

    def test_an_older_session_that_is_told_last_does_not_take_over(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *second.story()[:5])
        seen = self.status(number)
        tell_all(self.demo, *first.story())
        self.assertEqual(self.status(number), seen)
        self.assertEqual(seen["room_sid"], second.sid)

    def test_two_sessions_shuffled_together_end_with_the_newest(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        events = (first.story() + second.story()[:9]) * 4
        random.shuffle(events)
        self.deliver([delivery(self.demo, params) for params in events])
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["participants_count"]),
                         (second.sid, "in-progress", 2))

    @each((("an earlier number", 4, [person("b", SARAH_THERE, 60, 3020, 2960)]),
           ("a later number", 13, [])))
    def test_a_completed_session_is_not_revived_by_a_straggler_with(self, sequence, sarah):
        session = Session(next_number())
        events = session.story()
        tell_all(self.demo, *events[:2], events[12])
        before = self.status(session)
        self.assertEqual((before["status"], before["participants_count"]), ("completed", 0))
        tell_all(self.demo, session.person(sequence, "connected", 60, SARAH_THERE, "b"),
                 session.track(20, "added", 70), session.event(0, "room-created", 0))
        after = self.status(session)
        self.assertEqual((after["status"], after["duration"], after["participants_count"],
                          after["patient_connected"], after["psychologist_connected"]),
                         ("completed", 3020, 0, False, False))
        self.assertEqual(after["participants"], [person("a", JANE_THERE, 5, 3020, 3015)] + sarah)
        connected = self.demo.get(PARTICIPANTS.format(session.number) + "?status=connected", JANE)
        self.assertEqual(self.given(connected)["participants"], [])


class Completing(CallbackCase):
    """ROOMKEY_COMPLETE_ON_ROOM_END=on"""
    demo = property(lambda self: completing_demo())

    def appointment_status(self, number):
        return self.given(self.demo.get(f"/api/appointments/{number}/", JANE))["status"]

    def changed(self, number):
        return [event for event in self.demo.events("--appointment", number)
                if event["action"] == "room_ended"]

    def stays_open(self, number):
        self.assertEqual((self.appointment_status(number), self.changed(number)), ("scheduled", []))
        self.given(self.demo.token(number))

    def test_an_ended_room_in_which_both_were_completes_the_appointment(self):
        session = Session(next_number())
        *events, ended = session.story()
        tell_all(self.demo, *events)
        self.stays_open(session.number)
        answer = tell(self.demo, ended)
        self.given(answer)
        self.assertEqual(self.appointment_status(session.number), "completed")
        [event] = self.changed(session.number)
        self.assertEqual(
            [event[key] for key in ("outcome", "user_id", "request_id", "reason", "expires_at")],
            ["changed", None, answer["X-Request-Id"], None, None])
        for user in (JANE, SARAH):
            for route in ("video-token", "video-token-refresh"):
                self.refused(self.demo.get(f"/api/appointments/{route}/{session.number}/", user),
                             409, "appointment_closed", "Appointment is completed")
        self.assertEqual(self.status(session)["status"], "completed")
        tell_all(self.demo, *session.story())
        self.assertEqual(len(self.changed(session.number)), 1)
        self.demo.roomkey("audit", "verify")

    def test_in_any_order_from_8_it_is_completed_once(self):
        session = Session(next_number())
        events = session.story() * 8
        random.shuffle(events)
        OutOfOrder.deliver(self, [delivery(self.demo, params) for params in events])
        self.assertEqual(self.appointment_status(session.number), "completed")
        self.assertEqual(len(self.changed(session.number)), 1)

    @each((who, who, keep) for who, keep in (("the patient", JANE_THERE),
                                             ("the psychologist", SARAH_THERE), ("nobody", None)))
    def test_an_ended_room_is_not_enough_where_there_was_only(self, who, keep):
        session = Session(next_number())
        tell_all(self.demo, *(params for params in session.story()
                              if params.get("ParticipantIdentity", keep) == keep))
        self.assertEqual(self.status(session)["status"], "completed")
        self.stays_open(session.number)

    def test_who_is_told_of_after_the_end_counts_too(self):
        session = Session(next_number())
        events = session.story()
        late = [params for params in events if params.get("ParticipantIdentity") == SARAH_THERE]
        tell_all(self.demo, *(params for params in events if params not in late))
        self.stays_open(session.number)
        tell_all(self.demo, late[1])
        self.assertEqual(self.appointment_status(session.number), "completed")

    def test_the_end_of_an_older_session_is_no_end(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        *events, ended = first.story()
        tell_all(self.demo, *events, *second.story()[:5], ended)
        self.assertEqual(self.status(number)["room_sid"], second.sid)
        self.stays_open(number)

    def test_a_straggler_of_an_older_session_does_not_close_what_was_opened_again(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *first.story()[:9], *second.story())
        self.assertEqual(self.appointment_status(number), "completed")
        self.demo.roomkey("appointment", "set", number, "--status", "confirmed")
        tell_all(self.demo, *first.story())
        self.assertEqual(self.appointment_status(number), "confirmed")
        self.assertEqual(len(self.changed(number)), 1)
        self.given(self.demo.token(number))

    def test_a_cancelled_appointment_stays_cancelled(self):
        session = Session(CANCELLED)
        tell_all(self.demo, *session.story())
        self.assertEqual(self.status(session)["status"], "completed")
        self.assertEqual((self.appointment_status(CANCELLED), self.changed(CANCELLED)),
                         ("cancelled", []))

    def test_a_forged_end_completes_nothing(self):
        session = Session(next_number())
        *events, ended = session.story()
        tell_all(self.demo, *events)
        self.refused(tell(self.demo, ended, signature="A" * 27 + "="), 403, "bad_signature")
        self.stays_open(session.number)


class Secrecy(CallbackCase):
    def test_no_log_or_other_file_holds_a_signature_or_the_auth_token(self):
        session = Session(next_number())
        good = session.event(0, "room-created", 0)
        right = signature_of(self.demo, good)
        wrong = signature_of(self.demo, good, token="another")
        sent = [right, wrong]
        answers = [
            tell(self.demo, good), tell(self.demo, good, signature=wrong),
            tell(self.demo, good, Content_Type="text/plain"),
            tell(self.demo, good, body=b"x" * 70000),
            tell(self.demo, good | {"RoomSid": "RM1"}),
            tell(self.demo, good, X_Padding="x" * 20000),  # nginx: header too large
            self.demo.raw(delivery(self.demo, good).replace(b"HTTP/1.1", b"HTTP/9.9", 1)),
            self.demo.get(f"{ROUTE}?signature={quote(right, safe='')}", JANE),
            self.demo.get(STATUS.format(session.number), JANE,
                          headers={"X-Twilio-Signature": wrong}),
        ]
        self.assertEqual([answer.status for answer in answers],
                         [200, 403, 400, 413, 400, 400, 505, 405, 200])
        sent.append(signature_of(self.demo, good | {"RoomSid": "RM1"}))
        token = self.demo.settings["TWILIO_AUTH_TOKEN"]
        for hidden in sent + [token]:
            for answer in answers:
                self.assertNotIn(hidden.encode(), answer.body)
            for file in self.demo.dir.rglob("*"):
                if file.is_file() and file.name != "roomkey.env":
                    content = file.read_bytes()
                    self.assertNotIn(hidden.encode(), content, file)
                    self.assertNotIn(quote(hidden, safe="").encode(), content, file)
        log = (self.demo.dir / "log/room.log").read_text()
        refused = answers[1]["X-Request-Id"]
        self.assertRegex(log, f"request_id={refused} .*route=twilio_status_callback .* "
                              'code=bad_signature .*fault="not signed for ')
        self.assertNotIn(JANE_THERE, log)
