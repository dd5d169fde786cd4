"""`roomkey setup`: accounts at providers that are proven in one way or another, and keys with line
breaks."""
import os
import stat
import unittest

from setup_support import Machine, SetupCase
from support import ROOT

COOKIE = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
KEY = (ROOT / "tests/vendor/jitsi_test_key.pem").read_text()


class Accounts(SetupCase):
    def usual(self, machine):
        return ["--domain", "a.example", "--self-signed", "--jwt-secret-file", machine.given("jwt")]

    def jaas(self, machine):
        return ["--jitsi-domain", "8x8.vc", "--jitsi-app-id", COOKIE, "--jitsi-key-id",
                COOKIE + "/abc123", "--jitsi-private-key-file", machine.give("jaas.pem", KEY)]

    def own(self, machine):
        return ["--jitsi-domain", "meet.clinic.example", "--jitsi-app-id", "clinic",
                "--jitsi-app-secret-file", machine.give("app", "an-app-secret-0123456789abcdef01\n")]

    def copy(self, machine):
        return machine.root / "etc/roomkey/jitsi-private-key"

    def test_jaas_s_key_gets_a_file_of_its_own(self):
        with Machine() as machine:
            flags = [*self.usual(machine), *self.jaas(machine), "--provider", "jitsi"]
            said = self.was_done(machine.setup(*flags))
            copy = self.copy(machine)
            self.assertIn(f"JITSI_PRIVATE_KEY_FILE={copy}\n", said)
            self.assertIn(f"{copy}: the key that signs tokens\n", said)
            self.assertIn("[OK] A token for Jitsi was made and taken apart", said)
            self.assertNotIn(KEY.splitlines()[1], said + machine.env.read_text())
            self.assertEqual(copy.read_text(), KEY.rstrip("\n"))
            self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o640)
            os.remove(machine.given("jaas.pem"))
            self.assertIn("nothing to change", self.was_done(machine.setup()))

    def test_one_proof_takes_the_place_of_the_other(self):
        with Machine() as machine:
            self.was_done(machine.setup(*self.usual(machine), *self.own(machine)))
            self.assertIn("JITSI_APP_SECRET", machine.values())
            self.was_done(machine.setup(*self.jaas(machine)))
            self.assertNotIn("JITSI_APP_SECRET", machine.values())
            self.assertTrue(self.copy(machine).exists())
            self.was_done(machine.setup(*self.own(machine)))
            self.assertEqual({name for name in machine.values() if name.startswith("JITSI_")},
                             {"JITSI_DOMAIN", "JITSI_APP_ID", "JITSI_APP_SECRET"})
            self.assertFalse(self.copy(machine).exists())

    def test_taken_out_it_goes_as_a_whole(self):
        with Machine() as machine:
            self.was_done(machine.setup(*self.usual(machine), *self.jaas(machine)))
            self.was_done(machine.setup("--jitsi-domain", ""))
            self.assertNotIn("JITSI_", machine.env.read_text())
            self.assertFalse(self.copy(machine).exists())

    def test_half_a_proof_is_none(self):
        ways = "--jitsi-key-id with --jitsi-private-key-file, or --jitsi-app-secret-file"
        with Machine() as machine:
            before = machine.files()
            jaas = self.jaas(machine)
            for flags, left in ((jaas[:4], ways), (jaas[:6], "--jitsi-private-key-file"),
                                (jaas[:4] + jaas[6:], "--jitsi-key-id")):
                status, _, errors = machine.setup(*self.usual(machine), *flags)
                self.assertEqual(status, 2, errors)
                self.assertIn(f"error: {left} is needed: Jitsi is of no use without it\n", errors)
            self.changed_nothing(machine, before)

    def test_a_key_that_signs_nothing_and_both_proofs_are_refused(self):
        with Machine() as machine:
            before = machine.files()
            usual = self.usual(machine)
            status, _, errors = machine.setup(*usual, *self.jaas(machine)[:-1],
                                              machine.give("no.pem", "-----BEGIN X-----\nAA\n"))
            self.assertEqual(status, 78, errors)
            self.assertIn("JITSI_PRIVATE_KEY_FILE: ", errors)
            status, _, errors = machine.setup(*usual, *self.jaas(machine), *self.own(machine)[4:])
            self.assertEqual(status, 78, errors)
            self.assertIn("leave one or the other out", errors)
            self.changed_nothing(machine, before)

    def test_a_template_s_key_may_be_either(self):
        with Machine() as machine:
            machine.give("hmac", "0123456789abcdef0123456789abcdef\n")
            machine.give("pem", KEY)
            copy = machine.root / "etc/roomkey/roomkey-token-key"
            for name, key, by_file in (("vonage", "pem", True), ("daily", "hmac", False)):
                self.was_done(machine.setup(
                    *self.usual(machine), "--roomkey-token-template-file",
                    machine.give(name, (ROOT / f"docs/templates/{name}.json").read_text()
                                 .replace("REPLACE_ME", "ours")),
                    "--roomkey-token-key-file", machine.given(key)))
                self.assertEqual("ROOMKEY_TOKEN_KEY_FILE" in machine.values(), by_file)
                self.assertEqual("ROOMKEY_TOKEN_KEY" in machine.values(), not by_file)
                self.assertEqual(copy.exists(), by_file)

    def test_at_the_terminal_the_one_is_asked_for_where_the_other_is_not_there(self):
        jaas = [("app secret", "\n"), ("JaaS's key id", COOKIE + "/abc123\n"),
                ("private half", "/nowhere.pem\n"), ("private half", "{key}\n")]
        own = [("app secret", "an-app-secret-0123456789abcdef01\n")]
        for answers, absent in ((jaas, "JITSI_APP_SECRET"), (own, "JITSI_KEY_ID")):
            with Machine() as machine:
                key = machine.give("jaas.pem", KEY)
                answers = [(ask, say.replace("{key}", key)) for ask, say in answers]
                status, heard = machine.talk(
                    [*answers, ("Do this?", "\n")], *self.usual(machine),
                    *self.jaas(machine)[:4])
                self.assertIn(status, (0, 1), heard)
                self.assertNotIn(absent, machine.values())
                self.assertEqual(self.copy(machine).exists(), answers[0][1] == "\n")
                self.assertEqual("key id" in heard, answers[0][1] == "\n")


if __name__ == "__main__":
    unittest.main()
