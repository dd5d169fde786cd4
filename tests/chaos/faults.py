"""The faults. Each is a function from nothing to a Verdict: what the clients saw, what was lost,
how long until all was well, and what did not hold."""
import collections
import contextlib
import dataclasses
import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import live_support
from chaos import BUSY, SECONDS, SHORT, Load, demo, statuses, unheard
from clinic import JANE, SARAH
from support import BIN, wait_until
from workers import Worker


@dataclasses.dataclass
class Verdict:
    saw: str
    lost: str = "nothing"
    slowest: float = 0
    normal_after: float = 0
    broken: list = dataclasses.field(default_factory=list)

    def must(self, holds, what):
        if not holds:
            self.broken.append(what)


def judge(made, load, since, allowed=(200, 201), stores=()):
    """What every fault has to keep, whatever else it does."""
    verdict = Verdict(statuses(load), normal_after=load.seconds_until_normal(since))
    verdict.slowest = max(one.answered - one.asked for one in load.seen)
    without = unheard(made, load, stores)
    verdict.must(not without, f"{len(without)} tokens left without an event")
    strange = {(one.kind, one.status, one.code) for one in load.seen if one.status not in allowed}
    verdict.must(not strange, f"answers that should not be: {sorted(map(str, strange))[:5]}")
    said = subprocess.run([BIN / "roomkey", "db", "verify"], capture_output=True, text=True,
                          env=made.settings | {"ROOMKEY_DB": str(made.db)})
    verdict.must(said.returncode == 0, f"db verify: {said.stderr.strip()}")
    answer = made.token(BUSY[0])
    verdict.must(answer.status == 200, f"a token afterwards: {answer}")
    return verdict


def killed():
    """Workers of both pools and backups killed with SIGKILL at random moments."""
    any_one = random.Random(os.getpid())
    count = 0
    with demo() as made, Load(made) as load:
        end = time.monotonic() + 2 * SECONDS
        while time.monotonic() < end:
            backup = subprocess.Popen(
                [BIN / "roomkey", "db", "backup", made.dir / "chaos.db"],
                env=made.settings | {"ROOMKEY_DB": str(made.db)}, stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL)
            time.sleep(any_one.uniform(0.01, 0.3))
            backup.kill()
            backup.wait()
            workers = made.workers("token") + made.workers("room")
            with contextlib.suppress(ProcessLookupError):
                os.kill(any_one.choice(workers), signal.SIGKILL)
            count += 1
        since = time.monotonic()
        time.sleep(1)
        load.__exit__()
        # Twilio sends a callback again that was not answered with 200; nginx must not.
        verdict = judge(made, load, since, allowed=(200, 201, 502))
        others = [one for one in load.failed if one.kind != "callback"]
        verdict.must(not others, f"failed: {others[:3]}")
        verdict.saw += f"; {count} workers and {count} backups killed"
        return verdict


def stopped():
    """One worker of each pool stands still (SIGSTOP)."""
    with demo() as made, Load(made) as load:
        still = [made.workers("token")[0], made.workers("room")[0]]
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(SECONDS)
        for pid in still:
            os.kill(pid, signal.SIGCONT)
        since = time.monotonic()
        time.sleep(1)
        load.__exit__()
        return judge(made, load, since, allowed=(200, 201, 503, 504))


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


def descriptors():
    """Workers of the token pool may open no more files."""
    with demo() as made:
        with Load(made) as load:
            for pid in made.workers():
                subprocess.run(["prlimit", f"--pid={pid}", "--nofile=3:4096"], check=True)
            time.sleep(SECONDS)
            for pid in made.workers():
                subprocess.run(["prlimit", f"--pid={pid}", "--nofile=1024:4096"], check=True)
            since = time.monotonic()
            time.sleep(1)
            load.__exit__()
            return judge(made, load, since, allowed=(200, 201, 503, 504))


def memory():
    """Workers of both pools get no more memory (address space)."""
    with demo() as made:
        with Load(made) as load:
            for pid in made.workers() + made.workers("room"):
                size = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
                size *= resource.getpagesize()
                subprocess.run(["prlimit", f"--pid={pid}", f"--as={size}:unlimited"], check=True)
            big = made.request("POST", "/api/video-call/token", JANE, body=b" " * 60000 + b"{}",
                               headers={"Content-Type": "application/json"})
            for _ in range(20):
                made.raw(big)
            time.sleep(SECONDS)
            for pid in made.workers() + made.workers("room"):
                subprocess.run(["prlimit", f"--pid={pid}", "--as=unlimited"], check=True)
            since = time.monotonic()
            time.sleep(1)
            load.__exit__()
            return judge(made, load, since, allowed=(200, 201, 500, 502, 503))


