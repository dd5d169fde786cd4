"""Every refusal of contract 1.1, the order of the checks, and what every answer carries."""
import contextlib
import os
import re
import signal
import sqlite3
import time

from cases import Case, each
from clinic import (ADMIN, CANCELLED, CLOSED_ROOMLESS, COMPLETED, FRESH, INACTIVE, JANE, MANAGER,
                    MOST_ID, NO_SHOW, SAM, SARAH, SERVICE, STAYS_ROOMLESS)
from stacks import Demo, shared_demo
from support import BROWSER, ORIGIN, wait_until
from workers import Worker

TOKEN = "/api/appointments/video-token/{}/"
ROOM = "/api/appointments/video-room/{}/"
EXPOSED = "WWW-Authenticate, Retry-After, X-Request-Id, Date"
ALWAYS = "Authorization, Content-Type, Cache-Control, Pragma, X-Requested-With, X-Request-Id"
REALM = 'Bearer realm="roomkey"'


def ask(method, path, user=None, **options):
    return lambda demo: demo.ask(method, path, user, **options)


def headers(**given):
    return {"headers": {name.replace("_", "-"): value for name, value in given.items()}}


def raw(head, tls=True, body=b"", **options):
    """A request that no honest client would send; {token} in it becomes a good one."""
    def send(demo):
        text = head.replace("{token}", demo.bearer(JANE)).replace("\n", "\r\n")
        return demo.raw(text.encode("latin-1") + b"\r\n\r\n" + body, tls)
    return send


HOST = f"Host: localhost\nOrigin: {ORIGIN}"
# nginx refuses these before it has read Origin.
UNREAD = ("a malformed request line", "an address of 17 KiB", "an encoded NUL in the address",
          "an address outside the root")

