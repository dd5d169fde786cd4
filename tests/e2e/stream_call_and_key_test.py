"""What Stream's routes answer about a call, and its query."""
import urllib.parse

from cases import each
from clinic import JANE, SAM, SARAH
from stream_support import (CALL, SIGNS, TOKEN, ZOE, ZOES, StreamCase, ask, call_query, get_token,
                            room, stream_demo)


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
            self.refusal(answer, JANE, SIGNS, "token_failed")
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
