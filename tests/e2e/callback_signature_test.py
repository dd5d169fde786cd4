"""What Twilio tells of a room is believed where it is signed as its own library signs it."""
import secrets
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from callback_support import (FORGED, HOST, JANE_THERE, NINE, ROUTE, SARAH_THERE, URL,
                              URL_WITH_PORT, CallbackCase, Session, completing_demo, kept,
                              next_number, settings, signature_of, tell, whole_store)
from cases import each
from clinic import ADMIN, SERVICE
from stacks import Demo

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
