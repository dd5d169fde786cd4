"""Secrets and tokens of Stream's routes are in the answers and nowhere else."""
from cases import SQL
from clinic import JANE
from stream_support import CALL, TOKEN, StreamCase, ask, get_token, handed_out, room, stream_demo
from support import BROWSER, told_by_proc, wait_until


class Unseen(StreamCase):
    """Its module is the last of Stream's by name, so that the shared demo's logs hold what the
    tests of all others did to it."""

    @classmethod
    def setUpClass(cls):
        """Tokens in every place where a careless client might put them."""
        demo = stream_demo()
        cls.bearer = demo.bearer(JANE)
        token = get_token(demo, JANE, {"callId": room(47)}).json["token"]
        for text in (token, cls.bearer):
            for body in ({"userId": text}, {"callId": text}, {"callType": text}, {"token": text},
                         {text: "x"}, text.encode(), b"x" * 70000):
                for path in (TOKEN, CALL):
                    ask(demo, "POST", path, token=cls.bearer, body=body)
            ask(demo, "GET", CALL, token=cls.bearer, query=f"callId={text}")
            ask(demo, "GET", CALL, token=cls.bearer, query=f"callId={room(47)}&token={text}")
            ask(demo, "POST", f"{CALL}/{text}/", token=cls.bearer)
            ask(demo, "POST", TOKEN, token=text)
            ask(demo, "POST", TOKEN, token=cls.bearer, body=b"x" * 70000, query=f"token={text}")
            ask(demo, "POST", TOKEN, token=cls.bearer, body={}, headers=BROWSER | {
                "Referer": f"https://localhost:3000/?token={text}"})
        cls.last = get_token(demo, JANE, {"callId": room(47)})
        line = f"request_id={cls.last['X-Request-Id']} "
        access = demo.dir / "log/nginx-access.log"
        wait_until(lambda: line in access.read_text(), "nginx writes its line after the answer")
        cls.logs = {file.name: file.read_text(errors="replace")
                    for file in (demo.dir / "log").iterdir()}

    def test_the_requests_are_logged_at_all(self):
        identity = f"request_id={self.last['X-Request-Id']} "
        self.assertRegex(self.logs["token.log"], f"{identity}user_id=2 appointment_id=47 "
                         r"route=stream_token method=POST status=200 code=- duration_us=\d+\n")
        self.assertRegex(self.logs["nginx-access.log"], f'{identity}.* path="{TOKEN}" status=200')
        for route in ("stream_token", "stream_call", "stream_key"):
            self.assertIn(f"route={route} ", self.logs["token.log"])
            self.assertNotIn(f"route={route} ", self.logs["room.log"])

    def test_no_log_holds_a_secret(self):
        for name in ("STREAM_API_SECRET", "ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET"):
            for file, text in self.logs.items():
                self.assertNotIn(stream_demo().settings[name], text, f"{name} in {file}")

    def test_no_log_holds_a_token_or_a_part_of_one(self):
        parts = {part for token in [*handed_out, self.bearer] for part in token.split(".")}
        self.assertGreater(len(parts), 3)
        for file, text in self.logs.items():
            self.assertNotIn("eyJ", text, file)
            for part in parts:
                self.assertNotIn(part, text, file)

    def test_no_log_line_holds_sql_a_path_of_the_store_or_a_name(self):
        lines = [line for line in self.logs["token.log"].splitlines() if "route=stream_" in line]
        self.assertTrue(lines)
        for line in lines:
            self.assertIsNone(SQL.search(line), line)
            for text in (str(stream_demo().dir), "/api/", "@", "apt-"):
                self.assertNotIn(text, line)

    def test_no_file_of_the_demo_but_its_settings_holds_the_secret_or_a_token(self):
        demo = stream_demo()
        tokens = [*handed_out, self.bearer]
        for file in demo.dir.rglob("*"):
            if not file.is_file() or file.name == "roomkey.env":
                continue
            content = file.read_bytes()
            self.assertNotIn(demo.settings["STREAM_API_SECRET"].encode(), content, file.name)
            for token in tokens:
                self.assertNotIn(token.encode(), content, file.name)

    def test_the_secret_does_not_show_in_what_proc_tells_of_any_process(self):
        demo = stream_demo()
        processes = demo.processes()
        self.assertTrue(set(demo.workers("token") + demo.workers("room")) <= set(processes))
        for pid in processes:
            self.assertNotIn(demo.settings["STREAM_API_SECRET"].encode(), told_by_proc(pid))
