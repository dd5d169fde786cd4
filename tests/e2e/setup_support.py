"""A made-up machine for `roomkey setup`: its folders under one root, the real nginx by a
configuration of its own, and a systemctl that writes down what it is told."""
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cases import Case
from support import BIN, PATIENCE, ROOT

SECRETS = {"jwt": "login-key-5f0c1a9be2d34c7788aa$`\"\\", "api": "api-secret-0b1d4f7e6a9c2855",
           "auth": "auth-token-1c2e3a4b", "stream": "stream-secret-9d8c7b6a5f4e"}
SIDS = {"account": "AC0123456789abcdef0123456789abcdef",
        "key": "SK0123456789abcdef0123456789abcdef"}
CALLBACK = "https://video.clinic.example/api/appointments/twilio-status-callback/"
UNITS = ("--quiet enable --now roomkey.target roomkey-token.socket roomkey-room.socket "
         "roomkey-token@1.service roomkey-token@2.service roomkey-room@1.service "
         "roomkey-room@2.service roomkey-backup.timer roomkey-logs.timer "
         "roomkey-audit-witness.timer")
ACTIVE = "is-active --quiet roomkey.target"
RELOAD, NGINX = "reload roomkey.target", "reload-or-restart nginx.service"
ENV = """# roomkey's configuration: by hand
ROOMKEY_DB="{root}/var/lib/roomkey/roomkey.db"

#ROOMKEY_JWT_SECRET=
#TWILIO_REGION=au1
ROOMKEY_LOG_LEVEL = 'warn'
; the end"""
NGINX_CONF = """pid {root}/nginx.pid;
events {{}}
http {{ access_log off; include {root}/tried.conf; }}
"""


class Machine:
    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="roomkey-setup-"))
        for folder in ("etc/roomkey", "etc/nginx/sites-available", "etc/nginx/sites-enabled",
                       "usr/share/roomkey/nginx", "usr/share/roomkey/web",
                       "usr/share/roomkey/systemd", "etc/systemd/system", "var/log/nginx",
                       "var/lib/roomkey", "run/roomkey", "bin", "given"):
            (self.root / folder).mkdir(parents=True)
        shutil.copy(ROOT / "nginx/roomkey.conf.in", self.template)
        shutil.copy(ROOT / "systemd/store.conf.in", self.root / "usr/share/roomkey/systemd")
        self.env.write_text(ENV.format(root=self.root))
        (self.root / "nginx.conf").write_text(NGINX_CONF.format(root=self.root))
        # At ports that anybody may listen on.
        self.program("nginx", f"sed -E 's/(listen .*)(80|443)/\\164\\2/' {self.link} "
                     f">{self.root}/tried.conf\nexec /usr/sbin/nginx -c {self.root}/nginx.conf "
                     '-g "error_log stderr;" "$@"')
        self.program("systemctl", f'echo "$*" >> {self.root}/said\n'
                     f'case "$*" in *is-active*) [ -e {self.root}/active ] ;; '
                     f'*enable*) : > {self.root}/active ;; esac')
        for name, secret in SECRETS.items():
            self.give(name, secret + "\n")

    env = property(lambda self: self.root / "etc/roomkey/roomkey.env")
    settings = property(lambda self: self.root / "etc/roomkey/site.conf")
    site = property(lambda self: self.root / "etc/nginx/sites-available/roomkey.conf")
    link = property(lambda self: self.root / "etc/nginx/sites-enabled/roomkey.conf")
    template = property(lambda self: self.root / "usr/share/roomkey/nginx/roomkey.conf.in")

    def program(self, name, does):
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)

    def give(self, name, content):
        path = self.root / "given" / name
        path.write_text(content)
        return str(path)

    def given(self, name):
        return str(self.root / "given" / name)

    def command(self, *flags):
        return [str(BIN / "roomkey"), "setup", "--root", str(self.root), *flags]

    @property
    def variables(self):
        return {"PATH": f"{self.root}/bin:/usr/bin:/bin", "TERM": "dumb",
                "ROOMKEY_LOG_LEVEL": "nonsense"}  # the caller's own, which is not to count

    def setup(self, *flags):
        done = subprocess.run(self.command(*flags), env=self.variables, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def all_flags(self, region="au1", frontend="https://app.clinic.example"):
        return ["--domain", "Video.Clinic.Example", "--self-signed",
                "--origin", "https://app.clinic.example", "--origin", "http://[::1]:3000",
                "--jwt-secret-file", self.given("jwt"),
                "--twilio-account-sid", SIDS["account"], "--twilio-api-key", SIDS["key"],
                "--twilio-api-secret-file", self.given("api"), "--twilio-region", region,
                "--twilio-auth-token-file", self.given("auth"),
                "--frontend-url", frontend, "--health-allow", "10.0.0.0/8"]

    def said_to_systemd(self):
        path = self.root / "said"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def files(self):
        """Content, mode and time of everything under etc."""
        found = {}
        for path in sorted((self.root / "etc").rglob("*")):
            state = path.lstat()
            content = (os.readlink(path) if path.is_symlink() else
                       path.read_bytes() if path.is_file() else None)
            found[str(path)] = (content, stat.S_IMODE(state.st_mode),
                                None if path.is_dir() else state.st_mtime_ns)
        return found

    def values(self):
        """roomkey.env as a shell reads it, which for what setup writes is systemd's way."""
        shown = subprocess.run(["env", "-i", "bash", "-c", 'set -a; . "$1"; env -0', "-",
                                str(self.env_for_a_shell())], capture_output=True, check=True)
        pairs = (entry.split("=", 1) for entry in shown.stdout.decode().split("\0") if entry)
        return {name: value for name, value in pairs if name.isupper()}

    def env_for_a_shell(self):
        path = self.root / "env.sh"
        path.write_text(self.env.read_text().replace(" = ", "=").replace("; the end", ""))
        return path

    def certificate(self, name, domain, days=30):
        """A certificate and its key, by another hand than roomkey's."""
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
        end = datetime.now(timezone.utc) + timedelta(days)
        chain = x509.CertificateBuilder(
            who, who, key.public_key(), x509.random_serial_number(), end - timedelta(90), end
        ).add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), False).sign(
            key, hashes.SHA256())
        pem = serialization.Encoding.PEM
        return (self.give(name + ".pem", chain.public_bytes(pem).decode()),
                self.give(name + ".key", key.private_bytes(
                    pem, serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption()).decode()))

    def talk(self, answers, *flags):
        """At a terminal: waits for each question (a part of it) and types the answer."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(self.command()[0], self.command(*flags), self.variables)
        heard, at = "", 0
        try:
            for question, answer in answers:
                at, heard = self.hear(terminal, question, at, heard)
                os.write(terminal, answer.encode())
            _, heard = self.hear(terminal, None, at, heard)
        finally:
            os.close(terminal)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return status, heard.replace("\r\n", "\n")

    @staticmethod
    def hear(terminal, question, at, heard):
        end = time.monotonic() + PATIENCE
        while question is None or not re.search(re.escape(question) + r"[^\n]*: $", heard[at:]):
            if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"never asked: {question}\n{heard}")
            try:
                heard += os.read(terminal, 4096).decode()
            except OSError:  # the other end is closed
                if question is None:
                    break
                raise AssertionError(f"ended without asking {question}\n{heard}") from None
        return len(heard), heard

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)


class SetupCase(Case):
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
