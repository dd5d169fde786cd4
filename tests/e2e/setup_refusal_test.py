"""Where `roomkey setup` must not go on: nothing is changed then, or all of it is taken back."""
import fcntl
import os
import stat
import subprocess
import unittest

from setup_support import ACTIVE, NGINX, SIDS, UNITS, Machine, SetupCase
from support import BIN, PATIENCE


class Refused(SetupCase):
    def test_every_missing_answer_is_named_at_once(self):
        with Machine() as machine:
            before = machine.files()
            for flags, wanted in (
                    ([], ["--domain", "--certificate with --key, or --self-signed",
                          "--jwt-secret-file"]),
                    (["--domain", "a.example", "--key", "/k", "--jwt-algorithm", "RS256",
                      "--twilio-api-key", SIDS["key"], "--callback", "on",
                      "--stream-api-secret-file", machine.given("stream")],
                     ["--certificate", "--twilio-auth-token-file", "--twilio-account-sid",
                      "--twilio-api-secret-file", "--stream-api-key",
                      "--jwt-public-key-file or --jwt-jwks-file"])):
                status, output, errors = machine.setup(*flags)
                lines = errors.splitlines()
                self.assertEqual((status, output), (2, ""))
                self.assertEqual([line.removeprefix("roomkey: error: ").split(" is needed: ")[0]
                                  for line in lines[:-2]], wanted)
                self.assertIn("nothing was changed", lines[-2])
            self.changed_nothing(machine, before)

    def test_every_wrong_answer_is_named_at_once_and_nothing_changed(self):
        with Machine() as machine:
            before = machine.files()
            status, _, errors = machine.setup(
                "--domain", "a b", "--certificate", "cert.pem", "--key", "/missing",
                "--origin", "*", "--origin", "https://-", "--health-allow", "all",
                "--trusted-proxy", "cloudflare,X_Y",
                "--practice-name", "a\nb", "--practice-phone", "call us", "--practice-url", "x",
                "--jwt-secret-file", "/missing", "--twilio-account-sid", "SK1",
                "--twilio-api-key", "AC1", "--twilio-api-secret-file", machine.give("two", "a\nb"),
                "--stream-api-key", "k", "--stream-api-secret-file", machine.give("no", "\n"))
            self.assertEqual(status, 2)
            lines = [line.removeprefix("roomkey: error: ") for line in errors.splitlines()]
            self.assertEqual([line.split(":")[0] for line in lines[:-1]],
                             ["--domain", "--origin", "--origin", "--health-allow", "--trusted-proxy",
                              "--trusted-proxy", "--practice-name", "--practice-phone", "--practice-url", "--certificate",
                              "--jwt-secret-file", "--twilio-account-sid", "--twilio-api-key",
                              "--twilio-api-secret-file", "--stream-api-secret-file"], errors)
            status, _, errors = machine.setup(*machine.all_flags(frontend="app.example"),
                                              "--jwt-algorithm", "none")
            self.assertEqual(status, 78)
            self.assertIn("ROOMKEY_JWT_ALGORITHM: must be one of", errors)
            self.assertIn("ROOMKEY_FRONTEND_URL: must begin with", errors)
            self.changed_nothing(machine, before)

    def test_what_was_pasted_along_is_refused_and_not_shown(self):
        sid = "AC" + "0" * 32
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            machine.said_to_systemd()
            before = machine.files()
            for flag, value, why in (
                    ("--twilio-account-sid", f'"{sid}"', "has quotes around it"),
                    ("--twilio-account-sid", f" {sid}", "has a blank or a line break before"),
                    ("--twilio-api-secret-file", "'s3cret'", "has quotes around it"),
                    ("--twilio-auth-token-file", "s3cret ", "has a blank or a line break before"),
                    ("--stream-api-secret-file", "STREAM_API_SECRET=s3cret", "has a = in it")):
                given = machine.give("pasted", value) if flag.endswith("-file") else value
                status, _, errors = machine.setup(flag, given)
                self.assertEqual(status, 2)
                self.assertIn(f"roomkey: error: {flag}: the value {why}", errors)
                self.assertNotIn("s3cret", errors)
            self.changed_nothing(machine, before)

    def test_values_of_another_kind_are_refused_and_not_shown(self):
        with Machine() as machine:
            before = machine.files()
            for flag, value, why in (
                    ("--twilio-account-sid", SIDS["key"], "holds the SID of an API key (SK...)"),
                    ("--twilio-account-sid", SIDS["account"][:-1], "has 33 characters"),
                    ("--twilio-api-key", SIDS["account"], "holds the SID of an account (AC...)"),
                    ("--twilio-api-secret-file", SIDS["key"], "holds the SID of an API key"),
                    ("--twilio-region", "syd1ney", "names no region where Twilio Video has"),
                    ("--stream-api-key", "a" * 64, "has 64 characters, as a secret has"),
                    ("--jwt-secret-file", "k" * 31, "has 31 bytes, and who has one token")):
                given = machine.give("wrong", value) if flag.endswith("-file") else value
                status, _, errors = machine.setup(flag, given)
                self.assertEqual(status, 2, errors)
                self.assertIn(f"roomkey: error: {flag}: the value {why}", errors)
                self.assertNotIn(value, errors)
            self.changed_nothing(machine, before)

    def test_a_reader_who_leaves_changes_nothing_of_what_is_done(self):
        with Machine() as machine:
            reader, writer = os.pipe()
            os.close(reader)  # as `head -0` would
            with os.fdopen(writer, "wb") as output:
                done = subprocess.run(machine.command(*machine.all_flags()), env=machine.variables,
                                      stdin=subprocess.DEVNULL, stdout=output,
                                      stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(machine.said_to_systemd(), [ACTIVE, UNITS, NGINX])
            self.assertTrue(machine.link.is_symlink())

    def test_a_dry_run_says_what_would_change_and_changes_nothing(self):
        with Machine() as machine:
            before = machine.files()
            status, output, errors = machine.setup(*machine.all_flags(), "--dry-run")
            self.assertEqual((status, errors), (0, ""))
            self.shows_no_secret(output)
            for text in ("would change:", "TWILIO_REGION=au1", "TWILIO_API_SECRET set (not shown)",
                         str(machine.site), str(machine.link), "tls/cert.pem"):
                self.assertIn(text, output)
            self.changed_nothing(machine, before)

    def test_what_nginx_refuses_is_taken_back(self):
        with Machine() as machine:
            good = machine.template.read_text()
            for round in ("first", "later"):
                with self.subTest(round):
                    before = machine.files()
                    machine.template.write_text(good + "nonsense on;\n")
                    status, _, errors = machine.setup(*machine.all_flags(region="us1"))
                    self.assertEqual(status, 1)
                    self.assertIn('unknown directive "nonsense"', errors)
                    self.assertIn("nothing was changed", errors)
                    after = machine.files()
                    self.assertEqual(set(after), set(before))
                    self.assertEqual({path: after[path][:2] for path in before},
                                     {path: before[path][:2] for path in before})
                    self.assertEqual(machine.said_to_systemd(), [])
                    machine.template.write_text(good)
                    self.was_done(machine.setup(*machine.all_flags()))
                    machine.said_to_systemd()

    def test_a_template_of_another_version_is_refused_by_name(self):
        with Machine() as machine:
            before = machine.files()
            machine.template.write_text(machine.template.read_text() + "# @UNHEARD_OF@\n")
            status, _, errors = machine.setup(*machine.all_flags())
            self.assertEqual(status, 78)
            self.assertIn("@UNHEARD_OF@", errors)
            self.changed_nothing(machine, before)

    def test_a_certificate_must_be_good_for_the_domain_now(self):
        with Machine() as machine:
            good, key = machine.certificate("good", "*.clinic.example")
            _, other = machine.certificate("other", "video.clinic.example")
            strange, its = machine.certificate("strange", "clinic.example")
            late, its_late = machine.certificate("late", "video.clinic.example", days=-1)
            flags = ["--domain", "video.clinic.example", "--jwt-secret-file", machine.given("jwt")]
            for chain, its_key, why in ((good, other, "does not belong to the key"),
                                        (strange, its, "is not for video.clinic.example"),
                                        (late, its_late, "expired at"),
                                        (machine.given("jwt"), key, "holds no PEM certificate"),
                                        (good, machine.given("jwt"), "holds no PEM private key")):
                status, _, errors = machine.setup(*flags, "--certificate", chain, "--key", its_key)
                self.assertEqual(status, 2)
                self.assertIn(why, errors)
            self.was_done(machine.setup(*flags, "--certificate", good, "--key", key))
            self.assertIn(f'ssl_certificate "{good}";', machine.site.read_text())
            self.assertIn("max-age=63072000", machine.site.read_text())

    def test_a_step_that_fails_is_named_and_the_next_run_goes_on(self):
        with Machine() as machine:
            systemctl = (machine.root / "bin/systemctl").read_text()
            machine.program("systemctl", 'case "$*" in *enable*) echo no such unit >&2; exit 1 ;; '
                            "esac\nexit 3")
            status, _, errors = machine.setup(*machine.all_flags())
            self.assertEqual(status, 1)
            self.assertIn("no such unit\nroomkey: error: not all of roomkey's units", errors)
            (machine.root / "bin/systemctl").write_text(systemctl)
            self.assertIn("nothing to change", self.was_done(machine.setup()))
            self.assertEqual(machine.said_to_systemd(), [ACTIVE, UNITS, NGINX])

    def test_a_broken_configuration_or_missing_part_is_said_before_anything_else(self):
        with Machine() as machine:
            machine.env.write_text("hunter2\n")
            machine.template.unlink()
            (machine.root / "bin/systemctl").unlink()
            before = machine.files()
            status, _, errors = machine.setup(*machine.all_flags())
            self.assertEqual(status, 78)
            self.assertIn(f"{machine.env} line 1: not of the form KEY=VALUE", errors)
            self.assertIn(f"there is no {machine.template}", errors)
            self.assertNotIn("hunter2", errors)
            self.changed_nothing(machine, before)

    def test_two_at_once_do_not_mix(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            machine.said_to_systemd()
            lock = machine.root / "run/roomkey-setup.lock"
            self.assertEqual(stat.S_IMODE(lock.stat().st_mode), 0o600)
            before = machine.files()
            with lock.open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                status, _, errors = machine.setup("--twilio-region", "ie1")
            self.assertEqual((status, errors), (1, "roomkey: error: another setup is at work\n"))
            self.changed_nothing(machine, before)

    def test_who_may_only_read_the_configuration_s_folder_can_not_hold_it_up(self):
        with Machine() as machine:
            folder = os.open(machine.env.parent, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                self.was_done(machine.setup(*machine.all_flags()))
            finally:
                os.close(folder)

    def test_without_its_lock_nothing_is_done(self):
        with Machine() as machine:
            lock, elsewhere = machine.root / "run/roomkey-setup.lock", machine.root / "elsewhere"
            lock.symlink_to(elsewhere)
            before = machine.files()
            status, _, errors = machine.setup(*machine.all_flags())
            self.assertEqual(status, 1)
            self.assertEqual(errors, f"roomkey: error: {lock}: Too many levels of symbolic links\n")
            self.assertFalse(elsewhere.exists())
            self.changed_nothing(machine, before)

    @unittest.skipIf(os.path.exists("/run/systemd/system"), "systemd runs this machine")
    def test_a_machine_without_systemd_is_left_alone(self):
        done = subprocess.run([BIN / "roomkey", "setup"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("roomkey: error: systemd does not run this machine", done.stderr)


if __name__ == "__main__":
    unittest.main()