def clock():
    """The machine's clock jumps two hours ahead, two hours back, and is right again."""
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        return None
    with tempfile.TemporaryDirectory(prefix="roomkey-chaos-") as folder:
        offset = Path(folder) / "offset"
        offset.write_text("+0")
        with Worker(LD_PRELOAD=str(library), FAKETIME_TIMESTAMP_FILE=str(offset),
                    FAKETIME_NO_CACHE="1") as worker:
            answers, tokens = [], 0
            for jump in ("+0", "+2h", "-2h", "+0"):
                offset.write_text(jump)
                for _ in range(20):
                    answer = worker.token()
                    answers.append(f"{answer.status} {answer.json.get('code', '')}".strip())
                    tokens += answer.status == 200
            saw = [f"{count} x {words}" for words, count in collections.Counter(answers).items()]
            verdict = Verdict(f"{', '.join(saw)} (right, ahead, back, right)")
            verdict.must(answers[20:40] == ["401 token_expired"] * 20, "ahead: all logins are over")
            verdict.must(answers[40:60] == ["401 invalid_token"] * 20, "back: none has begun")
            verdict.must(answers[:20] + answers[60:] == ["200"] * 40, "well when it is right")
            verdict.must(len(worker.granted()) == tokens, "each token has its event")
            worker.roomkey("audit", "verify")
            return verdict


def black_hole():
    """The provider takes connections and never answers."""
    twilio = live_support.StandIn()
    url = f"http://127.0.0.1:{twilio.port}"
    try:
        with demo(TWILIO_VIDEO_URL=url, TWILIO_API_URL=url, TWILIO_ROOMS="rest",
                  **twilio.settings) as made:
            with Load(made, only=("token", "refresh", "stream")) as load:
                time.sleep(SECONDS)
                alone = len(load.seen) / SECONDS
            twilio.tell(fault={"mode": "slow", "seconds": 30})
            with Load(made, only=("token", "refresh", "stream")) as load:
                started = time.monotonic()
                slowest = 0
                while time.monotonic() < started + SECONDS + 2:
                    asked = time.monotonic()
                    answer = made.get(f"/api/appointments/video-status/{BUSY[2]}/", SARAH)
                    slowest = max(slowest, time.monotonic() - asked)
                    time.sleep(0.1)
                meanwhile = len(load.seen) / (time.monotonic() - started)
                twilio.tell(fault=None)
                since = time.monotonic()
                load.__exit__()
                verdict = judge(made, load, since)
                verdict.must(answer.status == 200, f"status during it: {answer}")
                verdict.must(slowest < 7, f"a status took {slowest:.1f} s")
                verdict.must(meanwhile > alone / 2, "tokens go on at speed")
                verdict.saw += (f"; tokens at {meanwhile / alone:.2f} of their speed before; "
                                f"slowest status {slowest:.1f} s")
                return verdict
    finally:
        twilio.close()


def slow_clients():
    """Clients that send their request a byte at a time, 400 at once."""
    with demo() as made, Load(made) as load:
        slow = []
        request = made.request("GET", "/api/appointments/video-token/47/", JANE)
        for _ in range(400):
            slow.append(made.connect())
        end = time.monotonic() + SECONDS
        at = 0
        while time.monotonic() < end:
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.send(request[at:at + 1])
            at = min(at + 1, len(request) - 5)
        for connection in slow:
            with contextlib.suppress(OSError):
                connection.close()
        since = time.monotonic()
        load.__exit__()
        verdict = judge(made, load, since)
        verdict.saw += f"; 400 slow ones"
        return verdict


def connections():
    """10,000 connections at nginx that say nothing."""
    wanted = 2000 if SHORT else 10000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(wanted, (hard if hard != resource.RLIM_INFINITY else 20000) - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 500), hard))
    idle = []
    try:
        with demo() as made, Load(made) as load:
            for _ in range(wanted):
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", made.port))
                idle.append(one)
            time.sleep(SECONDS)
            late = time.monotonic()
            fresh = made.token(BUSY[0])
            late = time.monotonic() - late
            for one in idle:
                one.close()
            since = time.monotonic()
            time.sleep(0.5)
            load.__exit__()
            verdict = judge(made, load, since)
            verdict.must(fresh.status == 200, f"a new client meanwhile: {fresh}")
            verdict.saw += f"; {wanted} idle connections; a new client got its token in {late:.2f} s"
            return verdict
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


ALL = [killed, stopped, locked, disk_full, truncated, overwritten, removed, read_only, descriptors,
       memory, clock, black_hole, slow_clients, connections]
