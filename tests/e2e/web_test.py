"""/roomkey/: the files for browsers, as nginx gives them out."""
import shutil

from cases import Case
from clinic import JANE, SARAH
from stacks import Demo, made_up_settings, shared_demo
from support import ORIGIN, ROOT
from tokens import opened

HELPER = "/roomkey/roomkey.js"
FILES = {"roomkey.js": "text/javascript; charset=utf-8",
         "texts.js": "text/javascript; charset=utf-8", "roomkey.d.ts": "text/plain; charset=utf-8",
         "page/": "text/html; charset=utf-8", "page/index.html": "text/html; charset=utf-8",
         "page/look.css": "text/css; charset=utf-8", "page/sign.svg": "image/svg+xml"}


class OwnTree(Demo):
    """A demo whose web/ has a page and a folder without one."""

    def __init__(self):
        super().__init__(start=False)
        try:
            self.root = self.dir / "tree"
            for name in ("demo", "nginx", "web"):
                shutil.copytree(ROOT / name, self.root / name)
            page = self.root / "web/page"
            page.mkdir()
            for name in ("index.html", "look.css", "sign.svg"):
                (page / name).write_text("<!doctype html><title>a page</title>")
            (self.root / "web/empty").mkdir()
            (self.dir / "secret.js").write_text("x")
            self.start()
        except BaseException:
            self.close()
            raise


