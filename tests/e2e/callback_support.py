"""What the tests of Twilio's callbacks share: two demos, what Twilio tells of a session, signed as
its own library signs it, and what became of it."""
import collections
import functools
import secrets
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from cases import Case
from clinic import JANE, SARAH, appointment, utc
from load import at_once
from stacks import Demo, made_up_settings
from stores import rows

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
    user, role = {str(JANE): (JANE, "patient"), str(SARAH): (SARAH, "psychologist")}.get(
        identity.partition("-")[0], (None, None))
    return {"sid": "PA" + sid * 32, "identity": identity, "user_id": user, "role": role,
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
