"""`roomkey setup` on a made-up machine: by flags, again, by questions, and where it must not."""
import fcntl
import os
import stat
import subprocess
import unittest

from setup_support import SECRETS, Machine
from support import BIN, Case

CALLBACK = "https://video.clinic.example/api/appointments/twilio-status-callback/"
UNITS = ("--quiet enable --now roomkey.target roomkey-token.socket roomkey-room.socket "
         "roomkey-token@1.service roomkey-token@2.service roomkey-room@1.service "
         "roomkey-room@2.service roomkey-backup.timer")
ACTIVE = "is-active --quiet roomkey.target"
RELOAD, NGINX = "reload roomkey.target", "reload-or-restart nginx.service"


class SetUp(Case):
    def was_done(self, result):
        """All was done; what the check at the end says is its own tests' business."""
        status, output, errors = result
        if status != 0:
            self.assertEqual(status, 1, errors)
            self.assertIn("all is started, but the check found faults", errors)
        self.assertIn("roomkey answers on https://", output)
        return output

    def shows_no_secret(self, *texts):
        for text in texts:
            for name, secret in SECRETS.items():
                self.assertNotIn(secret, text, name)

    def changed_nothing(self, machine, before):
        self.assertEqual(machine.files(), before)
        self.assertEqual(machine.said_to_systemd(), [])

    def test_by_flags_writes_everything_and_starts_it(self):
        with Machine() as machine:
            status, output, errors = machine.setup(*machine.all_flags())
            self.was_done((status, output, errors))
            self.shows_no_secret(output, errors)
            self.assertEqual(machine.said_to_systemd(), [ACTIVE, UNITS, NGINX])
            self.assertEqual(os.readlink(machine.link), str(machine.site))
            self.assertEqual(stat.S_IMODE(machine.env.stat().st_mode), 0o640)
            key = machine.root / "etc/roomkey/tls/key.pem"
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
            self.assertTrue((machine.root / "var/lib/roomkey/roomkey.db").exists())
            values = machine.values()
            self.assertEqual(
                {name: values[name] for name in values if name.startswith(("TW", "ROOMKEY_JWT"))},
                {"ROOMKEY_JWT_SECRET": SECRETS["jwt"], "TWILIO_ACCOUNT_SID": "AC0123456789",
                 "TWILIO_API_KEY": "SK0123456789", "TWILIO_API_SECRET": SECRETS["api"],
                 "TWILIO_REGION": "au1", "TWILIO_AUTH_TOKEN": SECRETS["auth"],
                 "TWILIO_STATUS_CALLBACK_URL": CALLBACK})

    def test_keeps_every_line_of_the_configuration_that_was_there(self):
        with Machine() as machine:
            before = machine.env.read_text()
            self.was_done(machine.setup(*machine.all_flags()))
            after = machine.env.read_text()
            lines = iter(after.splitlines())
            for line in before.splitlines():
                self.assertIn(line, lines)  # in this order
            self.assertIn("#TWILIO_REGION=au1\nTWILIO_REGION=au1\n", after)

    def test_the_site_is_what_was_answered(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            site = machine.site.read_text()
            for text in ("server_name video.clinic.example;", "listen 443 ssl http2;", "listen 80;",
                         '"~^https://app\\.clinic\\.example$" $http_origin;',
                         '"~^http://\\[::1\\]:3000$" $http_origin;', "allow 10.0.0.0/8;",
                         "max-age=0"):
                self.assertIn(text, site)
            self.assertNotRegex(site, "@[A-Z0-9_]+@")
            names = subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName", "-in",
                                    machine.root / "etc/roomkey/tls/cert.pem"],
                                   capture_output=True, text=True, check=True).stdout
            self.assertIn("DNS:video.clinic.example", names)

    def test_again_without_flags_changes_nothing_and_says_so(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            before = machine.files()
            machine.said_to_systemd()
            output = self.was_done(machine.setup())
            self.assertTrue(output.startswith("nothing to change\n"), output)
            self.assertEqual(machine.files(), before)
            self.assertEqual(machine.said_to_systemd(), [ACTIVE, UNITS, RELOAD, NGINX])

    def test_again_changes_what_is_asked_and_keeps_the_rest(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            env, site = machine.env.read_text(), machine.site.read_text()
            self.was_done(machine.setup("--origin", "https://new.clinic.example"))
            self.assertEqual(machine.env.read_text(), env)
            self.assertNotIn('\n    "~^https://app', machine.site.read_text())
            self.assertIn("new\\.clinic", machine.site.read_text())
            self.assertEqual((machine.site.parent / "roomkey.conf.old").read_text(), site)
            site = machine.site.read_text()
            self.was_done(machine.setup("--twilio-region", "", "--callback", "off"))
            self.assertEqual(machine.site.read_text(), site)
            self.assertEqual(machine.env.read_text(),
                             env.replace("\nTWILIO_REGION=au1", "")
                             .replace(f"TWILIO_STATUS_CALLBACK_URL={CALLBACK}\n", ""))
            self.was_done(machine.setup("--origin", "", "--health-allow", ""))
            self.assertNotIn("$http_origin;\n    \"~", machine.site.read_text())
            self.assertNotIn("allow 10", machine.site.read_text())

    def test_another_domain_takes_certificate_and_callback_along(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            first = (machine.root / "etc/roomkey/tls/cert.pem").read_bytes()
            self.was_done(machine.setup("--domain", "calls.clinic.example"))
            self.assertNotEqual((machine.root / "etc/roomkey/tls/cert.pem").read_bytes(), first)
            self.assertEqual(machine.values()["TWILIO_STATUS_CALLBACK_URL"],
                             CALLBACK.replace("video", "calls", 1))

    def test_every_missing_answer_is_named_at_once(self):
        with Machine() as machine:
            before = machine.files()
            for flags, wanted in (
                    ([], ["--domain", "--certificate with --key, or --self-signed",
                          "--jwt-secret-file"]),
                    (["--domain", "a.example", "--key", "/k", "--jwt-algorithm", "RS256",
                      "--twilio-api-key", "SK1", "--stream-api-secret-file", machine.given("stream"),
                      "--callback", "on"],
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
                "--domain", "a b", "--certificate", "cert.pem", "--key", "/missing", "--origin", "*",
                "--origin", "https://a.example/", "--health-allow", "all",
                "--jwt-secret-file", "/missing", "--twilio-account-sid", "SK1",
                "--twilio-api-key", "AC1", "--twilio-api-secret-file", machine.give("two", "a\nb"),
                "--stream-api-key", "k", "--stream-api-secret-file", machine.give("no", "\n"))
            self.assertEqual(status, 2)
            lines = [line.removeprefix("roomkey: error: ") for line in errors.splitlines()]
            self.assertEqual([line.split(":")[0] for line in lines[:-1]],
                             ["--domain", "--origin", "--origin", "--health-allow", "--certificate",
                              "--jwt-secret-file", "--twilio-account-sid", "--twilio-api-key",
                              "--twilio-api-secret-file", "--stream-api-secret-file"], errors)
            status, _, errors = machine.setup(*machine.all_flags(frontend="app.example"),
                                              "--jwt-algorithm", "none")
            self.assertEqual(status, 78)
            self.assertIn("ROOMKEY_JWT_ALGORITHM: must be one of", errors)
            self.assertIn("ROOMKEY_FRONTEND_URL: must begin with", errors)
            self.changed_nothing(machine, before)

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

    def test_certbot_s_certificate_is_taken_where_it_is(self):
        with Machine() as machine:
            live = machine.root / "etc/letsencrypt/live/video.clinic.example"
            live.mkdir(parents=True)
            chain, key = machine.certificate("good", "video.clinic.example")
            os.rename(chain, live / "fullchain.pem")
            os.rename(key, live / "privkey.pem")
            self.was_done(machine.setup("--domain", "video.clinic.example", "--jwt-secret-file",
                                        machine.given("jwt")))
            self.assertIn(f'ssl_certificate_key "{live}/privkey.pem";', machine.site.read_text())

    def test_a_public_key_is_copied_to_where_the_workers_can_read_it(self):
        with Machine() as machine:
            pem = machine.give("public.pem", "")
            key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"],
                                 capture_output=True, check=True).stdout
            subprocess.run(["openssl", "pkey", "-pubout", "-out", pem], input=key, check=True)
            flags = ["--domain", "a.example", "--self-signed", "--jwt-algorithm", "EdDSA",
                     "--jwt-public-key-file", pem]
            self.was_done(machine.setup(*flags))
            copy = machine.root / "etc/roomkey/jwt-public-key.pem"
            self.assertEqual(machine.values()["ROOMKEY_JWT_PUBLIC_KEY_FILE"], str(copy))
            self.assertEqual(copy.read_text(), open(pem).read())
            os.remove(pem)
            self.assertIn("nothing to change", self.was_done(machine.setup()))

    def test_a_step_that_fails_is_named_and_the_next_run_goes_on(self):
        with Machine() as machine:
            systemctl = (machine.root / "bin/systemctl").read_text()
            machine.program("systemctl", 'case "$*" in *enable*) echo no such unit >&2; exit 1; esac\n'
                            "exit 3")
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
            self.assertEqual(status, 1)
            self.assertIn(f"{machine.env} line 1: not of the form KEY=VALUE", errors)
            self.assertIn(f"there is no {machine.template}", errors)
            self.assertNotIn("hunter2", errors)
            self.changed_nothing(machine, before)

    def test_two_at_once_do_not_mix(self):
        with Machine() as machine:
            folder = os.open(machine.env.parent, os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
            before = machine.files()
            status, _, errors = machine.setup(*machine.all_flags())
            os.close(folder)
            self.assertEqual((status, errors), (1, "roomkey: error: another setup is at work\n"))
            self.changed_nothing(machine, before)

    @unittest.skipIf(os.path.exists("/run/systemd/system"), "systemd runs this machine")
    def test_a_machine_without_systemd_is_left_alone(self):
        done = subprocess.run([BIN / "roomkey", "setup"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("roomkey: error: systemd does not run this machine", done.stderr)


class AtTheTerminal(Case):
    ANSWERS = [("Name by which", "VIDEO.clinic.example\n"),
               ("Address of the clinic's pages", "app.clinic.example\n"),
               ("Address of the clinic's pages", "https://app.clinic.example/\n"),
               ("Origins of the pages", "\n"), ("may see health", "\n"),
               ("Certificate chain", "\n"), ("Algorithm", "\n"),
               ("The login's key", "\n"), ("The login's key", SECRETS["jwt"] + "\n"),
               ("Issuer", "\n"), ("Audience", "\n"),
               ("account SID", "SK1\n"), ("account SID", "AC0123456789\n"),
               ("API key of region US1", "SK0123456789\n"), ("That key's secret", SECRETS["api"] + "\n"),
               ("Region", "au1\n"), ("Auth Token", "\n"), ("Stream's API key", "\n")]

    def test_asks_until_each_answer_is_good_and_shows_no_secret(self):
        with Machine() as machine:
            status, heard = machine.talk([*self.ANSWERS, ("Do this?", "\n")])
            self.assertIn(status, (0, 1), heard)
            for text in ("must begin with https://", "SK1 is no such SID", "it can't be done without",
                         "[https://app.clinic.example]", "[self-signed]", "[HS256]"):
                self.assertIn(text, heard)
            for secret in SECRETS.values():
                self.assertNotIn(secret, heard)
            values = machine.values()
            self.assertEqual((values["ROOMKEY_JWT_SECRET"], values["TWILIO_API_SECRET"]),
                             (SECRETS["jwt"], SECRETS["api"]))
            self.assertNotIn("TWILIO_STATUS_CALLBACK_URL", values)
            self.assertIn("server_name video.clinic.example;", machine.site.read_text())
            before = machine.files()
            status, heard = machine.talk(  # Enter keeps everything
                [(question, "\n") for question in dict(self.ANSWERS)])
            self.assertIn("nothing to change", heard)
            self.assertIn("[kept]", heard)
            self.assertEqual(machine.files(), before)

    def test_leaving_changes_nothing(self):
        with Machine() as machine:
            before = machine.files()
            keys = [pair for pair in self.ANSWERS if pair[0] != "The login's key"]
            for answers in ([("Name by which", "\x04")],
                            [*keys[:7], ("The login's key", "abc\x03")],
                            [*self.ANSWERS, ("Do this?", "no\n")]):
                status, heard = machine.talk(answers)
                self.assertEqual(status, 1, heard)
                self.assertIn("nothing was changed", heard)
            self.assertEqual(machine.files(), before)

    def test_with_flags_it_asks_only_where_something_is_missing(self):
        with Machine() as machine:
            status, heard = machine.talk([], *machine.all_flags())
            self.assertIn(status, (0, 1), heard)
            self.assertNotIn("Enter takes", heard)
            self.assertIn("TWILIO_REGION=au1", heard)


if __name__ == "__main__":
    unittest.main()
