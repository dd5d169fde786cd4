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
    def store_on_a_small_disk(self):
        folder = Path(tempfile.mkdtemp(prefix="roomkey-e2e-disk-"))
        try:
            with mounted(self, folder, "-t", "tmpfs", "-o", "size=1m,nr_inodes=40", "none"):
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
            with mounted(self, folder, "--bind", str(folder)):
                subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
                self.assertIn("[ERROR] The store: its file system is read-only.",
                              self.check(worker))

    def test_the_probe_leaves_nothing_behind(self):
        with self.store_on_a_small_disk() as worker:
            before = sorted(os.listdir(worker.db.parent))
            for _ in range(20):
                self.assertEqual(worker.get("/readyz").status, 200)
            self.well(worker)
            self.assertEqual(sorted(os.listdir(worker.db.parent)), before)