# What is asked, and what comes back: status, code, text.
REFUSALS = [
    ("without Authorization", ask("GET", TOKEN.format(47)),
     401, "authentication_required", "Authentication required"),
    ("with another scheme", ask("GET", TOKEN.format(47), **headers(Authorization="Basic YTpi")),
     401, "authentication_required", "Authentication required"),
    ("with a scheme that begins like Bearer",
     ask("GET", TOKEN.format(47), **headers(Authorization="Bearerx e.y.J")),
     401, "authentication_required", "Authentication required"),
    ("with a broken bearer token", ask("GET", TOKEN.format(47), token="broken"),
     401, "invalid_token", "Invalid token"),
    ("with an expired bearer token",
     lambda demo: demo.token(token=demo.bearer(JANE, exp=int(time.time()) - 60)),
     401, "token_expired", "Token has expired"),
    ("to an unknown user", ask("GET", TOKEN.format(47), 999),
     401, "user_unknown", "User not found or inactive"),
    ("to an inactive user", ask("GET", TOKEN.format(47), INACTIVE),
     401, "user_unknown", "User not found or inactive"),
    ("to a stranger", ask("GET", TOKEN.format(47), SAM), 403, "permission_denied",
     "Permission denied"),
    ("to an admin who wants a token", ask("GET", TOKEN.format(47), ADMIN), 403,
     "permission_denied", "Permission denied"),
    ("to a manager who wants a token", ask("GET", TOKEN.format(47), MANAGER), 403,
     "permission_denied", "Permission denied"),
    ("to a service that wants a token", ask("GET", TOKEN.format(47), SERVICE), 403,
     "permission_denied", "Permission denied"),
    ("without such an appointment", ask("GET", TOKEN.format(9999), JANE),
     404, "appointment_not_found", "Appointment not found"),
    ("without a room", ask("GET", TOKEN.format(STAYS_ROOMLESS), JANE),
     404, "room_not_found", "No video room found for this appointment"),
    ("a refresh without a room",
     ask("GET", "/api/appointments/video-token-refresh/505/", SARAH),
     404, "room_not_found", "No video room found for this appointment"),
    ("without such a route", ask("GET", "/api/nothing/", JANE), 404, "not_found", "Not found"),
    ("the root", ask("GET", "/"), 404, "not_found", "Not found"),
    ("with a wrong method", ask("DELETE", TOKEN.format(47), JANE),
     405, "method_not_allowed", "Method not allowed"),
    ("a cancelled appointment", ask("GET", TOKEN.format(CANCELLED), JANE),
     409, "appointment_closed", "Appointment is cancelled"),
    ("a completed appointment", ask("GET", TOKEN.format(COMPLETED), SARAH),
     409, "appointment_closed", "Appointment is completed"),
    ("a no show appointment", ask("GET", TOKEN.format(NO_SHOW), JANE),
     409, "appointment_closed", "Appointment is no_show"),
    ("a body that is no object", ask("POST", ROOM.format(47), JANE, body=b"[]"),
     400, "bad_request", None),
    ("a body of 4 KiB and a byte", ask("POST", ROOM.format(47), JANE, body=b" " * 4097),
     413, "payload_too_large", "Request body too large"),
    ("a chunked body of 4 KiB and a byte",
     lambda demo: demo.raw(demo.request("POST", ROOM.format(47), JANE, headers={
         "Content-Length": None, "Transfer-Encoding": "chunked"}) +
         b"1001\r\n" + b" " * 4097 + b"\r\n0\r\n\r\n"),
     413, "payload_too_large", "Request body too large"),
    ("a malformed request line", raw(f"GET  bad request /\n{HOST}"), 400, "bad_request", None),
    ("two Host headers", raw(f"GET / HTTP/1.1\n{HOST}\nHost: a"), 400, "bad_request", None),
    ("a request without Host", raw(f"GET / HTTP/1.1\nOrigin: {ORIGIN}"), 400, "bad_request", None),
    ("two Authorization headers",
     raw(f"GET /api/appointments/video-token/47/ HTTP/1.1\n{HOST}\n"
         "Authorization: Bearer {token}\nAuthorization: Bearer x"), 400, "bad_request", None),
    ("two Content-Length headers",
     raw(f"POST / HTTP/1.1\n{HOST}\nContent-Length: 0\nContent-Length: 5"), 400, "bad_request",
     None),
    ("a Content-Length that is no number", raw(f"POST / HTTP/1.1\n{HOST}\nContent-Length: x"),
     400, "bad_request", None),
    ("a header of 17 KiB", raw(f"GET / HTTP/1.1\n{HOST}\nX-Long: {'x' * 17408}"),
     400, "bad_request", "Request header too large"),
    ("an address of 17 KiB", raw(f"GET /{'x' * 17408} HTTP/1.1\n{HOST}"), 414, "bad_request",
     "Request address too long"),
    ("an encoded NUL in the address", raw(f"GET /api/%00 HTTP/1.1\n{HOST}"), 400, "bad_request",
     None),
    ("an address outside the root", raw(f"GET /%2e%2e/etc/passwd HTTP/1.1\n{HOST}"), 400,
     "bad_request", None),
    ("plain HTTP on the TLS port", raw(f"GET /healthz HTTP/1.1\n{HOST}", tls=False),
     400, "bad_request", "Use https:// for this port"),
    ("TRACE, by nginx itself", ask("TRACE", TOKEN.format(47), JANE),
     405, "method_not_allowed", "Method not allowed"),
]

# The check that comes first decides.
ORDER = [
    ("route before method", ask("DELETE", "/api/nothing/"), "not_found"),
    ("method before bearer token", ask("POST", TOKEN.format(47)), "method_not_allowed"),
    ("bearer token before appointment", ask("GET", TOKEN.format(9999), token="x.y.z"),
     "invalid_token"),
    ("expiry before user",
     lambda demo: demo.token(9999, token=demo.bearer(999, exp=1)), "token_expired"),
    ("user before appointment", ask("GET", TOKEN.format(9999), 999), "user_unknown"),
    ("appointment before permission", ask("GET", TOKEN.format(9999), SAM),
     "appointment_not_found"),
    ("permission before state", ask("GET", TOKEN.format(CANCELLED), SAM), "permission_denied"),
    ("permission before room", ask("GET", TOKEN.format(STAYS_ROOMLESS), SAM), "permission_denied"),
    ("state before room", ask("GET", TOKEN.format(CLOSED_ROOMLESS), JANE), "appointment_closed"),
    ("state before session type", ask("POST", ROOM.format(504), JANE), "appointment_closed"),
    ("permission before session type", ask("POST", ROOM.format(503), SAM), "permission_denied"),
]

