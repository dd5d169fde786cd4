"""Stream and Twilio configured, half configured, or not at all."""
import re
import secrets
import subprocess

import jwt

from cases import each
from clinic import CANCELLED, JANE, SAM, seed
from stacks import Demo, made_up_settings
from stream_support import (CALL, DOTTED, NOT_CONFIGURED, WAYS, StreamCase, ask, get_token, more,
                            room, stream_demo, stream_worker, with_stream)
from support import BIN, PATIENCE

TWILIO_UNSET = {"TWILIO_ACCOUNT_SID": None, "TWILIO_API_KEY": None, "TWILIO_API_SECRET": None}
STREAM_UNSET = {"STREAM_API_KEY": None, "STREAM_API_SECRET": None}
# What is set, and what is said of it.
HALF_SET = [
    ("the key alone", {"STREAM_API_SECRET": None}, "STREAM_API_SECRET is not set"),
    ("the secret alone", {"STREAM_API_KEY": None}, "STREAM_API_KEY is not set"),
    ("the key alone by its other name", {"STREAM_API_SECRET": None, "STREAM_API_KEY": None,
                                         "NEXT_PUBLIC_STREAM_API_KEY": "k3yn4m3s4pp1"},
     "STREAM_API_SECRET is not set"),
    ("an empty key", {"STREAM_API_KEY": ""}, "STREAM_API_KEY is not set"),
    ("an empty secret", {"STREAM_API_SECRET": ""}, "STREAM_API_SECRET is not set"),
]


