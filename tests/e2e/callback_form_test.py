"""The form that Twilio's callbacks come in, and what is refused of it."""
from urllib.parse import quote, urlencode

from callback_support import (FORGED, FORM, JANE_THERE, PARTICIPANT, ROUTE, CallbackCase, Session,
                              delivery, kept, next_number, tell, whole_store)
from cases import each
from clinic import JANE


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