class Web(Case):
    @classmethod
    def setUpClass(cls):
        cls.demo = OwnTree()

    @classmethod
    def tearDownClass(cls):
        cls.demo.close()

    def get(self, path, method="GET", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.demo.ask(method, path, headers=named)

    def test_each_file_has_its_content_type_and_cors_of_the_one_list(self):
        for name, kind in FILES.items():
            answer = self.get(f"/roomkey/{name}")
            self.assertEqual((answer.status, answer["Content-Type"]), (200, kind), name)
            self.assertEqual(answer.all("Access-Control-Allow-Origin"), [ORIGIN])
            self.assertIn("Origin", answer.all("Vary"))
            self.assertEqual(answer["X-Content-Type-Options"], "nosniff")
            self.assertEqual(answer["Cross-Origin-Resource-Policy"], "cross-origin")
            self.assertRegex(answer["X-Request-Id"], r"^[0-9a-f]{32}$")
        for part in ("bytes=0-9", "bytes=99999999-"):
            whole = self.get(HELPER, Range=part)
            self.assertEqual((whole.status, whole["Content-Type"], whole.all("Access-Control-Allow-Origin")),
                             (200, FILES["roomkey.js"], [ORIGIN]), part)
        stranger = self.get(HELPER, Origin="https://evil.example")
        self.assertEqual((stranger.status, stranger["Access-Control-Allow-Origin"]), (200, None))

    def test_a_file_may_be_kept_and_is_asked_about_each_time(self):
        answer = self.get(HELPER)
        self.assertEqual(answer.all("Cache-Control"), ["no-cache"])
        again = self.get(HELPER, If_None_Match=answer["ETag"])
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(again["Access-Control-Allow-Origin"], ORIGIN)
        self.assertEqual(self.get("/api/appointments/47/")["Cache-Control"], "no-store")

    def test_a_page_may_do_what_its_policy_says_and_no_file_else_has_one(self):
        page = self.get("/roomkey/page/")
        policy = dict(part.strip().split(" ", 1)
                      for part in page["Content-Security-Policy"].split(";"))
        self.assertEqual(policy["default-src"], "'none'")
        self.assertEqual(policy["script-src"], "'self'")
        self.assertNotIn("unsafe", page["Content-Security-Policy"])
        for door in ("'self'", "wss://*.vss.twilio.com", "wss://video.stream-io-api.com"):
            self.assertIn(door, policy["connect-src"].split())
        self.assertIn("camera=(self)", page["Permissions-Policy"])
        self.assertEqual(page["Referrer-Policy"], "no-referrer")
        for path in (HELPER, "/roomkey/nothing.js", "/api/appointments/47/"):
            answer = self.get(path)
            for name in ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"):
                self.assertIsNone(answer[name], path)

    def test_the_check_page_is_told_the_list_and_the_region(self):
        path = "/roomkey/check/config.json"
        answer = self.get(path)
        self.assertEqual((answer.status, answer["Content-Type"]), (200, "application/json"))
        self.assertEqual(answer.all("Cache-Control"), ["no-cache"])
        origins = [ORIGIN, "http://localhost:3000", "http://localhost:5173"]
        practice = {"name": "Practice of Dr. Sarah", "phone": "+1 555 0100", "url": ""}
        self.assertEqual(answer.json, {"origins": origins, "provider": "twilio", "region": "au1",
                                       "practice": practice})
        for method in ("POST", "PUT", "DELETE"):
            self.refused(self.get(path, method), 405, "method_not_allowed")
        page = self.get("/roomkey/check/")
        self.assertEqual((page.status, page["Content-Type"]), (200, "text/html; charset=utf-8"))

    def test_for_stream_alone_the_check_page_is_told_so_and_no_region(self):
        without = dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET",
                                 "TWILIO_AUTH_TOKEN", "TWILIO_REGION"))
        with Demo(made_up_settings(**without), start=False) as demo:
            demo.script("start")  # is up, but fails: no token of Twilio's
            told = demo.ask("GET", "/roomkey/check/config.json").json
        self.assertEqual((told["provider"], told["region"]), ("stream", None))

    def test_the_demo_s_page_has_logins_of_its_two_people_for_four_hours(self):
        page = self.get("/roomkey/demo/")
        self.assertEqual((page.status, page["Content-Type"]), (200, "text/html; charset=utf-8"))
        people = self.get("/roomkey/demo-data/people.json").json["people"]
        self.assertEqual([(one["id"], one["name"], one["role"]) for one in people],
                         [(JANE, "Jane Doe", "patient"), (SARAH, "Dr. Sarah", "psychologist")])
        for one in people:
            claims = opened(one["bearer"], self.demo.settings["ROOMKEY_JWT_SECRET"])[1]
            self.assertEqual(claims["exp"] - claims["iat"], 4 * 3600)
            self.assertTrue(self.given(self.demo.token(token=one["bearer"]))["access_token"])

    def test_what_is_not_there_is_404_in_json_folders_without_a_page_too(self):
        for path in ("", "nothing.js", "empty/", "empty/nothing/", "roomkey.js/", "page/nothing/",
                     "../secret.js", "%2e%2e/secret.js", "..%2fsecret.js", "page/../../secret.js"):
            answer = self.get(f"/roomkey/{path}")
            self.refused(answer, 404, "not_found")
            self.assertEqual(answer.all("Cache-Control"), ["no-store"], path)
            self.assertEqual(answer["Access-Control-Allow-Origin"], ORIGIN, path)

    def test_a_folder_without_its_slash_leads_to_its_page_and_keeps_the_query(self):
        answer = self.get("/roomkey/page?appointment=47")
        self.assertEqual((answer.status, answer["Location"]),
                         (301, "/roomkey/page/?appointment=47"))

    def test_files_are_read_and_nothing_else(self):
        head = self.get(HELPER, "HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = self.get(HELPER, method)
            self.refused(answer, 405, "method_not_allowed")
            self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS")
        self.assertEqual(self.get(HELPER, "OPTIONS").status, 204)

    def test_files_are_compressed_and_answers_of_the_api_never(self):
        with self.demo.connect() as connection:
            connection.send(self.demo.request("HEAD", HELPER, headers={"Accept-Encoding": "gzip"}))
            answer = connection.receive("HEAD")
        self.assertEqual(answer["Content-Encoding"], "gzip")
        self.assertEqual(sorted(answer.all("Vary")), ["Accept-Encoding", "Origin"])
        plain = shared_demo().token(headers={"Accept-Encoding": "gzip"})
        self.assertIsNone(plain["Content-Encoding"])
