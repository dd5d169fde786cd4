"""Backups while workers write, interrupted, on a full disk and cut or changed; and what becomes of
a restore under load."""
import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from cases import Case
from clinic import JANE, SARAH
from load import Load
from stacks import Demo
from store_test import fill_up, mounted
from support import BIN, PATIENCE, ROOT, wait_until
from workers import Worker, seeded_store

DATED = re.compile(r"roomkey-\d{8}T\d{6}Z\.db")


def roomkey(db, *arguments):
    return subprocess.run([BIN / "roomkey", *map(str, arguments)], text=True, timeout=PATIENCE,
                          env={"ROOMKEY_DB": str(db)}, capture_output=True)


class BackupCase(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="roomkey-e2e-backup-")
        self.addCleanup(folder.cleanup)
        self.dir = Path(folder.name)
        self.backups = self.dir / "backups"

    def done(self, db, *arguments):
        done = roomkey(db, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def failed(self, db, *arguments):
        done = roomkey(db, *arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
        self.assertRegex(done.stderr, r"\Aroomkey: error: .+\n")
        self.assertNotIn(str(self.dir), done.stderr)
        return done.stderr

    def names(self):
        return sorted(path.name for path in self.backups.iterdir())


class UnderLoad(BackupCase):
    def test_a_backup_under_write_load_restores_to_a_store_whose_audit_verifies(self):
        with Demo() as demo:
            def ask():
                return demo.request("GET", "/api/appointments/video-token/47/", JANE)
            made = []
            with Load(demo, ask, clients=6) as load:
                for _ in range(4):
                    before = len(load.answers)
                    started = time.monotonic()
                    one = json.loads(demo.roomkey("--json", "db", "backup", "--keep", 2,
                                                  self.backups))
                    self.assertLess(time.monotonic() - started, 20)
                    made.append(one)
                    wait_until(lambda: len(load.answers) > before + 20, "tokens meanwhile")
                    time.sleep(1.1)  # a name of its own
                demo.roomkey("db", "restore", made[-1]["file"])
                count = len(load.answers)
                wait_until(lambda: len(load.answers) > count + 50, "tokens after the restore")
            self.assertEqual(load.faults, [])
            self.assertEqual({answer.status for answer in load.answers}, {200})
            demo.roomkey("db", "verify")
            [restored] = [e for e in demo.events() if e["action"] == "db_restore"]
            self.assertRegex(restored["reason"], r"kept as roomkey\.db\.before-restore-\d+, event ")
            [kept] = demo.dir.glob("roomkey.db.before-restore-*")
            self.done(kept, "audit", "verify")
            given = sum("video_token\t" in line and "granted" in line for db in (kept, demo.db)
                        for line in self.done(db, "audit", "list").splitlines())
        # What was given between backup and restore is in the kept store alone.
        self.assertGreaterEqual(given, len(load.answers))
        self.assertEqual(self.names(), [Path(one["file"]).name for one in made[-2:]])
        self.assertEqual([one["removed"] for one in made[:2]], [[], []])
        self.assertEqual(made[3]["removed"], [Path(made[1]["file"]).name])
        for one in made[-2:]:
            fresh = self.dir / f"{one['audit_events']}.db"
            self.done(fresh, "db", "restore", one["file"])
            events = [line for line in self.done(fresh, "audit", "list").splitlines()]
            self.assertEqual(len(events), one["audit_events"] + 1)  # and its own
            self.done(fresh, "db", "verify")


class Interrupted(BackupCase):
    def test_a_killed_backup_leaves_only_a_partial_that_the_next_clears_away(self):
        db = Path(shutil.copy(seeded_store(), self.dir / "big.db"))
        with contextlib.closing(sqlite3.connect(db)) as store, store:
            store.execute("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE"
                          " i < 70000) INSERT INTO users SELECT i, i || '@example.com',"
                          " 'Somebody', 'patient', 1 FROM n")
        self.done(db, "db", "backup", "--keep", 1, self.backups)
        [first] = self.names()
        time.sleep(1.1)
        process = subprocess.Popen([BIN / "roomkey", "db", "backup", "--keep", "1", self.backups],
                                   env={"ROOMKEY_DB": str(db)}, stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: any("partial" in name for name in self.names()), "a partial file")
        finally:
            process.kill()
            process.wait()
        left = [name for name in self.names() if name != first]
        self.assertTrue(left)
        self.assertEqual([name for name in left if ".partial" not in name], [])
        time.sleep(1.1)
        self.done(db, "db", "backup", "--keep", 1, self.backups)
        [second] = self.names()
        self.assertRegex(second, DATED)
        self.assertNotEqual(second, first)

    def test_a_full_disk_is_said_and_the_older_backups_stay(self):
        self.backups.mkdir()
        with mounted(self, self.backups, "-t", "tmpfs", "-o", "size=512k", "none"):
            self.done(seeded_store(), "db", "backup", "--keep", 1, self.backups)
            before = self.names()
            fill_up(self.backups)
            time.sleep(1.1)
            said = self.failed(seeded_store(), "db", "backup", "--keep", 1, self.backups)
            self.assertRegex(said, "full|can't be written")
            self.assertEqual(self.names(), sorted([*before, "filler"]))

    def test_a_restore_with_no_room_for_it_changes_nothing(self):
        self.backups.mkdir()
        with mounted(self, self.backups, "-t", "tmpfs", "-o", "size=512k", "none"):
            db = Path(shutil.copy(seeded_store(), self.backups / "roomkey.db"))
            self.done(db, "db", "backup", self.dir / "backup.db")
            self.done(db, "user", "set", JANE, "--name", "Jane Changed")
            filler = fill_up(self.backups)
            self.failed(db, "db", "restore", self.dir / "backup.db")
            filler.unlink()
            self.assertEqual([n for n in self.names() if "restor" in n], [])
            self.assertIn("Jane Changed", self.done(db, "user", "show", JANE))
            self.done(db, "db", "verify")


class Damaged(BackupCase):
    def setUp(self):
        super().setUp()
        self.good = self.dir / "good.db"
        self.done(seeded_store(), "db", "backup", self.good)
        self.db = Path(shutil.copy(seeded_store(), self.dir / "roomkey.db"))
        self.bad = self.dir / "bad.db"

    def refuses(self, content):
        self.bad.write_bytes(content)
        self.failed(self.db, "db", "restore", self.bad)
        self.assertEqual(list(self.dir.glob("*restor*")), [])

    def test_is_refused_where_a_bit_is_turned_or_the_end_is_gone(self):
        content = self.good.read_bytes()
        places = random.Random(7)
        for _ in range(60):
            changed = bytearray(content)
            changed[places.randrange(len(content))] ^= 1 << places.randrange(8)
            self.refuses(bytes(changed))
        for _ in range(20):
            self.refuses(content[:places.randrange(len(content))])
        self.done(self.db, "db", "verify")
        self.done(self.db, "db", "restore", self.good)


class Older(BackupCase):
    def of_schema_1(self):
        old = self.dir / "old.db"
        with contextlib.closing(sqlite3.connect(old)) as store:
            store.executescript((ROOT / "sql/sqlite/001_initial.sql").read_text())
            store.executescript(
                "PRAGMA user_version = 1; PRAGMA application_id = 0x524B4559;"
                f"INSERT INTO users VALUES ({JANE}, 'jane@old.example', 'Jane of Old', 'patient',"
                f" 1), ({SARAH}, 'sarah@old.example', 'Sarah', 'psychologist', 1);"
                f"INSERT INTO appointments VALUES (47, {JANE}, {SARAH}, 1763283600, 60,"
                " 'scheduled', 'telehealth');"
                "INSERT INTO rooms VALUES (47, 'apt-47-1-abcdef01', 1763000000)")
        return old

    def test_a_backup_of_schema_1_is_restored_under_a_running_worker(self):
        with Worker() as worker:
            self.given(worker.token())
            answer = json.loads(worker.roomkey("--json", "db", "restore", self.of_schema_1()))
            self.assertEqual(answer["backup_schema"], 1)
            self.assertTrue(os.path.exists(answer["kept"]))
            given = self.given(worker.token())
            self.assertEqual((given["room_name"], given["user_identity"]),
                             ("apt-47-1-abcdef01", f"{JANE}-jane@old.example"))
            self.assertNotIn("status=503", worker.log())
            worker.roomkey("db", "verify")

    def test_a_backup_of_a_newer_schema_is_refused(self):
        with contextlib.closing(sqlite3.connect(old := self.of_schema_1())) as store:
            store.execute("PRAGMA user_version = 1000")
        said = self.failed(seeded_store(), "db", "restore", old)
        self.assertRegex(said, r"the backup has schema 1000, newer than \d+")