UNKNOWN_IDS = ["0", "00", "01", "047", "-1", "+47", "9223372036854775808", "18446744073709551663",
               "99999999999999999999999", "abc", "47abc", "4_7", "0x2f", "4e1", "47.0", "47%20",
               "%2047", "%09", "%D9%A4%D9%A7", "%FF", "47;a=b", "47,48", "*", "47%2F48", "~",
               "{id}"]
KNOWN_PATHS = [
    ("video_token", "/api/appointments/video-token/47/", "GET, HEAD, OPTIONS"),
    ("video_token_refresh", "/api/appointments/video-token-refresh/47/",
     "GET, HEAD, POST, OPTIONS"),
    ("video_status", "/api/appointments/video-status/47/", "GET, HEAD, OPTIONS"),
    ("video_room", "/api/appointments/video-room/47/", "POST, OPTIONS"),
    ("appointment", "/api/appointments/47/", "GET, HEAD, PUT, OPTIONS"),
    ("healthz", "/healthz", "GET, HEAD, OPTIONS"),
    ("readyz", "/readyz", "GET, HEAD, OPTIONS"),
]


class Refusals(Case):
    @each(REFUSALS)
    def test_refuses(self, send, status, code, text):
        self.refused(send(shared_demo()), status, code, text)

    @each(ORDER)
    def test_checks(self, send, code):
        self.assertEqual(send(shared_demo()).code, code)

    def test_challenges_every_401_and_nothing_else(self):
        demo = shared_demo()
        self.assertEqual(demo.token(user=None).all("WWW-Authenticate"), [REALM])
        for send in (lambda: demo.token(token="x.y.z"), lambda: demo.token(user=999),
                     lambda: demo.token(token=demo.bearer(JANE, exp=1))):
            self.assertRegex(send()["WWW-Authenticate"], "^" + re.escape(REALM) +
                             r', error="invalid_token", error_description="[^"\\]+"$')
        for answer in (demo.token(60), demo.token(user=SAM), demo.get("/api/nothing/")):
            self.assertEqual(answer.all("WWW-Authenticate"), [])

    def test_authenticated_refusals_are_events_and_strangers_are_not(self):
        demo = shared_demo()
        refused, unknown = demo.token(user=SAM), demo.token(user=999)
        events = {event["request_id"]: event for event in demo.events()}
        event = events[refused["X-Request-Id"]]
        self.assertEqual([event[k] for k in ("user_id", "appointment_id", "outcome", "reason")],
                         [SAM, 47, "refused", "permission_denied"])
        self.assertNotIn(unknown["X-Request-Id"], events)


