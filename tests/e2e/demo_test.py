"""The demo itself: what it makes, keeps, leaves behind, and never touches."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from cases import Case
from clinic import JANE
from stacks import Demo, made_up_settings, shared_demo
from support import PATIENCE, ROOT, free_port, wait_until
from tokens import opened


def makes_networks():
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--net", "ip", "link", "add", "call", "type", "veth", "peer", "call-peer"],
        capture_output=True, check=False).returncode == 0


class TheDemo(Case):
    def left_behind(self, demo):
        names = {file.name for file in demo.dir.iterdir()}
        return demo.processes(), {n for n in names if n.endswith((".sock", ".pid"))}

    def test_shows_a_verified_token_and_what_to_try_next(self):
        with Demo(start=False) as demo:
            output = demo.start()
            for text in ('"access_token": "eyJ', '"region": "au1"',
                         "verified with the API secret: yes", "bearer 19", "bearer 3",
                         "audit list", f"https://localhost:{demo.port}/roomkey/demo/"):
                self.assertIn(text, output)
            self.assertEqual([e["user_id"] for e in demo.granted()], [JANE])
            self.assertEqual(os.stat(demo.dir / "roomkey.env").st_mode & 0o077, 0)
            for line in (demo.dir / "roomkey.env").read_text().splitlines():
                self.assertRegex(line, r"^[A-Z_]+=\S+$")
            self.assertEqual(os.stat(demo.db).st_mode & 0o077, 0)
            self.assertEqual(os.stat(demo.dir / "tls/key.pem").st_mode & 0o077, 0)
            for secret in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN",
                           "STREAM_API_SECRET"):
                self.assertNotIn(demo.settings[secret], output)

    def test_the_commands_to_try_next_work(self):
        with Demo(start=False) as demo:
            lines = [line.strip() for line in demo.start().splitlines()
                     if line.startswith("  /") or line.startswith("  build")]
            self.assertEqual(len(lines), 4)
            said = [subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
                    for line in lines]
            self.assertEqual([done.returncode for done in said], [0, 0, 0, 0])
            for done, text in zip(said, ("HTTP/2 200", "HTTP/2 403", "permission_denied",
                                         "[SUCCESS]")):
                self.assertIn(text, done.stdout)

    def test_two_run_side_by_side_and_know_nothing_of_each_other(self):
        with Demo() as other:
            mine = shared_demo()
            self.given(mine.token())
            answer = self.given(other.token())
            opened(answer["access_token"], other.settings["TWILIO_API_SECRET"])
            self.refused(other.token(token=mine.bearer(JANE)), 401, "invalid_token")
            other.stop()
            self.given(mine.token())

    def test_a_second_start_starts_anew_and_keeps_store_and_secrets(self):
        with Demo() as demo:
            self.given(demo.token())
            before, tokens = set(demo.processes()), self.tokens_of(demo)
            kept = (demo.dir / "roomkey.env").read_bytes()
            demo.start()
            self.given(demo.token())
            self.assertEqual(before & set(demo.processes()), set())
            self.assertEqual((demo.dir / "roomkey.env").read_bytes(), kept)
            self.assertEqual(self.tokens_of(demo), tokens + 2)
            self.assertEqual(len(demo.workers("token")), 2)
            self.assertEqual(len(demo.workers("room")), 2)

    @staticmethod
    def tokens_of(demo):
        return sum(event["action"] == "video_token" for event in demo.granted())

    def test_a_kept_environment_file_stays_byte_for_byte_and_counts(self):
        settings = made_up_settings(TWILIO_REGION="de1")
        with Demo(start=False) as demo:
            text = "# by hand, ends without a line end\n\n" + "".join(
                f'  {name} = "{value}"  \n' for name, value in settings.items()) + "; the end"
            (demo.dir / "roomkey.env").write_text(text)
            demo.start()
            demo.settings = settings
            self.assertEqual((demo.dir / "roomkey.env").read_text(), text)
            self.assertEqual(self.given(demo.token())["region"], "de1")
            demo.stop()
            self.assertEqual((demo.dir / "roomkey.env").read_text(), text)

    def test_a_kept_configuration_may_be_any_that_works(self):
        for changes, said in (({"ROOMKEY_JOIN_EARLY_MINUTES": "0"}, '"access_token": "eyJ'),
                              ({"TWILIO_API_SECRET": None, "TWILIO_API_SECRET_FILE": "key.pem"},
                               "verified with the API secret: yes"),
                              ({"TWILIO_API_SECRET": ""}, '"code": "token_failed"'),
                              ({"ROOMKEY_JWT_ALGORITHM": "ES256"}, "no token is fetched")):
            with self.subTest(said), Demo(start=False) as demo:
                key = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey"],
                                     capture_output=True, check=True).stdout
                subprocess.run(["openssl", "ec", "-pubout", "-out", demo.dir / "key.pem"],
                               input=key, capture_output=True, check=True)
                settings = made_up_settings(ROOMKEY_JWT_PUBLIC_KEY_FILE=str(demo.dir / "key.pem"),
                                            **changes)
                (demo.dir / "roomkey.env").write_text(
                    "".join(f"{name}={value}\n" for name, value in settings.items()))
                output = demo.start()
                self.assertIn(said, output)
                self.assertIn("What to try next:", output)
                self.assertEqual(demo.get("/healthz").status, 200)

    def test_a_taken_port_is_an_error_in_words_and_leaves_nothing_behind(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with Demo(start=False, port=port) as demo:
                status, output = demo.script("start")
                self.assertEqual(status, 1)
                self.assertRegex(output, f"^roomkey: error: port {port} is taken by another program"
                                 r"\nroomkey: hint: DEMO_PORT=\d+\n$")
                self.assertEqual(self.left_behind(demo), ([], set()))
                self.assertEqual(list(demo.dir.iterdir()), [])

    def test_an_unusable_configuration_is_said_at_once_and_ends_with_78(self):
        with Demo(made_up_settings(ROOMKEY_LOG_LEVEL="loud", TWILIO_REGION="A U"),
                  start=False) as demo:
            status, output = demo.script("start")
            self.assertEqual(status, 78)
            self.assertEqual(len(output.splitlines()), 2)
            for name in ("ROOMKEY_LOG_LEVEL", "TWILIO_REGION"):
                self.assertIn(f"roomkey: error: {name}: ", output)
            self.assertEqual(self.left_behind(demo), ([], set()))

    def test_stop_leaves_no_process_and_may_be_said_twice(self):
        with Demo() as demo:
            self.assertGreater(len(demo.processes()), 6)
            self.assertIn("has ended", demo.stop())
            self.assertEqual(self.left_behind(demo), ([], set()))
            self.assertIn("is not running", demo.stop())
            with self.assertRaises(OSError):
                demo.connect()

    def test_stop_never_ends_what_the_demo_did_not_start(self):
        with Demo(start=False) as demo:
            demo.start()
            demo.stop()
            stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
            try:
                for name in ("nginx", "token", "room"):
                    (demo.dir / f"{name}.pid").write_text(f"{stranger.pid}\n")
                demo.stop()
                self.assertIsNone(stranger.poll())
            finally:
                stranger.kill()
                stranger.wait()

    def test_a_start_broken_off_leaves_nothing_running(self):
        for delay in (0.02, 0.08, 0.12, 0.16, 0.2):
            with Demo(start=False) as demo, open(demo.dir / "said", "w+") as said:
                start = subprocess.Popen([ROOT / "demo/demo.sh", "start"], env=demo.variables,
                                         stdout=said, stderr=said, start_new_session=True)
                time.sleep(delay)
                os.killpg(start.pid, signal.SIGINT)
                start.wait(PATIENCE)
                said.seek(0)
                if "is up on" not in said.read():  # what was killed may take a moment to go
                    wait_until(lambda: self.left_behind(demo) == ([], set()), "an end of all")

    def test_a_folder_with_blanks_and_signs_in_its_name_is_as_good(self):
        with Demo(start=False) as demo:
            demo.variables["DEMO_DIR"] = str(demo.dir / "it is; a #demo & (more)")
            demo.start()
            demo.stop()

    def test_settings_that_are_none_are_refused_in_words(self):
        for name, value in (("DEMO_PORT", "0"), ("DEMO_PORT", "65536"), ("DEMO_PORT", "x"),
                            ("DEMO_WORKERS", "0"), ("DEMO_WORKERS", "-1"),
                            ("DEMO_RATE_LIMIT", "maybe"), ("DEMO_WAITING_ROOM", "on"), ("DEMO_ORIGINS", "https://a/b"),
                            ("DEMO_ORIGINS", "*"), ("DEMO_ORIGINS", "https://a.example,https://b.example"),
                            ("DEMO_ORIGINS", "https://a.example:99999"), ("BIN_DIR", "/nonexistent")):
            with self.subTest(f"{name}={value}"), Demo(start=False) as demo:
                demo.variables[name] = value
                status, output = demo.script("start")
                self.assertEqual(status, 1)
                self.assertRegex(output, "^roomkey: error: ")
                self.assertEqual(list(demo.dir.iterdir()), [])

    def test_the_callers_environment_stays_outside(self):
        with Demo(start=False) as demo:
            demo.variables |= {"TWILIO_REGION": "us1", "ROOMKEY_DB": "/nonexistent/roomkey.db",
                               "TWILIO_API_SECRET": "not this one"}
            demo.start()
            self.assertEqual(self.given(demo.token())["region"], "au1")

    def test_other_origins_are_taken_literally(self):
        with Demo(start=False, port=free_port()) as demo:
            demo.variables["DEMO_ORIGINS"] = (
                "https://App.clinic.example:443/ http://[::1]:3000\n"
                "capacitor://localhost\tweb+clinic.app://localhost")
            output = demo.start()
            self.assertIn("https://App.clinic.example:443/ is taken as", output)
            for origin, allowed in (("https://app.clinic.example", True),
                                    ("http://[::1]:3000", True), ("capacitor://localhost", True),
                                    ("web+clinic.app://localhost", True),
                                    ("webbclinic.app://localhost", False),
                                    ("capacitor://localhost:1", False),
                                    ("https://appxclinic.example", False),
                                    ("https://localhost:3000", False)):
                answer = demo.token(headers={"Origin": origin})
                self.assertEqual(answer["Access-Control-Allow-Origin"], origin if allowed else None)
            said = demo.roomkey("check", "--offline", "--nginx-site", demo.dir / "roomkey-site.conf")
            self.assertIn("[OK] Pages of these origins may ask for tokens: https://app.clinic.example "
                          "http://[::1]:3000 capacitor://localhost web+clinic.app://localhost\n", said)

    # A network of its own with nothing but loopback; what is said there is then done there.
    ALONE = """ip link set lo up
