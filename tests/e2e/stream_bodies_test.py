"""What Stream's routes take for a body, and the order of their checks."""
import json

from cases import each
from clinic import JANE, SAM
from stream_support import (CALL, DOTTED, TOKEN, StreamCase, ask, get_token, room, sentence,
                            stream_demo, stream_worker)

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
    ("name before something to join", ("POST", TOKEN, SAM, {"userId": "2"}), "permission_denied"),
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
        self.refusal(answer, JANE, None, "bad_request")

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
