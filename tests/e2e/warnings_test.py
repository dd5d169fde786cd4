"""What a worker says at its start of a configuration that lets it run and is no good all the same."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from cases import Case
from support import BIN, PATIENCE

SECRET = "a-login-key-for-tests-of-32-bytes-or-more"


class AtTheStart(Case):
    def log_of(self, *arguments, **variables):
        """The worker's log up to its start, and what it ended with where it did not start."""
        with tempfile.TemporaryDirectory() as folder:
            worker = subprocess.Popen(
                [BIN / "roomkey-fcgi", "--listen", f"{folder}/socket", *arguments],
                env={"ROOMKEY_DB": f"{folder}/db", **variables}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            lines = []
            for line in worker.stderr:
                lines.append(line)
                if "event=started" in line:
                    worker.terminate()
                    break
            worker.stderr.close()
            return "".join(lines), worker.wait(PATIENCE)

    def test_a_variable_that_nobody_reads_is_named_with_the_one_that_is_meant(self):
        log, status = self.log_of(ROOMKEY_JWT_SECRET=SECRET, TWILLIO_API_KEY="SK-not-to-be-shown",
                                  ROOMKEY_COLOUR="blue")
        self.assertEqual(status, 0, log)
        self.assertIn("event=unknown_variable name=TWILLIO_API_KEY meant=TWILIO_API_KEY\n", log)
        self.assertIn("event=unknown_variable name=ROOMKEY_COLOUR\n", log)
        self.assertNotIn("not-to-be-shown", log)

    def test_half_a_provider_is_named(self):
        log, _ = self.log_of(ROOMKEY_JWT_SECRET=SECRET, TWILIO_ACCOUNT_SID="AC1",
                             TWILIO_API_KEY="SK1")
        self.assertIn("event=half_provider", log)
        self.assertIn("TWILIO_API_SECRET is not: no token of Twilio's can be made", log)

    def test_a_file_with_a_dash_before_it_need_not_be_there(self):
        log, status = self.log_of("--env-file", "-/nonexistent/roomkey.env",
                                  ROOMKEY_JWT_SECRET=SECRET)
        self.assertEqual(status, 0, log)
        log, status = self.log_of("--env-file", "/nonexistent/roomkey.env",
                                  ROOMKEY_JWT_SECRET=SECRET)
        self.assertEqual(status, 78, log)

    def test_such_a_file_fills_in_what_systemd_passed_over_and_its_faults_are_said(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "roomkey.env"
            file.write_bytes(b"\xef\xbb\xbfROOMKEY_JWT_SECRET=" + SECRET.encode() +
                             b"\nexport SOMETHING\n")
            log, status = self.log_of("--env-file", f"-{file}")
            self.assertEqual(status, 0, log)
            self.assertIn(f"{file} line 2: not of the form KEY=VALUE", log)
            if os.geteuid() != 0:
                file.chmod(0)
                _, status = self.log_of("--env-file", f"-{file}", ROOMKEY_JWT_SECRET=SECRET)
                self.assertEqual(status, 0)


if __name__ == "__main__":
    unittest.main()
