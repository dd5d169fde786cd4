"""`roomkey check` finds what clinics get wrong, says what to do about it, and shows no secret."""
import functools
import http.server
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import live_support
from cases import Case, each
from stacks import made_up_settings, shared_demo
from support import BIN, PATIENCE
from workers import seeded_store

SECRETS = ("ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET", "TWILIO_API_SECRET",
           "TWILIO_AUTH_TOKEN", "STREAM_API_SECRET")
SUCCESS = "[SUCCESS] All Twilio tests passed!"
MISMATCH = "[ERROR] API Key Account SID mismatch!"
FOREIGN = "AC" + secrets.token_hex(16)
CALLBACK = "/api/appointments/twilio-status-callback/"


class StandIn(live_support.StandIn):
    def __init__(self):
        self.auth_token = secrets.token_hex(16)
        super().__init__()

    @property
    def settings(self):
        return super().settings | {"TWILIO_AUTH_TOKEN": self.auth_token}


@functools.cache
def twilio():
    return StandIn()


class Stream(http.server.BaseHTTPRequestHandler):
    """Stream's call types, with these rights for the role user."""
    rights = []

    def do_GET(self):
        grants = {"user": self.rights, "call_member": ["join-call"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"call_types": {"default": {"grants": grants}}}).encode())

    def log_message(self, *_):
        pass


@functools.cache
def stream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def installation(**changes):
    """The settings of a clinic where all is well, but for the changes."""
    url = f"http://127.0.0.1:{twilio().port}"
    return made_up_settings(**(twilio().settings | {
        "TWILIO_VIDEO_URL": url, "TWILIO_API_URL": url, "TWILIO_REGION": None,
        "STREAM_API_URL": stream(), "ROOMKEY_JWT_ISSUER": "clinic",
        "ROOMKEY_JWT_AUDIENCE": "roomkey",
        "ROOMKEY_DB": str(seeded_store())} | changes))