said=$(demo/demo.sh start 2>&1) && exit 9
echo "$said"
bash -c "${said##*as root: }" || exit 8
demo/demo.sh start && demo/demo.sh stop"""

    @unittest.skipUnless(makes_networks(), "only root can make a network, and not in every container")
    def test_a_call_without_an_address_says_how_to_make_one_and_then_begins(self):
        with Demo(start=False) as demo:
            done = subprocess.run(["unshare", "--net", "bash", "-c", self.ALONE], cwd=ROOT,
                                  env=demo.variables | {"DEMO_CALL": "on"}, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=2 * PATIENCE, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            for text in ("roomkey: error: this machine has no address but loopback, and Janus needs "
                         "one\nroomkey: hint: as root: ip link add ", '"provider": "janus"',
                         f'"wss://localhost:{demo.port}/janus"', "has ended"):
                self.assertIn(text, done.stdout)
            self.assertEqual(self.left_behind(demo), ([], set()))

    def test_who_can_not_install_what_is_missing_is_told_one_line_for_root(self):
        with tempfile.TemporaryDirectory() as tools:
            for name, says in (("id", "echo 1000"), ("dpkg-query", "exit 1")):
                Path(tools, name).write_text(f"#!/bin/sh\n{says}\n")
                Path(tools, name).chmod(0o755)
            for name in ("sh", "find", "nproc", "sed"):
                Path(tools, name).symlink_to(shutil.which(name))
            done = subprocess.run([shutil.which("make"), "--no-print-directory", "demo-call"],
                                  cwd=ROOT, env={"PATH": tools}, capture_output=True, text=True,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done.stdout)
        said = [line for line in done.stderr.splitlines() if "as root, run: " in line]
        self.assertEqual(len(said), 1, done.stderr)
        self.assertRegex(said[0], "as root, run: apt-get update && apt-get install -y "
                         r"--no-install-recommends( [a-z0-9.+-]+)+ && "
                         r"systemctl disable --now janus\.service$")
        self.assertLessEqual({"g++", "nginx", "janus", "libjs-janus-gateway"}, set(said[0].split()))
