"""Paths, ids and methods that there are, and that there are not."""
from cases import Case, each
from clinic import JANE, MOST_ID
from refusal_support import TOKEN
from stacks import shared_demo

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
