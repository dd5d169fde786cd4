"""Faults of processes and of the machine they run on."""
import collections
import contextlib
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from chaos import SECONDS, Load, demo
from clinic import JANE
from support import BIN
from verdict import Verdict, judge
from workers import Worker


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
