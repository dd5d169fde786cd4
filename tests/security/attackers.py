"""Attackers, in processes of their own, and what they cost the demo."""
import collections
import contextlib
import multiprocessing
import os
import random
import secrets
import time
from pathlib import Path

ALONE = 3  # seconds

Row = collections.namedtuple("Row", "attack tried measured goal held told", defaults=[None])


def go_on_until_stopped(work, demo, stop, results):
    os.nice(19)  # an attacker's own machine is another
    counts = collections.Counter()
    try:
        work(demo, counts, lambda: not stop.is_set())
    except ConnectionError as fault:
        counts[f"lost: {fault}"] += 1
    results.put(counts)


@contextlib.contextmanager
def attackers(demo, *works):
    """A process for each of these, which calls work(demo, counts, going) and goes on as long as going()
    says. Yields a Counter, which has what they counted once the block has ended."""
    stop, results, counts = multiprocessing.Event(), multiprocessing.Queue(), collections.Counter()
    processes = [multiprocessing.Process(target=go_on_until_stopped, daemon=True,
                                         args=(work, demo, stop, results)) for work in works]
    for process in processes:
        process.start()
    try:
        yield counts
    finally:
        stop.set()
        for _ in processes:
            counts.update(results.get(timeout=60))
        for process in processes:
            process.join()


def cpu_seconds(pids):
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def log_bytes(demo):
    return sum(file.stat().st_size for file in (demo.dir / "log").iterdir())


def alone(demo, *works):
    """What they counted in ALONE seconds with nobody else there: and `logged`, bytes, `cpu_token` and
    `cpu_room`, microseconds of the pools' workers."""
    pools = {pool: demo.workers(pool) for pool in ("token", "room")}
    spent, logged = {pool: cpu_seconds(pids) for pool, pids in pools.items()}, log_bytes(demo)
    with attackers(demo, *works) as counts:
        time.sleep(ALONE)
    time.sleep(0.2)  # nginx and the workers write the last lines
    counts["logged"] = log_bytes(demo) - logged
    for pool, pids in pools.items():
        counts[f"cpu_{pool}"] = round(1e6 * (cpu_seconds(pids) - spent[pool]))
    return counts


def flood(demo, counts, going, make):
    """20 requests of make() at a time, pipelined; counts the answers by their status."""
    while going():
        with demo.connect() as connection:  # nginx ends each after 1000 requests
            for _ in range(40):
                requests = [make() for _ in range(20)]
                connection.send(b"".join(requests))
                counts.update(str(connection.receive().status) for _ in requests)
                if not going():
                    return


def answered(counts):
    return sum(count for status, count in counts.items() if status.isdigit())


def statuses(counts):
    return ", ".join(f"{counts[status]:,} x {status}" for status in sorted(counts)
                     if status.isdigit())


def only(counts, *allowed):
    """Whether nothing was answered otherwise, nor refused by a connection that broke."""
    return answered(counts) > 0 and not any(
        status not in allowed for status in counts if status.isdigit() or status.startswith("lost"))


def of_one_network(number):
    """Any address of that /64."""
    return f"2001:db8:0:{number:x}:{random.getrandbits(16):x}:{random.getrandbits(16):x}::1"


def of_many_networks():
    return f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::1"


def forged():
    """A bearer token that nobody signed; each is another to nginx."""
    return f"eyJ{secrets.token_hex(20)}.eyJ{secrets.token_hex(40)}.{secrets.token_urlsafe(32)}"
