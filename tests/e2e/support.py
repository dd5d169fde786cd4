"""What the end-to-end tests share: where things are, how long to wait, what must be ended."""
import os
import random
import socket
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BIN_DIR", ROOT / "build/release")).resolve()
SHORT = os.environ.get("E2E_SHORT") == "1"
PATIENCE = 60  # seconds until something that must happen counts as never happening
ORIGIN = "https://localhost:3000"
BROWSER = {"Origin": ORIGIN, "Cache-Control": "no-cache", "Pragma": "no-cache",
           "Accept": "application/json, text/plain, */*", "User-Agent": "Mozilla/5.0"}

running = []


def stop_all():
    while running:
        running[-1].close()


claims = []


def free_port():
    """A port for a program that binds it later. Below those that the kernel gives to connections, and
    claimed by a name until this process ends, so that nobody else takes it meanwhile."""
    for port in random.sample(range(10100, 30000), 1000):
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                claim.bind(f"\0roomkey-test-port-{port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
        claims.append(claim)
        return port
    raise AssertionError("no port of 10100 to 29999 is free")


def told_by_proc(pid):
    """What /proc says of a process to this user. A worker can't be dumped, so nobody but root sees its
    environment at all."""
    seen = Path(f"/proc/{pid}/cmdline").read_bytes()
    try:
        return seen + Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        if os.geteuid() == 0:
            raise
        return seen


def wait_until(true, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not (result := true()):
        if time.monotonic() > end:
            raise AssertionError(f"never happened: {what}")
        time.sleep(0.02)
    return result
