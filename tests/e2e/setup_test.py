"""`roomkey setup` by flags on a made-up machine: what it writes, starts, keeps and changes."""
import json
import os
import stat
import subprocess
import unittest
from pathlib import Path

from setup_support import ACTIVE, CALLBACK, NGINX, RELOAD, SECRETS, SIDS, UNITS, Machine, SetupCase


class SetUp(SetupCase):
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
                {"ROOMKEY_JWT_SECRET": SECRETS["jwt"], "TWILIO_ACCOUNT_SID": SIDS["account"],
                 "TWILIO_API_KEY": SIDS["key"], "TWILIO_API_SECRET": SECRETS["api"],
                 "TWILIO_REGION": "au1", "TWILIO_AUTH_TOKEN": SECRETS["auth"],
                 "TWILIO_STATUS_CALLBACK_URL": CALLBACK})

    def test_a_new_store_s_audit_gets_a_key_and_one_that_is_there_goes_on_as_it_is(self):
        with Machine() as machine:
            output = self.was_done(machine.setup(*machine.all_flags()))
            key = machine.values()["ROOMKEY_AUDIT_KEY"]
            self.assertRegex(key, "^[0-9a-f]{64}$")
            self.assertIn("ROOMKEY_AUDIT_KEY set (not shown)", output)
            self.assertNotIn(key, output)
            machine.env.write_text(machine.env.read_text().replace(key, ""))
            self.was_done(machine.setup("--origin", "https://new.clinic.example"))
            self.assertEqual(machine.values()["ROOMKEY_AUDIT_KEY"], "")

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
            # The check page is told the region.
            self.assertEqual(machine.site.read_text(),
                             site.replace('"region": "au1"}\'', '"region": null}\''))
            self.assertEqual(machine.env.read_text(),
                             env.replace("\nTWILIO_REGION=au1", "")
                             .replace(f"TWILIO_STATUS_CALLBACK_URL={CALLBACK}\n", ""))
            self.was_done(machine.setup("--origin", "", "--health-allow", ""))
            self.assertNotIn("$http_origin;\n    \"~", machine.site.read_text())
            self.assertNotIn("allow 10", machine.site.read_text())

    def test_the_word_of_a_trusted_proxy_is_taken_until_it_is_not(self):
        with Machine() as machine:
            self.was_done(machine.setup(
                *machine.all_flags(), "--trusted-proxy", "192.0.2.10,CF-Connecting-IP",
                "--trusted-proxy", "2001:db8::/32"))
            self.was_done(machine.setup("--twilio-region", ""))  # keeps the rest
            self.assertIn("\n    set_real_ip_from 192.0.2.10;\n    set_real_ip_from 2001:db8::/32;\n"
                          "    real_ip_header CF-Connecting-IP;\n    real_ip_recursive on;\n",
                          machine.site.read_text())
            self.was_done(machine.setup("--trusted-proxy", "0.0.0.0/0"))
            self.assertIn("\n    set_real_ip_from 0.0.0.0/0;\n    real_ip_header X-Forwarded-For;",
                          machine.site.read_text())
            self.was_done(machine.setup("--trusted-proxy", ""))
            self.assertNotRegex(machine.site.read_text(), "\n *(set_)?real_ip")
            self.assertNotIn("PROXY", machine.settings.read_text())

    def test_the_check_page_is_told_whose_it_is(self):
        with Machine() as machine:
            name = "Dr. O'Neill \\\"& $host\\\" Söhne;"
            self.was_done(machine.setup(
                *machine.all_flags(), "--practice-name", name, "--practice-phone",
                "+49 (30) 123-45", "--practice-url", "https://app.example/visits/{id}"))
            self.was_done(machine.setup("--twilio-region", ""))  # keeps the rest
            told = [line for line in machine.site.read_text().splitlines()
                    if "return 200 '{\"origins" in line][0].strip()
            # As nginx reads it: no quote ends it early, no dollar begins a variable.
            text = told.removeprefix("return 200 '").removesuffix("';")
            self.assertNotRegex(text, r"['$]")
            self.assertEqual(json.loads(text)["practice"],
                             {"name": name, "phone": "+49 (30) 123-45",
                              "url": "https://app.example/visits/{id}"})
            self.was_done(machine.setup("--practice-name", "", "--practice-phone", "",
                                        "--practice-url", ""))
            self.assertNotIn("practice", machine.site.read_text())
            self.assertNotIn("PRACTICE", (machine.env.parent / "site.conf").read_text())

    def test_origins_become_what_browsers_send(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            for origin in ("https://App.Clinic.Example:443", "https://app.clinic.example/"):
                status, output, errors = machine.setup("--origin", origin, "--origin",
                                                       "capacitor://localhost")
                self.was_done((status, output, errors))
                self.assertIn(f"roomkey: hint: --origin: {origin} is taken as "
                              "https://app.clinic.example: browsers send it ", errors)
                self.assertIn('default "";\n    "~^https://app\\.clinic\\.example$" $http_origin;'
                              '\n    "~^capacitor://localhost$" $http_origin;\n}',
                              machine.site.read_text())
            settings = machine.env.parent / "site.conf"  # as an older roomkey left it
            settings.write_text(settings.read_text().replace("clinic.example ", "clinic.example:443 "))
            self.assertIn("https://app.clinic.example:443 is taken as", machine.setup()[2])
            self.assertNotIn(":443", settings.read_text())

    def test_a_provider_taken_out_goes_as_a_whole(self):
        with Machine() as machine:
            env = machine.env.read_text()
            flags = ["--domain", "a.example", "--self-signed", "--jwt-secret-file",
                     machine.given("jwt")]
            self.was_done(machine.setup(*flags))
            without = machine.env.read_text()
            self.was_done(machine.setup(
                *machine.all_flags(region="", frontend=""), "--stream-api-key", "k",
                "--stream-api-secret-file", machine.given("stream")))
            self.assertIn(CALLBACK, machine.env.read_text())
            self.was_done(machine.setup("--twilio-account-sid", "", "--stream-api-key", ""))
            self.assertEqual(machine.env.read_text().rstrip(), without.rstrip())
            self.assertNotEqual(without, env)

    def test_for_a_program_every_line_is_an_object(self):
        with Machine() as machine:
            status, output, errors = machine.setup(*machine.all_flags(), "--dry-run", "--json")
            self.assertEqual((status, errors), (0, ""))
            planned = json.loads(output)
            env = f"{machine.env}: "
            self.assertIn(env + "TWILIO_REGION=au1", planned["changes"])
            self.assertIn(env + "TWILIO_API_SECRET set (not shown)", planned["changes"])
            del planned["changes"]
            self.assertEqual(planned, {"dry_run": True, "url": "https://video.clinic.example/",
                                       "new_callback_url": CALLBACK, "self_signed": True})
            for changed in (True, False):
                _, output, errors = machine.setup(*machine.all_flags(), "--json")
                self.shows_no_secret(output, errors)
                first, second, *checks = map(json.loads, output.splitlines())
                self.assertEqual(bool(first["changes"]), changed)
                self.assertEqual(first["new_callback_url"], CALLBACK if changed else None)
                self.assertEqual(second["steps"] > 0, changed)
                self.assertEqual(checks[-1]["check"], "summary")

    def test_another_domain_takes_certificate_and_callback_along(self):
        with Machine() as machine:
            self.was_done(machine.setup(*machine.all_flags()))
            first = (machine.root / "etc/roomkey/tls/cert.pem").read_bytes()
            self.was_done(machine.setup("--domain", "calls.clinic.example"))
            self.assertNotEqual((machine.root / "etc/roomkey/tls/cert.pem").read_bytes(), first)
            self.assertEqual(machine.values()["TWILIO_STATUS_CALLBACK_URL"],
                             CALLBACK.replace("video", "calls", 1))

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

    def test_a_private_key_is_not_copied_but_its_public_half(self):
        with Machine() as machine:
            pem = machine.give("private.pem", "")
            key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"],
                                 capture_output=True, check=True).stdout
            public = subprocess.run(["openssl", "pkey", "-pubout"], input=key, check=True,
                                    capture_output=True).stdout
            Path(pem).write_bytes(key)
            flags = ["--domain", "a.example", "--self-signed", "--jwt-algorithm", "EdDSA"]
            said = machine.setup(*flags, "--jwt-public-key-file", pem)
            self.was_done(said)
            self.assertIn(f"{pem} holds a private key: only the public half of it is copied",
                          said[2])
            self.assertEqual((machine.root / "etc/roomkey/jwt-public-key.pem").read_bytes(), public)
            jwk = {"kty": "OKP", "crv": "Ed25519",
                   "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
            jwks = machine.give("keys.json", json.dumps({"keys": [
                {**jwk, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}))
            said = machine.setup("--jwt-public-key-file", "", "--jwt-jwks-file", jwks)
            self.was_done(said)
            copy = machine.root / "etc/roomkey/jwt-keys.json"
            self.assertEqual(json.loads(copy.read_text()), {"keys": [jwk]})
            self.assertFalse((machine.root / "etc/roomkey/jwt-public-key.pem").exists())

    def test_a_binary_secret_gets_a_file_of_its_own_to_the_byte(self):
        with Machine() as machine:
            secret = bytes(range(200, 232)) + b"\0\r\n"
            given = machine.give("secret", "")
            Path(given).write_bytes(secret)
            flags = ["--domain", "a.example", "--self-signed", "--jwt-secret-file", given]
            said = self.was_done(machine.setup(*flags))
            copy = machine.root / "etc/roomkey/jwt-secret"
            self.assertIn(f"ROOMKEY_JWT_SECRET_FILE={copy}", said)
            self.assertEqual(copy.read_bytes(), secret)
            self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o640)
            self.assertNotIn("ROOMKEY_JWT_SECRET", machine.values())
            os.remove(given)
            self.assertIn("nothing to change", self.was_done(machine.setup()))
            self.was_done(machine.setup("--jwt-secret-file", machine.given("jwt")))
            self.assertNotIn("ROOMKEY_JWT_SECRET_FILE", machine.values())
            self.assertFalse(copy.exists())


if __name__ == "__main__":
    unittest.main()
