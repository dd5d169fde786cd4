"""Who asks the machine from outside, as a browser would, and how the steps compare."""
import contextlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import machine
from machine import run

NAME = "video.clinic.example"


def same(wanted, found, what=""):
    if wanted != found:
        raise AssertionError(f"{what}: wanted {wanted!r}, found {found!r}")


def holds(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"no {part!r} in:\n{text}")


class Outside:
    """Another machine, as far as ours can tell."""

    def __init__(self, inside):
        self.inside = inside
        self.certificate = inside.folder / "certificate.pem"
        self.token = inside.folder / "token"

    def command(self, *words):
        return ["ip", "netns", "exec", self.inside.outside, *map(str, words)]

    def learn(self, token):
        """A token of the clinic's login, and the site's certificate as a browser is given it."""
        said = run(*self.command("openssl", "s_client", "-connect", f"{machine.MACHINE}:443",
                                 "-servername", NAME)).stdout
        certificate = re.search(r"-----BEGIN.*?END CERTIFICATE-----\n", said, re.S)
        self.certificate.write_text(certificate[0])
        self.token.touch(0o600)
        self.token.write_text(token)

    def ask_later(self, path):
        """Asks; what comes back gives status and body of the answer, once that is there."""
        header = self.inside.folder / "header"
        header.touch(0o600)
        header.write_text(f"Authorization: Bearer {self.token.read_text()}")
        asking = subprocess.Popen(
            self.command("curl", "-sS", "--max-time", 20, "--cacert", self.certificate, "--resolve",
                         f"{NAME}:443:{machine.MACHINE}", "-H", f"@{header}", "-w",
                         "\n%{http_code}", f"https://{NAME}{path}"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

        def answer():
            body, status = asking.communicate(timeout=30)[0].rsplit("\n", 1)
            return int(status), json.loads(body)
        return answer

    def get(self, path):
        return self.ask_later(path)()

    @contextlib.contextmanager
    def load(self, least=100):
        """What is done meanwhile fails no request."""
        sources = [f"{machine.OUTSIDE}{number}" for number in machine.SOURCES]
        script = Path(__file__).with_name("load.py")
        with subprocess.Popen(
                self.command(sys.executable, script, machine.MACHINE, NAME, self.certificate,
                             self.token, *sources),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asking:
            time.sleep(0.5)
            try:
                yield
                time.sleep(0.5)
            finally:
                said = json.loads(asking.communicate(timeout=90)[0])
        same([], said["failures"][:5], f"failed of {said['answers']} requests")
        if said["answers"] < least:
            raise AssertionError(f"only {said['answers']} requests")
        print(f"     {said['answers']} requests, none failed")
