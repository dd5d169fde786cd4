"""The token route beside the same service in Django and in Node (peers/), which write no audit, taking
turns behind one nginx. Prints a Markdown table and what it says of the goals. BENCH_SECONDS and
BENCH_ROUNDS as in bench.py."""
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import goals
from stack import ROOT, TOKEN, Stack, children, conditions, measure, over_http, table

PEERS = ROOT / "tests/bench/peers"
VIDEO, SYNC, THREADS, NODE = "video-token", "Django, gunicorn", "Django, gunicorn gthread", "Node"
GTHREAD = "--worker-class=gthread", "--threads=4", "--keep-alive=75"  # the one that can keep nginx's


def settings(stack):
    """The demo's, in the environment."""
    lines = (stack.dir / "roomkey.env").read_text().split()
    return {**os.environ, **dict(line.split("=", 1) for line in lines)}


def start_django(stack, name, *options):
    """Pids of what answers, and its sockets."""
    path = stack.dir / f"{name}.sock"
    master = subprocess.Popen(["gunicorn", "--workers=2", *options, f"--bind=unix:{path}",
                               "--log-level=error", "clinic.service:application"],
                              cwd=PEERS, env=settings(stack))
    stack.others.append(master)
    return (lambda: children(master.pid)), [path]


def start_node(stack):
    paths = [stack.dir / f"node{number}.sock" for number in (1, 2)]
    started = [subprocess.Popen(["node", "service.mjs", path], cwd=PEERS,
                                env={**settings(stack), "NODE_ENV": "production"}) for path in paths]
    stack.others += started
    return (lambda: [process.pid for process in started]), paths


def fields(stack, path, bearer):
    """The names in the answer, as soon as there is one."""
    anybody = ssl._create_unverified_context()
    request = urllib.request.Request(f"https://127.0.0.1:{stack.port}{path}",
                                     headers={"Authorization": f"Bearer {bearer}"})
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, context=anybody) as answer:
                return sorted(json.load(answer))
        except urllib.error.HTTPError:
            time.sleep(0.2)
    sys.exit(f"bench: no answer from {path}")


def main():
    with tempfile.TemporaryDirectory(prefix="roomkey-bench-") as folder, \
            Stack(folder + "/peers", "normal") as stack:
        get, _ = stack.scripts()
        peers = {SYNC: ("django", *start_django(stack, "django")),
                 THREADS: ("threads", *start_django(stack, "threads", *GTHREAD)),
                 NODE: ("node", *start_node(stack))}
        stack.add_targets(*(over_http(name, sockets) for name, _, sockets in peers.values()))
        bearer = stack.roomkey("bearer", "2")
        wanted = fields(stack, TOKEN, bearer)
        for name, *_ in peers.values():
            assert fields(stack, f"/bench/{name}{TOKEN}", bearer) == wanted, name
        conditions("normal")
        rows = measure(stack, {
            VIDEO: (TOKEN, stack.workers(), get),
            **{what: (f"/bench/{name}{TOKEN}", pids(), get) for what, (name, pids, _) in peers.items()}})
        table(rows, VIDEO, "roomkey's")
        django = max(rows[SYNC], rows[THREADS], key=lambda row: row.rate)
        goals.table(goals.of_peers(rows[VIDEO], django, rows[NODE]))


if __name__ == "__main__":
    main()
