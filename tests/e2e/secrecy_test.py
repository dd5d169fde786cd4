"""No secret, token, SQL or path in any log, nor in what /proc shows. Runs last: the shared demo's
logs then hold what all other tests did to it."""
import re

from cases import SQL, Case
from clinic import JANE, SARAH
from livekit_support import JANE_THERE, StandIn, signature
from stacks import ELSEWHERE, Demo, fill_elsewhere, made_up_settings, other_providers, shared_demo
from support import BROWSER, told_by_proc, wait_until

SECRETS = ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "STREAM_API_SECRET")
OTHER_SECRETS = ("LIVEKIT_API_SECRET", "JITSI_APP_SECRET", "JANUS_TOKEN_SECRET", "JANUS_ADMIN_KEY",
                 "ROOMKEY_TOKEN_KEY")
PATH = "/api/appointments/video-token/47/"


class Secrecy(Case):
    @classmethod
    def setUpClass(cls):
        """Tokens in every place where a careless client might put them."""
        demo = shared_demo()
        cls.bearer = demo.bearer(JANE)
        answers = [
            demo.token(), demo.get(f"{PATH}?access_token={cls.bearer}", JANE),
            demo.get(f"/{cls.bearer}"), demo.get(f"{PATH}{cls.bearer[4:]}/"),
            demo.get(PATH, JANE, headers=BROWSER | {
                "Referer": f"https://localhost:3000/?token={cls.bearer}"}),
            demo.get(PATH, token=cls.bearer[:-2] + "AA"),
            demo.get(PATH, headers={"Authorization": f"Basic {cls.bearer}"}),
            demo.get(PATH, headers={"Authorization": "Bearer " + cls.bearer * 60}),
            demo.get(PATH, headers={cls.bearer.replace(".", "-"): "x"}),
            demo.post("/api/appointments/video-room/47/", JANE, body=cls.bearer.encode()),
            demo.post("/api/appointments/video-room/47/", JANE, body=b"x" * 70000),
            demo.raw(f"GET {PATH}?{cls.bearer} HTTP/9.9\r\n\r\n".encode()),
            demo.raw(f"{cls.bearer} / HTTP/1.1\r\n\r\n".encode()),
            demo.raw(demo.request("GET", PATH, JANE), tls=False),
            demo.get("/" + "long/" * 1000), demo.get("/" + "%01%22" * 1000),
            demo.raw(demo.request("M" * 5000, PATH, JANE)),
        ]
        cls.tokens = [cls.bearer] + [a.json["access_token"] for a in answers if a.status == 200]
        # nginx has a request's line once its connection is closed.
        last = demo.dir / "log/nginx-access.log"
        wait_until(lambda: "method=(other) " in last.read_text(errors="replace"), "the last line")
        cls.logs = {file.name: file.read_text(errors="replace")
                    for file in (demo.dir / "log").iterdir()}

    def test_the_logs_are_written_at_all(self):
        for name, word in (("token.log", "route=video_token"), ("room.log", "route=video_room"),
                           ("nginx-access.log", f'path="{PATH}" status=200')):
            self.assertIn(word, self.logs[name])

    def test_no_log_holds_a_secret(self):
        for name in SECRETS:
            for file, text in self.logs.items():
                self.assertNotIn(shared_demo().settings[name], text, f"{name} in {file}")

    def test_no_log_holds_a_token_or_a_part_of_one(self):
        for file, text in self.logs.items():
            for part in {part for token in self.tokens for part in token.split(".")}:
                self.assertNotIn(part, text, file)
            self.assertNotIn("eyJ", text, file)

    def test_no_log_line_is_longer_than_what_was_logged_is_worth(self):
        for file, text in self.logs.items():
            self.assertLess(max(map(len, text.splitlines() or [""])), 700, file)
        paths = self.logs["nginx-access.log"]
        self.assertIn('path="/' + ("long/" * 40)[:199] + '..."', paths)
        self.assertIn('path="/..." status=404', paths)
        self.assertIn("method=(other) ", paths)

    def test_no_log_line_of_a_request_holds_sql_or_a_path(self):
        for file in ("token.log", "room.log"):
            lines = [line for line in self.logs[file].splitlines() if "request_id=" in line]
            self.assertTrue(lines)
            for line in lines:
                self.assertIsNone(SQL.search(line), line)
                self.assertNotIn(str(shared_demo().dir), line)
                self.assertNotIn("/api/", line)

    def test_log_lines_are_key_and_value_with_the_request_id_first(self):
        for file in ("token.log", "room.log"):
            for line in self.logs[file].splitlines():
                if "request_id=" in line:
                    self.assertRegex(line, re.compile(
                        r'^\S+Z (info|error) request_id=[0-9a-f]{32} user_id=(\d+|-) '
                        r'appointment_id=(\d+|-) route=\S+ method=("[^"]*"|\S+) status=\d{3} '
                        r'code=\S+ duration_us=\d+( fault=("[^"]*"|\S+))?$'))

    def test_each_answer_has_a_line_with_its_id_in_both_logs(self):
        answer = shared_demo().token()
        for file in ("token.log", "nginx-access.log"):
            path, line = shared_demo().dir / "log" / file, f"request_id={answer['X-Request-Id']} "
            wait_until(lambda: line in path.read_text(), "nginx writes its line after the answer")
            self.assertEqual(path.read_text().count(line), 1, file)

    def test_the_access_log_leaves_out_a_path_in_the_form_of_a_token(self):
        demo, part, left_out = shared_demo(), "aB3-" * 3 + "_Zz", "(holds a token)"
        access = demo.dir / "log/nginx-access.log"
        for path, logged in ((f"/{part}.{part}.{part}", left_out), ("/x/eyJ/", left_out),
                             (f"/{part}/{part}.{part * 9}.{part}more/", left_out),
                             (f"/x.{part}.{part}.{part}", left_out),
                             (f"/{part[1:]}.{part}.{part}", None), (f"/{part}.{part[1:]}.{part}", None),
                             (f"/{part}.{part}.{part[1:]}", None), (f"/{part}.{part}", None)):
            line = f"request_id={demo.get(path)['X-Request-Id']} .*\n"
            found = wait_until(lambda: re.search(line, access.read_text()), "nginx writes its line")
            self.assertIn(f' path="{logged or path}" ', found[0])

    def test_no_secret_shows_in_what_proc_tells_of_any_process(self):
        demo = shared_demo()
        processes = demo.processes()
        self.assertTrue(set(demo.workers("token") + demo.workers("room")) <= set(processes))
        for pid in processes:
            seen = told_by_proc(pid)
            for name in SECRETS:
                self.assertNotIn(demo.settings[name].encode(), seen)

    def test_no_other_file_of_the_demo_holds_a_token_or_secret(self):
        demo = shared_demo()
        for file in demo.dir.rglob("*"):
            if not file.is_file() or file.name == "roomkey.env":
                continue
            content = file.read_bytes()
            for name in SECRETS:
                self.assertNotIn(demo.settings[name].encode(), content, file.name)
            self.assertNotIn(self.bearer.encode(), content, file.name)


