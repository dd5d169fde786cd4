#!/usr/bin/python3
"""A long run at about half of what the machine can do, with a worker restarted every half minute:
memory, descriptors and the WAL must stay flat, and nothing be lost. SOAK_MINUTES (30), SOAK_PAUSE
(0.01 s of each of 10 clients), BIN_DIR."""
import os
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from chaos import Load, demo, statuses, unheard  # noqa: E402
from support import stop_all, wait_until  # noqa: E402

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
PAUSE = float(os.environ.get("SOAK_PAUSE", "0.01"))  # of each client between two requests
WAL_LIMIT = 64 << 20  # a checkpoint is due at 8 MiB; a reader may put it off
MEMORY_GROWTH = 1.15  # of a worker that runs through, from its warm state to the end
AT_ENDS = 5  # readings that are compared: what is in hand at one moment has its buffers and a descriptor
COMPLAINTS = (" error ", " warn ")


class GentleLoad(Load):
    def take(self, asked, kind, answer):
        super().take(asked, kind, answer)
        time.sleep(PAUSE)


def own_memory(pid):
    """Its own alone: what it shares weighs less the more others run the same program."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Anonymous:")[1].split()[0])


def measure(made, pid):
    wal = Path(f"{made.db}-wal")
    return {"own_kib": own_memory(pid), "fds": len(os.listdir(f"/proc/{pid}/fd")),
            "wal_mib": round(wal.stat().st_size / 2**20, 1) if wal.exists() else 0,
            "log_kib": sum(file.stat().st_size for file in (made.dir / "log").iterdir()) // 1024}


def restart_another(made, lasting):
    victim = next(pid for pid in made.workers() if pid != lasting)
    os.kill(victim, signal.SIGTERM)
    wait_until(lambda: victim not in made.workers() and len(made.workers()) == 2, "another worker")


def soak():
    rows, faults = [], []
    with demo() as made, GentleLoad(made) as load:
        lasting = made.workers()[0]
        end = time.monotonic() + MINUTES * 60
        print("minute  requests  " + "  ".join(measure(made, lasting)), flush=True)
        turn = 0
        while time.monotonic() < end:
            time.sleep(min(30, max(1, MINUTES * 60 / 20)))
            restart_another(made, lasting)
            turn += 1
            rows.append(measure(made, lasting))
            left = (end - time.monotonic()) / 60
            print(f"{MINUTES - left:6.1f}  {len(load.seen):8}  " +
                  "  ".join(str(value) for value in rows[-1].values()), flush=True)
        load.__exit__()
        warm = rows[len(rows) // 5:][:AT_ENDS]
        last = rows[-AT_ENDS:]

        def least(name, of):
            return min(row[name] for row in of)
        for holds, what in [
                (least("own_kib", last) <= least("own_kib", warm) * MEMORY_GROWTH, "memory grows"),
                # nginx keeps more connections or fewer: they grow where the last are all above the first.
                (least("fds", last) <= max(row["fds"] for row in rows[:AT_ENDS]), "descriptors grow"),
                (max(row["wal_mib"] for row in rows) * 2**20 < WAL_LIMIT, "the WAL grows"),
                (not load.failed, f"failed: {load.failed[:3]}"),
                (not unheard(made, load), "tokens without an event"),
                (not any(word in made.log() for word in COMPLAINTS), "the log complains")]:
            if not holds:
                faults.append(what)
        made.roomkey("db", "verify")
        print(f"{statuses(load)}; {turn} workers restarted")
    return faults


def main():
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        faults = soak()
    finally:
        stop_all()
    for fault in faults:
        print(f"FAIL {fault}")
    print(f"{0 if faults else 1} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