class Check(Case):
    def setUp(self):
        twilio().tell(reset=True)

    def run_it(self, settings, *arguments, command="check"):
        """Exit status and lines; none shows a secret or a whole SID, and none is an error's."""
        done = subprocess.run([BIN / "roomkey", *arguments, command], env=settings, text=True,
                              capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
        self.assertEqual(done.stderr, "")
        for name in (*SECRETS, "TWILIO_ACCOUNT_SID", "TWILIO_API_KEY"):
            value = settings.get(name, "")
            if len(value) > 8:
                self.assertNotIn(value.strip("\"' \n"), done.stdout, name)
        self.assertNotIn(twilio().secret, done.stdout)
        self.assertNotIn("eyJ", done.stdout)
        return done.returncode, done.stdout.splitlines()

    def finds(self, settings, *wanted, count=1):
        """[ERROR] lines, each with its cure below, and as many as there are."""
        status, lines = self.run_it(settings)
        errors = [at for at, line in enumerate(lines) if line.startswith("[ERROR] ")]
        for text in wanted:
            at = next((at for at in errors if text in lines[at]), None)
            self.assertIsNotNone(at, f"{text}: {lines}")
            self.assertRegex(lines[at + 1], r"^    \S.{10,}")
        self.assertEqual((status, lines[-1]), (1, f"[FAILED] {count} problem" + "s" * (count > 1)), lines)
        self.assertEqual(len(errors), count, lines)
        return lines

    def well(self, settings, *wanted, success=SUCCESS):
        status, lines = self.run_it(settings)
        self.assertEqual((status, lines[-1]), (0, success), lines)
        for text in wanted:
            self.assertTrue(any(line.startswith(text) for line in lines), f"{text}: {lines}")
        return lines

    def test_all_is_well(self):
        lines = self.well(installation(), "[OK] API Key belongs to the correct account",
                          "[OK] Twilio accepts the API key with its secret",
                          "[OK] This machine's clock agrees", "[OK] The store can be read")
        odd = [line for line in lines if line.startswith("[WARN]") and "nginx" not in line]
        self.assertEqual(odd, [])
        asked = [one["path"] for one in twilio().seen()]
        account = f"/2010-04-01/Accounts/{twilio().account}"
        self.assertEqual(asked, ["/v1/Rooms", f"{account}.json",
                                 f"{account}/Keys/{twilio().key}.json"])

    def test_the_other_name_does_the_same(self):
        settings = installation()
        self.assertEqual(self.run_it(settings), self.run_it(settings, command="test-twilio"))

    def test_without_libcurl(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "libcurl.so.4").touch()
            lines = self.finds(installation(LD_LIBRARY_PATH=folder), "can't load the library")
        self.assertTrue(any("--reinstall libcurl4" in line for line in lines), lines)

    def test_swapped_sids(self):
        lines = self.finds(installation(TWILIO_ACCOUNT_SID=twilio().key,
                                        TWILIO_API_KEY=twilio().account), "are swapped")
        self.assertEqual(twilio().seen(), [], "Twilio was asked all the same")
        self.assertTrue(any("Twilio was not asked" in line for line in lines))

    @each([("main", "main"), ("standard", "standard")])
    def test_a_foreign_account(self, kind):
        twilio().tell(key=kind)
        if kind == "main":
            self.finds(installation(TWILIO_ACCOUNT_SID=FOREIGN), MISMATCH)
        else:  # Twilio tells a Standard key nothing; the foreign Auth Token is what is known
            twilio().tell(account=FOREIGN)
            self.well(installation(), "[WARN] That the API key is of the account")

    def test_an_answer_that_names_another_account(self):
        lie = {"mode": "lying", "changes": {"account_sid": FOREIGN}}
        twilio().tell(fault=lie | {"path": "/Keys/"})
        self.finds(installation(), MISMATCH)
        twilio().tell(fault=None)
        twilio().create("a room")
        twilio().tell(fault=lie | {"path": "/v1/"})
        self.finds(installation(), MISMATCH)

    def test_a_wrong_secret(self):
        wrong = secrets.token_urlsafe(24)
        self.finds(installation(TWILIO_API_SECRET=wrong), "TWILIO_API_SECRET is not the secret of")
        self.finds(installation(TWILIO_API_SECRET=wrong, TWILIO_AUTH_TOKEN=None),
                   "the secret is wrong, or the key was revoked")

    def test_a_revoked_key(self):
        twilio().tell(key="revoked")
        self.finds(installation(), MISMATCH)
        self.finds(installation(TWILIO_AUTH_TOKEN=None), "or the key was revoked")

    def test_a_standard_key_is_fine_and_said_to_be_one(self):
        twilio().tell(key="standard")
        self.well(installation(), "[OK] Twilio refuses the API key on /Accounts or /Keys, as it does every St",
                  "[OK] API Key belongs to the correct account",
                  "[OK] Twilio accepts TWILIO_AUTH_TOKEN")
        self.well(installation(TWILIO_AUTH_TOKEN=None), "[OK] Twilio refuses the API key on /Accounts or /Keys, as it does every St",
                  "[WARN] That the API key is of the account")
        self.well(installation(TWILIO_AUTH_TOKEN="0" * 32), "[OK] Twilio refuses the API key on /Accounts or /Keys, as it does every St",
                  "[WARN] Twilio refuses TWILIO_AUTH_TOKEN")

    @each([("ahead", -600), ("behind", 600)])
    def test_a_clock_ten_minutes(self, ahead_of_it):
        twilio().tell(clock=ahead_of_it)
        lines = self.finds(installation(), "This machine's clock is ")
        self.assertTrue(any("timedatectl set-ntp true" in line for line in lines))

    def test_a_suspended_account(self):
        twilio().tell(account_status="suspended")
        self.finds(installation(), "is suspended")

    def test_a_network_that_leads_nowhere(self):
        twilio().tell(fault={"mode": "away"})
        self.finds(installation(), "can't be reached: ")

    def test_a_page_in_the_place_of_twilio(self):
        twilio().tell(fault={"mode": "raw", "body": "<html>Sign in to the clinic's WiFi</html>"})
        self.finds(installation(), "not as Twilio does")

    def test_a_weak_bearer_secret_is_an_error_and_where_allowed_a_warning(self):
        weak = installation(ROOMKEY_JWT_SECRET="sixteen-of-those")
        self.finds(weak, "ROOMKEY_JWT_SECRET: has 16 bytes, and 32 are the least")
        self.well(weak | {"ROOMKEY_JWT_WEAK_SECRET": "allow"},
                  "[WARN] ROOMKEY_JWT_SECRET has 16 bytes: too weak")

    def test_a_store_that_can_not_be_used(self):
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder, "roomkey.db")
            settings = installation(ROOMKEY_DB=str(store))
            self.finds(settings, "The store: unable to open database file")
            store.write_bytes(b"no database" * 1000)
            self.finds(settings, "The store: file is not a database")
            shutil.copy(seeded_store(), store)
            content = bytearray(store.read_bytes())
            content[2048 * 2:2048 * 4] = bytes(4096)
            store.write_bytes(content)
            self.assertEqual(self.run_it(settings)[0], 1)
            if os.geteuid() != 0:
                shutil.copy(seeded_store(), store)
                store.chmod(0)
                self.finds(settings, "The store: ")

    def test_an_unusable_configuration_is_reported_whole(self):
        lines = self.finds(installation(ROOMKEY_LOG_LEVEL="loud", TWILIO_ROOMS="later",
                                        ROOMKEY_JWT_SECRET=None),
                           "ROOMKEY_LOG_LEVEL: ", "TWILIO_ROOMS: ", "ROOMKEY_JWT_SECRET: ", count=3)
        self.assertIn("[OK] API Key belongs to the correct account", lines)
        lines = self.finds(installation(TWILIO_VIDEO_URL="http://video.example"),
                           "TWILIO_VIDEO_URL: ")
        self.assertTrue(any("Twilio was not asked" in line for line in lines))

    def test_an_environment_file_that_is_not_there_or_broken(self):
        status, lines = self.run_it(installation(), "--env-file", "/nonexistent/roomkey.env")
        self.assertEqual((status, lines[-1]), (1, "[FAILED] 1 problem"))
        self.assertTrue(lines[0].startswith("[ERROR] /nonexistent/roomkey.env: No such file"))
        with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
            file.write(f"TWILIO_API_SECRET {twilio().secret}\n")
            file.flush()
            status, lines = self.run_it(installation(), "--env-file", file.name)
        self.assertEqual((status, lines[0]), (1, f"[ERROR] {file.name} line 1: not of the form "
                                                 "KEY=VALUE."))

    def test_a_program_reads_objects(self):
        twilio().tell(clock=600)
        status, lines = self.run_it(installation(), "--json")
        *checks, summary = map(json.loads, lines)
        self.assertEqual(status, 1)
        self.assertEqual((summary["check"], summary["status"], summary["problems"]),
                         ("summary", "error", 1))
        self.assertEqual([one["check"] for one in checks if one["status"] == "error"], ["clock"])
        for one in checks:
            self.assertEqual(set(one), {"check", "status", "detail", "cure"})
            self.assertEqual(one["cure"] is None, one["status"] == "ok")

    def test_stream_alone_is_an_installation_too(self):
        none = dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET",
                              "TWILIO_AUTH_TOKEN"))
        self.well(installation(**none), "[OK] Twilio is not configured, and not needed",
                  "[OK] A token for Stream was made", success="[SUCCESS] All checks passed!")
        self.finds(installation(STREAM_API_KEY=None, STREAM_API_SECRET=None, **none),
                   "None of Twilio, Stream, LiveKit, Jitsi, Janus and Custom is configured.")

    def test_what_the_role_user_may_at_stream_is_said(self):
        self.well(installation(), "[OK] At Stream nobody but its members joins a call")
        Stream.rights = ["join-call"]
        try:
            lines = self.well(installation(STREAM_UNBOUND_TOKENS="on"),
                              "[WARN] At Stream the role user, which is everybody's, may join",
                              "[WARN] STREAM_UNBOUND_TOKENS is on")
            self.assertTrue(any("take JoinCall" in line for line in lines), lines)
        finally:
            Stream.rights = []
        self.well(installation(STREAM_API_URL="http://127.0.0.1:9"),
                  "[WARN] Who may join which calls at Stream was not proven: 127.0.0.1:9")

    def test_the_demo_is_well_offline(self):
        demo = shared_demo()
        done = subprocess.run(
            [BIN / "roomkey", "--env-file", demo.dir / "roomkey.env", "check", "--offline",
             "--nginx-site", demo.dir / "roomkey-site.conf"], text=True, capture_output=True,
            timeout=PATIENCE, env={"ROOMKEY_DB": str(demo.db)})
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], SUCCESS)
        self.assertIn("[OK] The certificate is for localhost and good until ", done.stdout)
        for name in SECRETS:
            self.assertNotIn(demo.settings.get(name, "(none)"), done.stdout)

    def test_the_callback_is_asked_at_its_public_address(self):
        port = shared_demo().port
        self.finds(installation(TWILIO_STATUS_CALLBACK_URL=f"https://localhost:{port}{CALLBACK}"),
                   f"The callback's public address, localhost:{port}, can't be reached: SSL")
        # Plain HTTP on that port: nginx itself says no.
        self.finds(installation(TWILIO_STATUS_CALLBACK_URL=f"http://127.0.0.1:{port}{CALLBACK}"),
                   "answers with HTTP 400 (bad_request), not as roomkey does.")