class OfOtherProviders(Case):
    """Asked for tokens and rooms, away, refusing and lying; and what each of them was told."""

    @classmethod
    def setUpClass(cls):
        livekit = StandIn()
        cls.addClassCleanup(livekit.close)
        changes = other_providers(JANUS_API_URL=None) | livekit.settings
        cls.demo = demo = Demo(made_up_settings(**changes))
        cls.addClassCleanup(demo.close)
        fill_elsewhere(demo)
        answers = []
        for number in ELSEWHERE:
            answers += [demo.token(number), demo.token(number, SARAH)]
            answers += [demo.get(f"/api/appointments/video-{what}/{number}/", SARAH)
                        for what in ("status", "participants")]
        livekit.tell(fault="html")
        for number in ELSEWHERE:
            answers.append(demo.post(
                f"/api/appointments/video-participant/{number}/{JANE_THERE}/remove/", SARAH))
        forged = signature(b"{}", livekit.key, livekit.secret)
        answers += [demo.post("/api/appointments/livekit-webhook/", body=b"{}", headers={
            "Content-Type": "application/webhook+json", "Authorization": one})
            for one in (forged, forged[:-4] + "AAAA")]
        cls.tokens = [part for one in answers if "access_token" in one.json for token in (
            one.json["access_token"], one.json["connect"].get("core_token", ""))
            for part in re.split(r"[.:]", token) if len(part) > 19]
        cls.told = {f"answer {number}": one.body.decode() for number, one in enumerate(answers)}
        cls.told["check"] = demo.roomkey("check", status=1)
        cls.logs = {file.name: file.read_text(errors="replace")
                    for file in (demo.dir / "log").iterdir()}

    def test_all_of_them_were_asked(self):
        self.assertGreater(len(self.tokens), 12)
        for number, name in ELSEWHERE.items():
            self.assertRegex(self.logs["token.log"] + self.logs["room.log"],
                             f"appointment_id={number} route=video_token .* status=200")
        self.assertIn("Janus, ", self.logs["room.log"])
        self.assertIn("LiveKit, ", self.logs["room.log"])

    def test_no_log_no_answer_and_no_finding_holds_a_secret_of_theirs(self):
        for name in OTHER_SECRETS:
            for where, text in (self.logs | self.told).items():
                self.assertNotIn(self.demo.settings[name], text, f"{name} in {where}")

    def test_no_log_holds_a_part_of_a_token_of_theirs(self):
        for where, text in self.logs.items():
            for part in self.tokens:
                self.assertNotIn(part, text, where)

    def test_neither_proc_nor_a_file_shows_a_secret_of_theirs(self):
        files = {file.name: file.read_bytes() for file in self.demo.dir.rglob("*")
                 if file.is_file() and file.name != "roomkey.env"}
        seen = files | {pid: told_by_proc(pid) for pid in self.demo.processes()}
        for name in OTHER_SECRETS:
            for where, content in seen.items():
                self.assertNotIn(self.demo.settings[name].encode(), content, f"{name} in {where}")
