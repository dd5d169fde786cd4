"""A worker by itself, asked without nginx: how soon it answers, and what it weighs."""
import contextlib
import os
import pathlib
import re
import socket
import statistics
import subprocess
import time

from stack import BIN, TOKEN
from fastcgi import fcgi_answer, fcgi_request

KEPT = 32


@contextlib.contextmanager
def worker(stack):
    """Its process and the path of its socket."""
    path = str(stack.dir / "one.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(KEPT)
        process = subprocess.Popen([BIN / "roomkey-fcgi", "--env-file", stack.dir / "roomkey.env"],
                                   stdin=listening.fileno(), stderr=subprocess.DEVNULL)
    try:
        yield process, path
    finally:
        process.terminate()
        process.wait()
        os.unlink(path)


def ask(connection, stream, path, keep=False, **more):
    params = {"REQUEST_METHOD": "GET", "DOCUMENT_URI": path, "REMOTE_ADDR": "127.0.0.1",
              "REQUEST_ID": "0123456789abcdef0123456789abcdef", **more}
    connection.sendall(fcgi_request(params, keep=keep))
    answer = fcgi_answer(stream)
    assert answer and answer.status == 200, answer


def start_milliseconds(stack):
    """From exec to the first answer, the median of ten."""
    taken = []
    for _ in range(10):
        begun = time.perf_counter()
        with worker(stack) as (_, path):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(path)
                ask(connection, connection.makefile("rb"), "/healthz")
            taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def pss_mib(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1)) / 1024


def memory_mib(stack):
    """With 32 kept connections, each of which asked for a hundred tokens."""
    bearer = "Bearer " + stack.roomkey("bearer", "2")
    with worker(stack) as (process, path), contextlib.ExitStack() as open_ones:
        connections = [open_ones.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(KEPT)]
        for connection in connections:
            connection.connect(path)
        streams = [connection.makefile("rb") for connection in connections]
        for _ in range(100):
            for connection, stream in zip(connections, streams):
                ask(connection, stream, TOKEN, keep=True, HTTP_AUTHORIZATION=bearer)
        return pss_mib(process.pid)