class Paths(Case):
    @each([(f"number {n}: {text}", text) for n, text in enumerate(UNKNOWN_IDS)])
    def test_an_id_that_is_none_is_no_route_like(self, text):
        for _, path, _ in KNOWN_PATHS[:5]:
            with self.subTest(path):
                method = "POST" if "video-room" in path else "GET"
                answer = shared_demo().ask(method, path.replace("47", text), JANE)
                self.refused(answer, 404, "not_found", "Not found")

    def test_the_highest_id_is_one(self):
        self.assertEqual(self.given(shared_demo().token(MOST_ID))["appointment_id"], MOST_ID)
        self.refused(shared_demo().token(MOST_ID - 1), 404, "appointment_not_found")

    def test_percent_encoded_digits_are_digits(self):
        self.assertEqual(self.given(shared_demo().token("%34%37"))["appointment_id"], 47)

    def test_the_final_slash_may_be_missing(self):
        for _, path, _ in KNOWN_PATHS:
            answers = [shared_demo().ask("POST" if "room" in path else "GET", form, JANE)
                       for form in (path.rstrip("/"), path.rstrip("/") + "/")]
            with self.subTest(path):
                self.assertEqual([a.status for a in answers], [200, 200])
                self.assertEqual(set(answers[0].json), set(answers[1].json))

    @each((path, path) for path in (
        "/api/", "/api/appointments/", "/api/appointments/video-token/",
        "/api/appointments/video-token/47/48/", "/api/appointments/video-token/47//48", "/API/",
        "/api/appointments/VIDEO-TOKEN/47/", "/api/appointments/47/video-token/", "/favicon.ico",
        "/index.html", "/.git/config", "/roomkey-error", "/healthz/x", "/healthzz",
        "/api/appointments/video-room/", "/a/%2e%2e/etc/passwd"))
    def test_there_is_no_route(self, path):
        self.refused(shared_demo().get(path, JANE), 404, "not_found", "Not found")

    @each(KNOWN_PATHS)
    def test_other_methods_are_405_with_allow_on(self, path, allow):
        methods = ["DELETE", "PATCH", "PROPFIND"] + (["PUT"] if "PUT" not in allow else [])
        methods += [method for method in ("GET", "HEAD", "POST") if method not in allow]
        for method in methods:
            with self.subTest(method):
                answer = shared_demo().ask(method, path, JANE)
                self.assertEqual((answer.status, answer.all("Allow")), (405, [allow]))
                if method != "HEAD":
                    self.refused(answer, 405, "method_not_allowed")

    def test_nginx_names_all_methods_when_it_refuses_one_itself(self):
        answer = shared_demo().ask("TRACE", TOKEN.format(47))
        self.assertEqual(answer.all("Allow"), ["GET, HEAD, POST, PUT, OPTIONS"])

    @each(row for row in KNOWN_PATHS if "GET" in row[2])
    def test_head_is_get_without_a_body_on(self, path, _):
        demo = shared_demo()
        with demo.connect() as connection:
            connection.send(demo.request("HEAD", path, JANE))
            head = connection.receive("HEAD")
            connection.send(demo.request("GET", path, JANE))  # a body would come before this
            got = connection.receive()
        changing = {"date", "x-request-id", "content-length"}
        for answer in (head, got):
            answer.kept = {(k.lower(), v) for k, v in answer.headers if k.lower() not in changing}
        self.assertEqual((head.status, head.kept), (200, got.kept))
        self.assertEqual(head["Content-Length"], got["Content-Length"])

    def test_a_query_string_changes_nothing(self):
        for query in ("?", "?_t=1763138954000", "?id=48&token=x", "?a=%00", "?/../48/"):
            self.assertEqual(self.given(shared_demo().get(TOKEN.format(47) + query, JANE))
                             ["appointment_id"], 47)


KINDS = REFUSALS + [
    ("a token", ask("GET", TOKEN.format(60), JANE), 200, None, None),
    ("HEAD", ask("HEAD", TOKEN.format(60), JANE), 200, None, None),
    ("a new room", ask("POST", ROOM.format(FRESH[1]), JANE), 201, None, None),
    ("healthz", ask("GET", "/healthz"), 200, None, None),
    ("readyz", ask("GET", "/readyz"), 200, None, None),
]


