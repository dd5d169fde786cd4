"""What every answer of Stream's routes carries."""
from cases import each
from clinic import CANCELLED, SAM
from stream_support import CALL, DOTTED, TOKEN, WAYS, StreamCase, ask, get_token, room, stream_demo
from support import ORIGIN

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
    ("nothing to join", 403, lambda d, **o: get_token(d, SAM, **o)),
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
