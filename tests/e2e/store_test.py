"""Trouble with the store: 503 and a clear log line, never a token without its event, never a dead
worker, and well again when the trouble is over."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from cases import SQL, Case, each
from clinic import JANE
from file_system import NotPermitted, fill_up, immutable, mounted
from load import at_once
from stacks import Demo
from support import BROWSER, ORIGIN, ROOT
from workers import Worker, seeded_store

PARTS = ("", "-wal", "-shm")
NEWEST = len(list((ROOT / "sql/sqlite").glob("*.sql")))


def parts(db):
    return [Path(f"{db}{part}") for part in PARTS if os.path.exists(f"{db}{part}")]


@contextlib.contextmanager
def away(db):
    """The store and what belongs to it, moved out of the way."""
    moved = [(part, Path(f"{part}.away")) for part in parts(db)]
    for part, other in moved:
        part.rename(other)
    yield
    for part in parts(db):
        part.unlink()
    for part, other in moved:
        other.rename(part)


@contextlib.contextmanager
def replaced(db, make):
    """Another file in the store's place, as after a restore by hand that went wrong."""
    with away(db):
        make(db)
        yield
        if db.is_dir():
            db.rmdir()


def damaged(change):
    """A copy of the store with its bytes changed; `change` gets them and the page size."""
    def make(db):
        content = bytearray(seeded_store().read_bytes())
        change(content, int.from_bytes(content[16:18], "big"))
        db.write_bytes(content)
    return lambda worker: replaced(worker.db, make)


def overwrite_page(table):
    def change(content, size):
        with contextlib.closing(sqlite3.connect(seeded_store())) as store:
            (page,) = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?",
                                    (table,)).fetchone()
        content[(page - 1) * size:page * size] = b"\xa5" * size
    return damaged(change)


def overwrite(start, end):
    def change(content, size):
        content[start:end or len(content)] = b"\xa5" * ((end or len(content)) - start)
    return damaged(change)


def statement(sql):
    def make(db):
        shutil.copy(seeded_store(), db)
        with contextlib.closing(sqlite3.connect(db, isolation_level=None)) as store:
            store.execute(sql)
    return lambda worker: replaced(worker.db, make)


def foreign(db):
    with contextlib.closing(sqlite3.connect(db)) as store:
        store.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")


