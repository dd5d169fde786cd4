"""The token route beside a bare FastCGI responder and nginx alone, in one run, taking turns.

Each target is asked through the same nginx (TLS, 16 kept-alive connections) by wrk, in rounds, so
that a noisy machine disturbs all of them alike. Prints Markdown tables: what counts are the ratios.
BENCH_SECONDS (4) for one turn, BENCH_ROUNDS (3).
"""
import re
import sqlite3
import subprocess
import tempfile

import crowd
import goals
from one_worker import memory_mib, start_milliseconds
from stack import (BIN, CONNECTIONS, NGINX_ALONE, TOKEN, Stack, conditions, fastcgi, measure, table)

VIDEO, STREAM = "video-token", "stream token"
GUARDED = "video-token, each person counted and each event with a MAC"
BARE, KEPT = "bare responder", "bare responder, kept"  # a connection each, kept connections
DURABLE = "bare responder with one durable commit"
BODY = 860  # bytes, as long as the token route's


def roomkey_targets(stack, get, post):
    return {VIDEO: (TOKEN, stack.workers(), get),
            STREAM: ("/api/video-call/token", stack.workers(), post)}


def normal(stack, guarded):
    """The goals that it is about, measured. `guarded`: the same with what costs a token time."""
    get, post = stack.scripts()
    bare = stack.add_responder("bare", BODY)
    kept = stack.add_responder("kept", BODY, "kept")
    stack.add_targets(fastcgi("bare"), fastcgi("kept", kept=True), NGINX_ALONE)
    conditions("normal")
    rows = measure(stack, {**roomkey_targets(stack, get, post),
                           GUARDED: (TOKEN, guarded.workers(), guarded.scripts()[0], guarded),
                           BARE: ("/bench/bare", bare, get), KEPT: ("/bench/kept", kept, get),
                           "nginx alone": ("/bench/nginx", [], get)})
    table(rows, BARE)
    token = rows[VIDEO]
    pause = max(1, 2000 * CONNECTIONS / token.rate - token.p50)
    script = stack.paused(get, pause)
    print("\nThe same at half load (each connection pauses at random between its requests):\n")
    half = measure(stack, {VIDEO: (TOKEN, stack.workers(), script),
                           BARE: ("/bench/bare", bare, script),
                           KEPT: ("/bench/kept", kept, script)})
    table(half, BARE)
    return (goals.at_saturation(token, rows[BARE], rows[KEPT]) + goals.with_guards(rows[GUARDED], token)
            + goals.at_half_load(half[VIDEO], half[KEPT])), pause


def full(stack):
    get, post = stack.scripts()
    # Here, or the two would make it at the same moment and one find it locked.
    sqlite3.connect(stack.dir / "durable.db").executescript(
        "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL")
    durable = stack.add_responder("durable", BODY, stack.dir / "durable.db")
    stack.add_targets(fastcgi("durable"))
    conditions("full")
    rows = measure(stack, {**roomkey_targets(stack, get, post),
                           DURABLE: ("/bench/durable", durable, get)})
    table(rows, DURABLE, "that")
    return goals.under_full(rows[VIDEO], rows[DURABLE])


def allocations(folder):
    """A token's, in-process, as bench-scale counts them."""
    said = subprocess.run([BIN / "bench-scale", folder, "100", "100"], check=True,
                          capture_output=True, text=True).stdout.splitlines()
    names, values = (re.split(r" *\| *", line.strip("| ")) for line in (said[0], said[-1]))
    return float(values[names.index("allocations")])


def main():
    subprocess.run([BIN / "bench-parts"], check=True, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="roomkey-bench-") as folder:
        # Nobody asks that often: all are counted, and none is refused.
        with (Stack(folder + "/normal", "normal") as stack,
              Stack(folder + "/guarded", "normal", ROOMKEY_PERSON_RATE="10000",
                    ROOMKEY_AUDIT_KEY="a" * 64) as guarded):
            reached, pause = normal(stack, guarded)
            weight = memory_mib(stack), start_milliseconds(stack)
        reached += crowd.measured(folder + "/crowd", "normal", pause)
        with Stack(folder + "/full", "full") as stack:
            reached += full(stack)
        reached += goals.of_a_worker(allocations(folder + "/scale"), *weight)
    goals.table(reached)


if __name__ == "__main__":
    main()
