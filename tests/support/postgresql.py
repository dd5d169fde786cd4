#!/usr/bin/python3
"""A PostgreSQL server for tests: in a folder of its own, on a socket there and on loopback, run by a user
who is not root, gone when its owner is. Run as a program it says where it is, in one line (or
"skip WHY"), and ends with its standard input."""
import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUPERUSER = "postgres"
PDEATHSIG = 1
ROOM = 2 << 30  # bytes


class Missing(Exception):
    """Why there is no server on this machine."""


def programs():
    """The newest version's folder, Debian's or whatever is on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found and shutil.which("initdb"):
        found = [Path(shutil.which("initdb"))]
    if not found:
        raise Missing("no PostgreSQL server is installed")
    return found[-1].parent


def account():
    """Who is to run it: it refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise Missing("no user but root")


def die_with_owner():
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGINT)


def some_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def in_memory():
    """A folder there, where it has room: a new database is copied file by file, which costs eight times as
    much on a disk. TMPDIR is the caller's own word."""
    shared = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if "TMPDIR" not in os.environ and shutil.disk_usage(shared).free > ROOM and os.access(shared, os.W_OK):
            return shared
    return None


class Server:
    def __init__(self, port=None, standby_of=None, settings=(), on_disk=False):
        """`standby_of`: another Server, whose content it has and follows."""
        self.bin = programs()
        self.account = account()
        self.port = port or some_port()
        self.password = secrets.token_hex(8)
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-pg-", dir=None if on_disk else in_memory()))
        os.chmod(self.dir, 0o755)
        if self.account:
            os.chown(self.dir, self.account["user"], self.account["group"])
        self.data = self.dir / "data"
        self.process = None
        self.settings = {"unix_socket_directories": str(self.dir), "listen_addresses": "127.0.0.1",
                         "port": str(self.port), "max_connections": "60", "shared_buffers": "16MB",
                         "fsync": "off", "full_page_writes": "off", "lc_messages": "C"} | dict(settings)
        try:
            if standby_of is None:
                self.make()
            else:
                self.follow(standby_of)
            self.start()
        except BaseException:
            self.close()
            raise

    def run(self, *command, account=None, **options):
        """As who runs the server, or with `account` {} as who runs the tests, which begins quicker."""
        account = self.account if account is None else account
        done = subprocess.run([str(self.bin / command[0]), *map(str, command[1:])], text=True, cwd=self.dir,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **account,
                              **options)
        if done.returncode != 0:
            raise AssertionError(f"{command[0]}: {done.stderr}")
        return done.stdout

    def make(self):
        (self.dir / "password").write_text(self.password + "\n")
        os.chmod(self.dir / "password", 0o644)
        self.run("initdb", "-D", self.data, "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync",
                 "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", self.dir / "password")

    def follow(self, other):
        self.password = other.password
        self.run("pg_basebackup", "-D", self.data, "-h", other.dir, "-p", other.port, "-U", SUPERUSER,
                 "-R", "--no-sync", "--checkpoint=fast")

    def start(self):
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), *options], cwd=self.dir, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, preexec_fn=die_with_owner, **self.account)
        end = time.monotonic() + 30
        while subprocess.run([str(self.bin / "pg_isready"), "-q", "-h", str(self.dir), "-p", str(self.port)],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"PostgreSQL did not start: {self.log()}")
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT):
        """SIGINT: at once and in order; SIGKILL: as by a power cut."""
        if self.process is not None and self.process.poll() is None:
            if how == signal.SIGKILL:
                for child in self.children():
                    with contextlib.suppress(ProcessLookupError):  # autovacuum's come and go
                        os.kill(child, signal.SIGKILL)
            self.process.send_signal(how)
            self.process.wait(60)

    def children(self):
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def sql(self, text, database="postgres", user=SUPERUSER):
        """Each row a line. What is refused raises an AssertionError with the SQLSTATE in it. A list's texts are
        transactions of their own."""
        texts = [text] if isinstance(text, str) else text
        commands = [word for one in texts for word in ("-c", one)]
        return self.run("psql", "-h", self.dir, "-p", self.port, "-U", user, "-d", database, "-XAtq",
                        "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", *commands, account={})

    @contextlib.contextmanager
    def session(self, text, database, user):
        """Stays, and with it whatever the text made for it alone, until it is left."""
        with subprocess.Popen([str(self.bin / "psql"), "-h", str(self.dir), "-p", str(self.port), "-U", user, "-d",
                               database, "-XAtq", "-v", "ON_ERROR_STOP=1"], cwd=self.dir, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as psql:
            psql.stdin.write(f"{text}\n\\echo done\n")
            psql.stdin.flush()
            if psql.stdout.readline() != "done\n":
                raise AssertionError("the session ended")
            yield

    def setting(self, name, value):
        """For all, from now on; None: as it was."""
        self.sql(f"ALTER SYSTEM RESET {name}" if value is None else f"ALTER SYSTEM SET {name} = '{value}'")
        self.sql("SELECT pg_reload_conf()")

    def address(self, database="postgres", user=SUPERUSER):
        """By the socket, where nobody asks for a password."""
        return f"postgresql://{user}@/{database}?host={self.dir}&port={self.port}"

    def log(self):
        return (self.dir / "log").read_text(errors="replace")

    def close(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the folder is removed all the same
    try:
        with Server() as server:
            print(server.address(), flush=True)
            sys.stdin.read()
    except Missing as why:
        print(f"skip {why}", flush=True)


if __name__ == "__main__":
    main()
