"""`roomkey setup` at a terminal: its questions, and what is shown of the answers."""
import unittest

from cases import Case
from setup_support import SECRETS, SIDS, Machine


class AtTheTerminal(Case):
    ANSWERS = [("Name by which", "VIDEO.clinic.example\n"),
               ("Address of the clinic's pages", "app.clinic.example\n"),
               ("Address of the clinic's pages", "https://app.clinic.example/\n"),
               ("Origins of the pages", "https://app.clinic.example https://-\n"),
               ("Origins of the pages", "\n"), ("may see health", "\n"),
               ("Certificate chain", "\n"), ("Algorithm", "\n"),
               ("The login's key", "\n"), ("The login's key", "short\n"),
               ("The login's key", SECRETS["jwt"] + "\n"),
               ("Issuer", "\n"), ("Audience", "\n"), ("token_type", "access\n"),
               ("Longest life", "forever\n"), ("Longest life", "12\n"),
               ("Video providers", "zoom\n"), ("Video providers", "twilio\n"),
               ("account SID", SIDS["key"] + "\n"), ("account SID", "AC0123456789\n"),
               ("account SID", SIDS["account"] + "\n"),
               ("API key of region US1", SIDS["key"] + "\n"),
               ("That key's secret", '"' + SECRETS["api"] + '"\n'),
               ("That key's secret", SECRETS["api"] + "\n"),
               ("Region", "mars1\n"), ("Region", "au1\n"),
               ("Auth Token", SECRETS["api"] + "\n"), ("Auth Token", "\n")]

    def test_asks_until_each_answer_is_good_and_shows_no_secret(self):
        with Machine() as machine:
            status, heard = machine.talk([*self.ANSWERS, ("Do this?", "\n")])
            self.assertIn(status, (0, 1), heard)
            for text in ("must begin with https://", "https://- has a hyphen",
                         "holds the SID of an API key (SK...), not of an",
                         "has 12 characters, and an SID has 34", "has 5 bytes, and who has one",
                         "must be a whole number from 1 to 8784",
                         "names no region where Twilio Video has signalling",
                         "is the same as TWILIO_API_SECRET",
                         "this one is required", "has quotes around it", "zoom is none of twilio,",
                         "[https://app.clinic.example]", "[self-signed]", "[HS256]"):
                self.assertIn(text, heard)
            for secret in SECRETS.values():
                self.assertNotIn(secret, heard)
            values = machine.values()
            self.assertEqual((values["ROOMKEY_JWT_SECRET"], values["TWILIO_API_SECRET"]),
                             (SECRETS["jwt"], SECRETS["api"]))
            self.assertEqual((values["ROOMKEY_JWT_TOKEN_TYPE"], values["ROOMKEY_JWT_MAX_HOURS"]),
                             ("access", "12"))
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
                            [*keys[:8], ("The login's key", "abc\x03")],
                            [*self.ANSWERS, ("Do this?", "no\n")]):
                status, heard = machine.talk(answers)
                self.assertEqual(status, 1, heard)
                self.assertIn("nothing was changed", heard)
            self.assertEqual(machine.files(), before)

    def test_with_flags_it_asks_only_where_something_is_missing(self):
        with Machine() as machine:
            status, heard = machine.talk([], *machine.all_flags())
            self.assertIn(status, (0, 1), heard)
            self.assertNotIn("Press Enter", heard)
            self.assertIn("TWILIO_REGION=au1", heard)
        with Machine() as machine:
            flags = machine.all_flags()
            for flag in ("--twilio-api-key", "--jwt-secret-file"):
                at = flags.index(flag)
                del flags[at:at + 2]
            status, heard = machine.talk(
                [("The login's key", SECRETS["jwt"] + "\n"), ("API key of region US1", "AC1\n"),
                 ("API key of region US1", SIDS["key"] + "\n"), ("Do this?", "\n")], *flags)
            self.assertIn(status, (0, 1), heard)
            for question in ("Origins of", "Algorithm", "Issuer", "Stream's API", "The account's Auth",
                             "Certificate chain", "Name by which"):
                self.assertNotIn(question, heard)
            self.assertEqual(machine.values()["TWILIO_API_KEY"], SIDS["key"])


if __name__ == "__main__":
    unittest.main()