@contextlib.contextmanager
def locked(worker):
    with contextlib.closing(sqlite3.connect(worker.db, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


def folder_immutable(worker):
    """All but the shared memory: where that can't be written any more the kernel sends SIGBUS."""
    files = [part for part in parts(worker.db) if not part.name.endswith("-shm")]
    return immutable(*files, worker.db.parent)


# Trouble, what the log says about it, and whether /readyz can know (it doesn't read every page).
TROUBLES = [
    ("missing", lambda w: away(w.db), "unable to open database file", True),
    ("locked by another program", locked, "database is locked", True),
    ("read only", folder_immutable, "readonly database|disk I/O|may not be written", True),
    ("a directory", lambda w: replaced(w.db, Path.mkdir), "unable to open database file", True),
    ("empty", lambda w: replaced(w.db, Path.touch), f"has schema 0, needed is {NEWEST}", True),
    ("text", lambda w: replaced(w.db, lambda db: db.write_text("not a database " * 500)),
     "not a database", True),
    ("another program's database", lambda w: replaced(w.db, foreign), "not a store of roomkey",
     True),
    ("of a newer version", statement("PRAGMA user_version = 99"), f"schema 99, newer than {NEWEST}", True),
    ("of an older version", statement("PRAGMA user_version = 0"), f"schema 0, needed is {NEWEST}", True),
    ("overwritten at its head", overwrite(0, 100), "not a database", True),
    ("overwritten from the middle on", overwrite(4096, None), "malformed", True),
    ("overwritten where the users are", overwrite_page("users"), "malformed", False),
    ("overwritten where the audit is", overwrite_page("audit"), "malformed", True),
    ("overwritten where the audit's head is", overwrite_page("audit_head"), "malformed", True),
    ("cut off", damaged(lambda content, size: content.__delitem__(slice(2 * size, None))),
     "malformed|I/O", True),
    ("without its audit", statement("DROP TABLE audit"), "SQL logic error", True),
]


class Trouble(Case):
    def setUp(self):
        # /tmp may be a tmpfs, where what is immutable can be written by whoever has it open.
        self.addCleanup(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = "/var/tmp"

    def unavailable(self, answer):
        self.refused(answer, 503, "store_unavailable", "Service temporarily unavailable")
        self.assertGreater(int(answer["Retry-After"]), 0)

    def clear_log(self, worker, start, says):
        lines = worker.log()[start:].splitlines()
        faults = [line for line in lines if "status=503" in line]
        self.assertTrue(faults)
        for line in faults:
            self.assertRegex(line, r' error request_id=[0-9a-f]+ .*code=store_unavailable '
                             r'.*fault="the ')
            self.assertRegex(line, says)
        for line in lines:
            self.assertNotIn(str(worker.dir), line)
            self.assertNotIn("roomkey.db", line)
            self.assertIsNone(SQL.search(line), line)

    def suffers(self, worker, trouble, says, known, tokens=0, born_into_it=False):
        """One worker in trouble: 503 meanwhile, well before and after."""
        with contextlib.ExitStack() as over:
            try:
                over.enter_context(trouble(worker))
            except NotPermitted as why:
                self.skipTest(str(why))
            start = len(worker.log())
            if born_into_it:
                worker.start()
            for answer in (worker.token(), worker.post("/api/appointments/video-room/501/", JANE)):
                self.unavailable(answer)
            self.clear_log(worker, start, says)
            self.assertTrue(worker.alive())
            self.assertEqual(worker.get("/healthz").status, 200)
            ready = worker.get("/readyz")
            self.assertEqual((ready.status, ready.json["status"]),
                             (503, "unavailable") if known else (200, "ok"))
        self.given(worker.token())
        self.assertEqual(len(worker.granted("--user", JANE)), tokens + 1)
        self.assertEqual(worker.get("/readyz").status, 200)
        worker.roomkey("audit", "verify")
        self.assertEqual(worker.stop(), 0)

    @each(TROUBLES)
    def test_a_worker_at_work_survives_a_store_that_becomes(self, *trouble):
        with Worker() as worker:
            self.given(worker.token())
            self.suffers(worker, *trouble, tokens=1)

    @each(TROUBLES)
    def test_a_worker_starts_beside_a_store_that_is(self, *trouble):
        with Worker() as worker:
            worker.stop()
            os.unlink(worker.path)
            self.suffers(worker, *trouble, born_into_it=True)

    def test_while_only_writing_is_locked_reading_goes_on(self):
        with Worker() as worker, locked(worker):
            self.given(worker.get("/api/appointments/47/", JANE))
            self.given(worker.get("/api/appointments/video-status/47/", JANE))

    def test_a_folder_that_can_only_be_read_is_trouble_and_over_by_itself(self):
        folder = Path(tempfile.mkdtemp(prefix="roomkey-e2e-ro-"))
        try:
            db = Path(shutil.copy(seeded_store(), folder / "roomkey.db"))
            with mounted(self, folder, "--bind", str(folder)):
                subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
                with Worker(db=db) as worker:
                    self.unavailable(worker.token())
                    self.clear_log(worker, 0, "its file system is read-only")
                    subprocess.run(["mount", "-o", "remount,rw,bind", folder], check=True)
                    self.given(worker.token())
                    self.assertEqual(len(worker.granted()), 1)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @each([("at_work", False), ("starting", True)])
    def test_a_full_disk_gives_no_token_without_its_event_to_a_worker(self, born_into_it):
        folder = Path(tempfile.mkdtemp(prefix="roomkey-e2e-full-"))
        try:
            with mounted(self, folder, "-t", "tmpfs", "-o", "size=512k", "none"):
                db = Path(shutil.copy(seeded_store(), folder / "roomkey.db"))
                with Worker(db=db) as worker:
                    tokens = 0
                    if born_into_it:
                        worker.stop()
                        os.unlink(worker.path)
                    else:
                        self.given(worker.token())
                        tokens += 1
                    filler = fill_up(folder)
                    start = len(worker.log())
                    if born_into_it:
                        worker.start()
                    answers = [worker.token() for _ in range(20)]
                    tokens += sum(answer.status == 200 for answer in answers)
                    self.unavailable(answers[-1])
                    self.clear_log(worker, start, "full|disk I/O|unable to open")
                    self.assertTrue(worker.alive())
                    filler.unlink()
                    self.given(worker.token())
                    self.assertEqual(len(worker.granted()), tokens + 1)
                    worker.roomkey("db", "verify")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def test_through_nginx_it_is_503_with_all_headers_and_ends_without_a_restart(self):
        with Demo() as demo:
            with away(demo.db):
                answers = at_once(8, lambda i: demo.token(headers=BROWSER))
                for answer in answers:
                    self.unavailable(answer)
                    self.assertEqual(answer.all("Retry-After"), ["2"])
                    self.assertEqual(answer.all("Access-Control-Allow-Origin"), [ORIGIN])
                self.assertIn("Retry-After", answer["Access-Control-Expose-Headers"])
            for _ in range(8):
                self.given(demo.token())

    def test_through_nginx_a_store_that_became_immutable_is_503_and_never_502(self):
        with Demo() as demo:
            self.given(demo.token())
            with contextlib.ExitStack() as over:
                try:
                    over.enter_context(immutable(*parts(demo.db)))
                except NotPermitted as why:
                    self.skipTest(str(why))
                for _ in range(10):
                    self.unavailable(demo.token())
            self.given(demo.token())

    def test_a_restore_under_running_workers_reaches_them(self):
        with Worker() as worker:
            self.given(worker.token())
            worker.roomkey("db", "backup", worker.dir / "backup")
            worker.roomkey("user", "set", JANE, "--inactive")
            self.assertEqual(worker.token().code, "user_unknown")
            worker.roomkey("db", "restore", worker.dir / "backup")
            self.given(worker.token())
            worker.roomkey("db", "verify")

    def test_what_the_administrator_changes_holds_at_the_next_request(self):
        with Worker() as worker:
            self.given(worker.token())
            worker.roomkey("appointment", "set", 47, "--status", "cancelled")
            self.assertEqual(worker.token().code, "appointment_closed")
            worker.roomkey("appointment", "set", 47, "--status", "confirmed")
            self.given(worker.token())
