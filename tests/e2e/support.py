"""What the end-to-end tests share: where things are, how long to wait, what must be ended."""
import os
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