class EveryAnswer(Case):
    def carries_all(self, answer, origin=ORIGIN, json=True):
        self.assertRegex(answer.first, "^HTTP/1.1 ")
        names = [name.lower() for name, _ in answer.headers]
        self.assertEqual(len(names), len(set(names)), f"a header stands twice: {answer}")
        wanted = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                  "Vary": "Origin", "Access-Control-Allow-Origin": origin,
                  "Access-Control-Expose-Headers": origin and EXPOSED}
        if json:
            wanted["Content-Type"] = "application/json"
        for name, value in wanted.items():
            self.assertEqual(answer[name], value, name)
        self.assertRegex(answer["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertIsNotNone(answer["Date"])
        self.assertIsNone(answer["Access-Control-Allow-Credentials"])
        self.assertEqual(answer["Server"], "nginx")
        self.assertEqual(answer["Retry-After"] is not None, answer.status in (429, 502, 503, 504))
        self.assertEqual(answer["Allow"] is not None, answer.status == 405)
        if json and answer.body:
            self.assertIsInstance(answer.json, dict)

    @each((sentence, sentence, send, status) for sentence, send, status, *_ in KINDS)
    def test_carries_all_headers_once_on(self, sentence, send, status):
        answer = send(shared_demo())
        self.assertEqual(answer.status, status)
        self.carries_all(answer, None if sentence in UNREAD else ORIGIN)

    @each((origin, origin) for origin in (
        "https://localhost:3001", "http://localhost:3000.evil.example", "https://evil.example",
        "null", "*", "HTTPS://LOCALHOST:3000", "https://localhost:3000/", "https://localhostx3000",
        "https://localhost", "https://localhost:3000 https://evil.example", ""))
    def test_no_script_of_an_unlisted_origin_may_read(self, origin):
        for method in ("GET", "OPTIONS"):
            answer = shared_demo().ask(method, TOKEN.format(60), JANE, headers={"Origin": origin})
            self.assertEqual(answer.status, 200 if method == "GET" else 204)
            self.carries_all(answer, origin=None, json=method == "GET")
            self.assertEqual([h for h in answer.headers if h[0].startswith("Access-Control")], [])

    @each((origin, origin) for origin in (ORIGIN, "http://localhost:3000", "http://localhost:5173"))
    def test_preflight_is_answered_for(self, origin):
        for path in (TOKEN.format(47), ROOM.format(47), "/api/nothing/"):
            answer = shared_demo().ask("OPTIONS", path, headers={
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,cache-control,pragma"})
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.carries_all(answer, origin, json=False)
            self.assertEqual(answer["Access-Control-Allow-Methods"], "GET, POST, PUT, OPTIONS")
            self.assertEqual(answer["Access-Control-Allow-Headers"], ALWAYS)
            self.assertEqual(answer["Access-Control-Max-Age"], "7200")

    def preflight(self, asked, origin=ORIGIN):
        answer = shared_demo().ask("OPTIONS", TOKEN.format(47), headers={
            "Origin": origin, "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": asked})
        self.assertEqual((answer.status, answer["Vary"]), (204, "Origin"))
        return answer.all("Access-Control-Allow-Headers")

    @each((asked, asked) for asked in (
        "authorization,baggage,sentry-trace,traceparent,x-release-tag", "x-a, x-b", "X-A\t,\tx-b",
        "x_a", "!#$%&'*+-.^_`|~09azAZ", ",".join(f"x-{n:04}" for n in range(146))))
    def test_preflight_allows_a_listed_origin_the_names_that_it_asks_for(self, asked):
        self.assertEqual(self.preflight(asked), [f"{ALWAYS}, {asked}"])
        self.assertEqual(self.preflight(asked, "https://evil.example"), [])

    @each((repr(asked)[:40], asked) for asked in (
        None, "", "authorization,x-requested-with", "Content-Type", "*", "x-a,*", "* , x-a", "x a",
        "x-a,", ",x-a", "x-a,,x-b", "x-a;x-b", "x:a", '"x"', "x-\u00fc", "x\x01a", "x-a,x\x7f", "(x)",
        "x/a", "x@a", "x[a]", "x{a}", "x\\a", "x=a", "x?a", "x<a>", "x" * 1025))
    def test_preflight_allows_no_more_than_ever_to(self, asked):
        self.assertEqual(self.preflight(asked), [ALWAYS])

    def test_without_origin_there_are_no_cors_headers_but_vary(self):
        self.carries_all(shared_demo().token(60, headers={"Origin": None}), origin=None)

    def test_the_clients_own_request_id_is_not_taken(self):
        answer = shared_demo().token(60, headers={"X-Request-Id": "f" * 32})
        self.assertNotEqual(answer["X-Request-Id"], "f" * 32)

    def test_a_burst_over_the_rate_is_429_and_ends_by_itself(self):
        with Demo(rate_limit="on") as demo, demo.connect() as connection:
            request = demo.request("GET", "/api/nothing/", headers=BROWSER)

            def burst():
                connection.send(request * 10)
                return [connection.receive() for _ in range(10)]
            answers = [answer for _ in range(15) for answer in burst()]
            self.assertEqual({answer.status for answer in answers}, {404})
            for _ in range(300):
                answers = burst()
                if answers[-1].status == 429:
                    break
            self.refused(answers[-1], 429, "rate_limited", "Too many requests")
            self.assertGreater(int(answers[-1]["Retry-After"]), 0)
            self.carries_all(answers[-1])
            self.assertEqual(demo.get("/healthz").status, 200)
            self.assertEqual(demo.ask("OPTIONS", "/", headers=BROWSER).status, 204)
            wait_until(lambda: demo.token().status == 200, "the limit is over")

    def test_the_demo_without_rate_limit_takes_any_burst(self):
        demo = shared_demo()
        with demo.connect() as connection:
            for _ in range(60):
                connection.send(demo.request("GET", "/api/nothing/") * 10)
                self.assertEqual({connection.receive().status for _ in range(10)}, {404})

    def test_without_any_worker_it_is_502_and_well_again_after_a_start(self):
        with Demo() as demo:
            for pool in ("token", "room"):
                demo.kill_pool(pool)
            for answer in (demo.token(headers=BROWSER),
                           demo.post(ROOM.format(47), JANE, headers=BROWSER)):
                self.refused(answer, 502, "worker_unavailable", "Service temporarily unavailable")
                self.carries_all(answer)
            demo.start()
            self.given(demo.token())

    def test_without_its_socket_it_is_502_and_no_log_holds_the_query_or_the_path(self):
        with Demo() as demo:
            socket = demo.dir / "token.sock"
            socket.rename(demo.dir / "moved.sock")
            query = f"?access_token={demo.bearer(JANE)}"
            answer = demo.get(TOKEN.format(47) + query, JANE, headers={"Referer": f"/{query}"})
            self.refused(answer, 502, "worker_unavailable", "Service temporarily unavailable")
            self.carries_all(answer)
            wait_until(lambda: 'worker_status="502, 502, 502"' in demo.log(), "nginx's line")
            for part in ("eyJ", "token.sock", "access_token"):
                self.assertNotIn(part, demo.log())
            (demo.dir / "moved.sock").rename(socket)
            self.given(demo.token())

    def test_workers_that_hang_are_504(self):
        with Demo(workers=1) as demo:
            worker = demo.workers()[0]
            os.kill(worker, signal.SIGSTOP)
            answer = demo.token(headers=BROWSER)
            self.refused(answer, 504, "worker_unavailable", "Service temporarily unavailable")
            self.carries_all(answer)
            os.kill(worker, signal.SIGCONT)
            self.given(demo.token())


class ProviderAndStore(Case):
    def test_room_comes_before_provider(self):
        with Worker(TWILIO_API_SECRET=None) as worker:
            self.refused(worker.token(STAYS_ROOMLESS), 404, "room_not_found")

    @each((name, name) for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"))
    def test_a_token_that_cannot_be_made_names(self, name):
        with Worker(**{name: None, "STREAM_API_KEY": None, "STREAM_API_SECRET": None}) as worker:
            self.refused(worker.token(), 500, "token_failed",
                         f"Failed to generate access token: {name} is not set")
            self.assertIn(f'fault="{name} is not set"', worker.log())
            self.assertEqual(worker.granted(), [])
            self.assertEqual([e["reason"] for e in worker.events("--user", JANE)], ["token_failed"])
            self.assertFalse(self.given(worker.get("/api/appointments/47/", JANE))["can_join"])
            answer = worker.get("/readyz")
            self.assertEqual((answer.status, answer["Retry-After"]), (503, "2"))
            self.assertEqual(answer.json["checks"]["twilio"], f"{name} is not set")

    def test_who_has_too_long_a_name_for_twilio_gets_no_token_that_it_refuses(self):
        with Worker() as worker:
            with contextlib.closing(sqlite3.connect(worker.db)) as store, store:
                store.execute("UPDATE users SET email = ? WHERE id = ?", ("a" * 125 + "@b", JANE))
            answer = worker.token()
            self.refused(answer, 500, "token_failed")
            self.assertIn("128 characters", answer.json["error"])
            self.assertEqual(worker.granted(), [])
            self.assertEqual([e["reason"] for e in worker.events("--user", JANE)], ["token_failed"])
            self.given(worker.token(user=SARAH))
            self.assertIn(f"gets no token: {JANE}.", worker.roomkey("check", "--offline", status=1))

    def test_without_any_provider_it_is_500_and_ready_all_the_same(self):
        with Worker(TWILIO_ACCOUNT_SID=None, TWILIO_API_KEY=None, TWILIO_API_SECRET=None) as worker:
            self.refused(worker.token(), 500, "token_failed",
                         "Failed to generate access token: Twilio is not configured")
            self.assertEqual(worker.get("/readyz").status, 200)