class Configuration(StreamCase):
    def not_configured(self, stack):
        answers = [get_token(stack), *(ask_for(stack, room(60)) for ask_for in WAYS.values())]
        for answer, number in zip(answers, (None, 60, 60, 60)):
            self.refused(answer, 500, "provider_not_configured", NOT_CONFIGURED)
            self.refusal(answer, JANE, number, "provider_not_configured", stack)

    def checks_before(self, stack):
        """All other checks come before that."""
        self.bad(get_token(stack, JANE, b"[]"))
        self.bad(ask(stack, "GET", CALL), "Call ID required")
        self.refused(get_token(stack, None), 401, "authentication_required")
        self.refused(get_token(stack, JANE, {"userId": "19"}), 403, "permission_denied")
        for ask_for in WAYS.values():
            self.refused(ask_for(stack, room(60), SAM), 403, "permission_denied")
            self.refused(ask_for(stack, "x"), 404, "appointment_not_found")
            self.refused(ask_for(stack, room(CANCELLED)), 409, "appointment_closed")

    def ready(self, stack, status, stream, twilio="ok"):
        answer = stack.get("/readyz")
        self.assertEqual((answer.status, answer["Retry-After"]),
                         (status, None if status == 200 else "2"), answer)
        self.assertEqual(answer.json, {
            "status": "ok" if status == 200 else "unavailable",
            "checks": {"store": "ok", "schema": "ok", "bearer_keys": "ok", "twilio": twilio,
                       "stream": stream} | {name: "not configured" for name in (
                           "livekit", "jitsi", "janus", "custom")}})
        self.assertIn(f'\n"stream": "{stream}",\n', re.sub(" *\n *", "\n", answer.body.decode()))

    def test_with_both_the_installation_is_ready(self):
        self.ready(stream_demo(), 200, "ok")
        self.given(stream_demo().token(60))

    def test_without_stream_its_routes_say_so_and_twilios_work(self):
        with Demo(made_up_settings(**STREAM_UNSET)) as demo:
            self.not_configured(demo)
            self.checks_before(demo)
            self.given(demo.token(60))
            self.assertTrue(self.given(demo.get("/api/appointments/60/", JANE))["can_join"])
            self.ready(demo, 200, "not configured")
            demo.roomkey("audit", "verify")

    def test_without_twilio_its_routes_say_so_and_streams_work(self):
        with Demo(with_stream(**TWILIO_UNSET), start=False) as demo:
            demo.script("start")  # all is up, but it misses the token that it wants to show
            demo.fill(seed())
            demo.fill(more())
            token = self.given(get_token(demo, JANE, {"callId": room(60)}))["token"]
            self.assertEqual(self.opened(token, demo)["call_cids"], [f"default:{room(60)}"])
            self.opened(self.given(get_token(demo))["token"], demo)
            for way in ("the call", "the key"):
                self.assertEqual(self.given(WAYS[way](demo, room(60)))["apiKey"],
                                 demo.settings["STREAM_API_KEY"])
            self.refused(demo.token(60), 500, "token_failed",
                         "Failed to generate access token: Twilio is not configured")
            for number, can in ((60, True), (DOTTED, False)):
                shown = self.given(demo.get(f"/api/appointments/{number}/", JANE))
                self.assertEqual(shown["can_join"], can)
            self.ready(demo, 200, "ok", "not configured")

    def test_without_either_nobody_can_join(self):
        with stream_worker(**STREAM_UNSET, **TWILIO_UNSET) as worker:
            self.not_configured(worker)
            worker.fill(more())
            for ask_for in WAYS.values():  # this comes before the room's name
                self.refused(ask_for(worker, room(DOTTED)), 500, "provider_not_configured")
            self.assertFalse(self.given(worker.get("/api/appointments/60/", JANE))["can_join"])
            self.ready(worker, 200, "not configured", "not configured")

    @each(HALF_SET)
    def test_half_of_it_is_named(self, changes, fault):
        with stream_worker(**changes) as worker:
            self.not_configured(worker)
            self.checks_before(worker)
            self.ready(worker, 503, fault)
            self.assertEqual(worker.log().count('code=provider_not_configured'), 4)
            self.assertEqual(worker.log().count(f'fault="{fault}"'), 4)
            self.given(worker.token(60))

    def test_next_publics_name_of_the_key_will_do(self):
        for changes in ({"STREAM_API_KEY": None, "NEXT_PUBLIC_STREAM_API_KEY": "n3xtk3y"},
                        {"STREAM_API_KEY": "n3xtk3y", "NEXT_PUBLIC_STREAM_API_KEY": "n3xtk3y"}):
            with self.subTest(changes), stream_worker(**changes) as worker:
                for way in ("the call", "the key"):
                    self.assertEqual(self.given(WAYS[way](worker, room(60)))["apiKey"], "n3xtk3y")
                self.opened(self.given(get_token(worker))["token"], worker)
                self.ready(worker, 200, "ok")

    def test_the_secret_comes_from_a_file_or_a_credential_as_well(self):
        demo, secret = stream_demo(), secrets.token_hex(32)
        folder = demo.dir / "stream-credentials"
        folder.mkdir(exist_ok=True)
        file = folder / "stream_api_secret"
        file.write_text(secret + "\n")
        try:
            for changes in ({"STREAM_API_SECRET_FILE": str(file)},
                            {"CREDENTIALS_DIRECTORY": str(folder)}):
                with self.subTest(changes), \
                        stream_worker(STREAM_API_SECRET=None, **changes) as worker:
                    token = self.given(get_token(worker))["token"]
                    jwt.decode(token, secret, algorithms=["HS256"])
                    self.ready(worker, 200, "ok")
        finally:
            file.unlink()

    @each([("no minutes", {"STREAM_TOKEN_MINUTES": "0"}, "STREAM_TOKEN_MINUTES"),
           ("more than a day", {"STREAM_TOKEN_MINUTES": "1441"}, "STREAM_TOKEN_MINUTES"),
           ("minutes in words", {"STREAM_TOKEN_MINUTES": "soon"}, "STREAM_TOKEN_MINUTES"),
           ("a strange answer", {"STREAM_UNBOUND_TOKENS": "yes"}, "STREAM_UNBOUND_TOKENS"),
           ("an open address", {"STREAM_API_URL": "http://stream.example"}, "STREAM_API_URL"),
           ("two keys", {"NEXT_PUBLIC_STREAM_API_KEY": "other"}, "STREAM_API_KEY"),
           ("the secret twice", {"STREAM_API_SECRET_FILE": "/dev/null"}, "STREAM_API_SECRET"),
           ("no such file", {"STREAM_API_SECRET": None, "STREAM_API_SECRET_FILE": "/nonexistent"},
            "STREAM_API_SECRET_FILE")])
    def test_a_worker_exits_with_78_and_names_it_for(self, changes, name):
        settings = with_stream() | changes
        done = subprocess.run([BIN / "roomkey-fcgi", "--listen", "/nonexistent/socket"],
                              env={k: v for k, v in settings.items() if v is not None},
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
        self.assertRegex(done.stderr, f"^roomkey: error: {name}: .+\n$")
        for secret in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET"):
            self.assertNotIn(settings[secret], done.stderr)
