"""Run as root, roomkey touches the store as the user whom its folder belongs to."""
import json
import os
import pwd
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from cases import Case
from clinic import seed
from support import BIN, PATIENCE, wait_until

NOBODY = pwd.getpwnam("nobody")


class Door:
    """Somewhere to call at, which hangs up and remembers whose the callers were."""

    def __enter__(self):
        self.callers = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.answer)
        self.thread.start()
        return self

    def __exit__(self, *fault):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()

    def answer(self):
        while True:
            try:
                caller, (_, port) = self.socket.accept()
            except OSError:  # shut down
                return
            with caller:
                self.callers += self.users_at(port)

    @staticmethod
    def users_at(port):
        """Whose socket has this local port: proc_net_tcp(5). One that was closed has no inode, and
        is nobody's, which reads as root's."""
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return [int(row[7]) for row in rows if row[1] == f"0100007F:{port:04X}" and row[9] != "0"]


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class TheStoresOwner(Case):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-owner-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.dir.chmod(0o711)
        self.private, self.home = self.dir / "root", self.dir / "store"
        for folder in (self.private, self.home):
            folder.mkdir(0o700)
        os.chown(self.home, NOBODY.pw_uid, NOBODY.pw_gid)

    def roomkey(self, *arguments, status=0, **more):
        done = subprocess.run([BIN / "roomkey", *map(str, arguments)], text=True, cwd=self.private,
                              capture_output=True, timeout=PATIENCE,
                              env={"ROOMKEY_DB": str(self.home / "roomkey.db"),
                                   "ROOMKEY_JWT_SECRET": "k" * 32} | more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def owners(self):
        return {path.stat().st_uid for path in self.home.iterdir()}

    def test_every_file_beside_the_store_is_its_owners(self):
        self.roomkey("db", "migrate")
        (self.private / "seed.json").write_text(json.dumps(seed()))
        (self.private / "seed.json").chmod(0o600)
        self.roomkey("import", "seed.json")
        self.roomkey("db", "backup", self.home / "backup.db")
        self.roomkey("db", "restore", self.home / "backup.db")
        self.assertIn("jane.doe", self.roomkey("user", "list"))
        self.assertGreater(len(list(self.home.iterdir())), 2)
        self.assertEqual(self.owners(), {NOBODY.pw_uid})

    def test_secrets_may_be_in_files_that_only_root_reads(self):
        secret = self.private / "secret"
        secret.write_text("s" * 32)
        secret.chmod(0o600)
        self.roomkey("db", "migrate")
        self.assertIn("eyJ", self.roomkey("bearer", "2", ROOMKEY_JWT_SECRET="",
                                          ROOMKEY_JWT_SECRET_FILE=str(secret)))

    def test_a_place_that_is_closed_to_the_owner_is_named_with_the_user(self):
        self.roomkey("db", "migrate")
        said = self.roomkey("db", "backup", "backup.db", status=1)
        self.assertEqual(said, f"roomkey: error: user nobody may not write to {self.private}\n"
                         "roomkey: hint: as root, roomkey works as the store's owner: back up to "
                         f"{self.home} and copy it from there\n")
        shutil.copy(self.home / "roomkey.db", self.private / "backup.db")
        said = self.roomkey("db", "restore", self.private / "backup.db", status=1)
        self.assertEqual(said, "roomkey: error: user nobody may not read "
                         f"{self.private}/backup.db\nroomkey: hint: as root, roomkey works as the "
                         f"store's owner: copy the file to {self.home} and chown it to that "
                         "user\n")
        said = self.roomkey("audit", "export", "--output", "audit.csv", status=1)
        self.assertEqual(said, f"roomkey: error: user nobody may not write to {self.private}\n"
                         "roomkey: hint: as root, roomkey works as the store's owner: leave "
                         "--output out, and have the shell write the file: > FILE\n")
        self.assertEqual(self.owners(), {NOBODY.pw_uid})

    def test_check_reads_what_is_roots_and_speaks_to_the_network_as_the_owner(self):
        self.roomkey("db", "migrate")
        site = self.private / "site.conf"
        site.write_text("server_name video.clinic.example;\n")
        site.chmod(0o600)
        with Door() as door:
            said = self.roomkey(
                "check", "--nginx-site", site, status=1, TWILIO_ACCOUNT_SID="AC" + "0" * 32,
                TWILIO_API_KEY="SK" + "1" * 32, TWILIO_API_SECRET="2" * 32,
                TWILIO_VIDEO_URL=door.url, TWILIO_API_URL=door.url)
        self.assertIn(f"[OK] The nginx site is there: {site}\n", said)
        self.assertIn("[OK] The store can be read and written", said)
        self.assertEqual(set(door.callers), {NOBODY.pw_uid})

    def test_it_is_nobody_else_s_group_and_stays_so(self):
        self.roomkey("db", "migrate")
        # Stopped by a lock that is held, so that it can be looked at.
        lock = subprocess.Popen(["sqlite3", self.home / "roomkey.db"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, user=NOBODY.pw_uid)
        try:
            lock.stdin.write("BEGIN IMMEDIATE;\n.print ready\n")
            lock.stdin.flush()
            self.assertEqual(lock.stdout.readline(), "ready\n")
            waiting = subprocess.Popen(
                [BIN / "roomkey", "user", "set", "2", "--email", "a@example.com", "--name", "A",
                 "--role", "patient"], env={"ROOMKEY_DB": str(self.home / "roomkey.db")},
                stderr=subprocess.DEVNULL)
            try:
                self.assertEqual(self.identity(waiting.pid), (4 * [NOBODY.pw_uid],
                                                              4 * [NOBODY.pw_gid], True))
            finally:
                waiting.wait(PATIENCE)
        finally:
            lock.kill()
            lock.communicate()

    def identity(self, pid):
        """User ids, group ids, and that no group of root's is left, once root was left."""
        for _ in range(1000):
            lines = dict(line.split(":", 1) for line in
                         Path(f"/proc/{pid}/status").read_text().splitlines())
            users, groups = ([int(n) for n in lines[name].split()] for name in ("Uid", "Gid"))
            if users[0] != 0:
                break
        return users, groups, "0" not in lines["Groups"].split()

    def test_it_leaves_no_core_file(self):
        """What it reads as root holds every secret; setup stays root to the end."""
        def allow():
            resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
        waiting = subprocess.Popen([BIN / "roomkey", "inspect", "-"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, env={}, preexec_fn=allow)
        try:
            limits = Path(f"/proc/{waiting.pid}/limits")
            wait_until(lambda: re.search(r"Max core file size +0 +0 ", limits.read_text()),
                       "no core file is allowed")
        finally:
            waiting.communicate(b"x")

    def test_where_the_folder_is_roots_nothing_changes(self):
        os.chown(self.home, 0, 0)
        self.roomkey("db", "migrate")
        self.assertEqual(self.owners(), {0})

    def test_without_the_folder_the_error_says_so(self):
        os.rmdir(self.home)
        said = self.roomkey("db", "migrate", status=1)
        self.assertIn("the folder must be there", said)


if __name__ == "__main__":
    unittest.main()
