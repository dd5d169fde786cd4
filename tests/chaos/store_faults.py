"""Faults of the store: its lock, its disk, its files."""
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from chaos import SECONDS, Load, demo
from support import BIN, wait_until
from verdict import judge


def locked():
    """Another program holds the write lock for longer than a worker waits (2 s)."""
    with demo() as made, Load(made) as load:
        with contextlib.closing(sqlite3.connect(made.db, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            held = time.monotonic()
            time.sleep(max(SECONDS, 4))
            holder.execute("ROLLBACK")
        since = time.monotonic()
        time.sleep(1)
        load.__exit__()
        verdict = judge(made, load, since, allowed=(200, 201, 503, 504))
        # They may queue behind writers, which wait with a worker in their hands, but none is refused.
        reading = [one for one in load.seen if one.kind == "appointment" and
                   one.answered > held and one.asked < since]
        verdict.must(reading and all(one.status == 200 for one in reading),
                     "reading is never refused while writing is locked")
        return verdict


@contextlib.contextmanager
def small_disk(size):
    folder = Path(tempfile.mkdtemp(prefix="roomkey-chaos-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder],
                             capture_output=True, text=True)
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def move_store(made, folder):
    """The demo goes on with its store in that folder."""
    made.roomkey("db", "backup", folder / "roomkey.db")
    made.stop()
    with open(made.dir / "roomkey.env", "a", encoding="utf-8") as env:
        env.write(f"ROOMKEY_DB={folder}/roomkey.db\n")
    made.db = folder / "roomkey.db"
    made.__dict__.pop("settings", None)
    made.start()


def disk_full():
    """The store's disk fills up, and is given room again."""
    with small_disk("24m") as folder:
        if folder is None:
            return None
        with demo() as made:
            move_store(made, folder)
            with Load(made) as load:
                filler = folder / "filler"
                with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
                    while file.write(b"\0" * 4096):
                        pass
                wait_until(lambda: load.failed, "the disk is full")
                time.sleep(SECONDS)
                filler.unlink()
                since = time.monotonic()
                time.sleep(1)
                load.__exit__()
                verdict = judge(made, load, since, allowed=(200, 201, 503))
                verdict.must(load.failed, "a full disk is noticed")
                return verdict


def replaced_store(damage, lost, stores_kept=True):
    """Workers at work while `damage(db)` happens; then `roomkey db restore` of a backup."""
    with demo() as made:
        backup = made.dir / "good.db"
        made.roomkey("db", "backup", backup)
        with Load(made) as load:
            time.sleep(1)
            damage(made)
            time.sleep(SECONDS)
            broken = time.monotonic()
            restored = subprocess.run(
                [BIN / "roomkey", "db", "restore", backup], capture_output=True, text=True,
                env=made.settings | {"ROOMKEY_DB": str(made.db)})
            since = time.monotonic()
            time.sleep(1)
            load.__exit__()
            kept = sorted(made.dir.glob("roomkey.db.before-restore-*")) if stores_kept else []
            kept = [file for file in kept if file.suffix not in (".db-wal", ".db-shm") and
                    not file.name.endswith(("-wal", "-shm"))]
            verdict = judge_restored(made, load, since, kept, lost)
            verdict.must(restored.returncode == 0, f"restore: {restored.stderr}")
            verdict.saw += f"; restored in {since - broken:.1f} s"
            return verdict


def judge_restored(made, load, since, kept, lost):
    if lost is None:
        return judge(made, load, since, allowed=(200, 201, 404, 503), stores=kept)
    verdict = judge(made, load, since, allowed=(200, 201, 404, 503))
    verdict.broken = [what for what in verdict.broken if "without an event" not in what]
    verdict.lost = lost
    return verdict


def truncated():
    """The store's file is cut to half of its size under the workers, and restored."""
    def cut(made):
        os.truncate(made.db, os.path.getsize(made.db) // 2 // 4096 * 4096)
    return replaced_store(cut, "the events since the backup, with the file that was cut")


def overwritten():
    """The store's file is overwritten with noise under the workers, and restored."""
    def overwrite(made):
        with open(made.db, "r+b") as file:
            file.write(os.urandom(os.path.getsize(made.db)))
    return replaced_store(overwrite, "the events since the backup, with the file's content")


def removed():
    """The store's files are moved away under the workers, and restored."""
    def move(made):
        for part in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.rename(f"{made.db}{part}", f"{made.db}.away{part}")
    return replaced_store(move, "nothing: the events are in the file that was moved away")


def read_only():
    """The store's file system is mounted read-only, and written again."""
    with small_disk("24m") as folder, tempfile.TemporaryDirectory() as aside:
        if folder is None:
            return None
        with demo() as made:
            move_store(made, folder)
            with Load(made) as load:
                # Files that are open stay as they are: it is the workers that start who can't.
                # Made elsewhere and bound whole: it can't become read-only with a file open on it.
                done = [subprocess.run(["mount", *arguments], capture_output=True).returncode
                        for arguments in (["--bind", folder, aside],
                                          ["-o", "remount,ro,bind", aside],
                                          ["--bind", aside, folder])]
                for pid in made.workers() + made.workers("room"):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(SECONDS)
                for mounted in (folder, aside):
                    subprocess.run(["umount", "-l", mounted], check=True)
                since = time.monotonic()
                time.sleep(1)
                load.__exit__()
                verdict = judge(made, load, since, allowed=(200, 201, 502, 503))
                verdict.must(done == [0, 0, 0], f"the mounts were done: {done}")
                verdict.must(load.failed, "it is noticed")
                return verdict
