"""A disk that takes no more is a fault of /readyz and of `roomkey check`, before a token fails by it."""
import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cases import Case
from store_test import fill_up, mounted
from support import BIN, PATIENCE
from workers import Worker, seeded_store


class Disk(Case):
    @contextlib.contextmanager
    def store_on_a_small_disk(self, size="1m"):
        folder = Path(tempfile.mkdtemp(prefix="roomkey-e2e-disk-"))
        try:
            with mounted(self, folder, "-t", "tmpfs", "-o", f"size={size},nr_inodes=40", "none"):
                os.chmod(folder, 0o700)
                with Worker(db=Path(shutil.copy(seeded_store(), folder / "roomkey.db"))) as worker:
                    self.well(worker)
                    yield worker
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def well(self, worker):
        self.assertEqual(worker.get("/readyz").status, 200)
        self.assertIn("[OK] The store can be read and written", self.check(worker))

    def names(self, worker, why, cure):
        answer = worker.get("/readyz")
        self.assertEqual((answer.status, answer.json["checks"]["store"]), (503, f"the store: {why}"))
        self.assertRegex(self.check(worker), rf"\[ERROR\] The store: {why}\.\n    .*{cure}")

    @staticmethod
    def check(worker):
        return subprocess.run([BIN / "roomkey", "check", "--offline"], text=True,
                              capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                              env=worker.settings | {"ROOMKEY_DB": str(worker.db)}).stdout

    def test_full(self):
        with self.store_on_a_small_disk() as worker:
            filler = fill_up(worker.db.parent)
            self.names(worker, "its disk is full", "df -h")
            filler.unlink()
            self.well(worker)

    def test_the_reserve_is_let_go_loudly_and_tokens_go_on(self):
        with self.store_on_a_small_disk("4m") as worker:
            worker.roomkey("db", "reserve", "1")
            self.well(worker)
            fill_up(worker.db.parent)
            answers = [worker.token().status for _ in range(8)]
            self.assertEqual(answers.count(503), 1, answers)
            self.assertEqual(answers[-1], 200)
            self.assertEqual(worker.log().count("event=reserve_let_go fault="), 1)
            self.assertIn("\nroomkey_store_reserve_bytes 0\n", worker.get("/metrics").body.decode())
            self.assertRegex(self.check(worker),
                             r"\[WARN\] .*in reserve was let go\.\n    .*roomkey db reserve")

    def test_without_inodes(self):
        with self.store_on_a_small_disk() as worker:
            made = []
            with contextlib.suppress(OSError):
                while True:
                    path = worker.db.parent / f"filler{len(made)}"
                    path.touch()
                    made.append(path)
            self.names(worker, "its disk has no inodes left", "df -i")
            for path in made:
                path.unlink()
            self.well(worker)

    def test_read_only(self):
        with self.store_on_a_small_disk() as worker:
            folder = worker.db.parent
            for is_open in (True, False):  # and with no WAL of a worker's
                if not is_open:
                    worker.stop()
                    self.assertFalse(Path(f"{worker.db}-wal").exists())
                with mounted(self, folder, "--bind", str(folder)):
                    subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
                    said = self.check(worker)
                    self.assertIn("[ERROR] The store: its file system is read-only.", said)
                    self.assertIn("remount,rw", said)

    def test_the_probe_leaves_nothing_behind(self):
        with self.store_on_a_small_disk() as worker:
            before = sorted(os.listdir(worker.db.parent))
            for _ in range(20):
                self.assertEqual(worker.get("/readyz").status, 200)
            self.well(worker)
            self.assertEqual(sorted(os.listdir(worker.db.parent)), before)
