"""The token route beside a bare FastCGI responder and nginx alone, in one run, taking turns.

Each target is asked through the same nginx (TLS, 16 kept-alive connections) by wrk, in rounds, so
that a noisy machine disturbs all of them alike. Prints Markdown tables: what counts are the ratios.
BENCH_SECONDS (4) for one turn, BENCH_ROUNDS (3).
"""
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from support import free_port  # noqa: E402

BIN = pathlib.Path(os.environ.get("BIN_DIR", ROOT / "build/release")).resolve()
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONNECTIONS = 16
TOKEN = "/api/appointments/video-token/47/"
KEPT = "bare responder, kept"  # its connections
STREAM_TOKEN = "/api/video-call/token"


def children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(task) for task in tasks]


def cpu_seconds(pids):
    """Time on a CPU, to the nanosecond."""
    total = 0
    for pid in pids:
        total += int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return total / 1e9


def pss_kib(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))


class Stack:
    """A demo with the targets of the benchmark in its nginx."""

    def __init__(self, folder, sync):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(mode=0o700)
        self.port = free_port()
        self.env = {**os.environ, "DEMO_DIR": str(self.dir), "DEMO_PORT": str(self.port),
                    "DEMO_RATE_LIMIT": "off", "DEMO_WORKERS": "2", "BIN_DIR": str(BIN)}
        (self.dir / "roomkey.env").write_text(
            f"ROOMKEY_DB={self.dir}/roomkey.db\nROOMKEY_AUDIT_SYNC={sync}\n"
            f"ROOMKEY_JWT_SECRET={'k' * 64}\nTWILIO_ACCOUNT_SID=AC{'a' * 32}\n"
            f"TWILIO_API_KEY=SK{'b' * 32}\nTWILIO_API_SECRET={'s' * 32}\nTWILIO_REGION=au1\n"
            f"STREAM_API_KEY=key\nSTREAM_API_SECRET={'t' * 64}\n")
        self.others = []

    def __enter__(self):
        self.demo("start")
        return self

    def __exit__(self, *unused):
        for process in self.others:
            process.terminate()
            process.wait()
        self.demo("stop")

    def demo(self, verb):
        subprocess.run([ROOT / "demo/demo.sh", verb], env=self.env, check=True,
                       stdout=subprocess.DEVNULL)

    def roomkey(self, *arguments):
        return subprocess.run([BIN / "roomkey", "--env-file", self.dir / "roomkey.env", *arguments],
                              check=True, capture_output=True, text=True).stdout.strip()

    def scripts(self):
        """For wrk: a GET as Jane, and her POST for a token to the call of appointment 47."""
        get, post = self.dir / "get.lua", self.dir / "post.lua"
        get.write_text('wrk.headers["Authorization"] = "Bearer '
                       + self.roomkey("bearer", "2", "--minutes", "600") + '"\n')
        room = json.loads(self.roomkey("--json", "appointment", "show", "47"))["video_room_id"]
        post.write_text(get.read_text() + 'wrk.method = "POST"\n'
                        'wrk.headers["Content-Type"] = "application/json"\n'
                        f"wrk.body = '{json.dumps({'callId': room})}'\n")
        return get, post

    def paused(self, script, milliseconds):
        """The same requests, each after a pause of 0 to twice so many milliseconds."""
        path = script.with_name(f"paused-{script.name}")
        path.write_text(script.read_text() + "function delay() return "
                        f"math.random(0, {round(2 * milliseconds)}) end\n")
        return path

    def add_responder(self, name, *arguments):
        """Two bare responders on one socket, as the pools have it."""
        path = self.dir / f"{name}.sock"
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        listening.listen(1024)
        started = [subprocess.Popen([BIN / "bare-responder", *map(str, arguments)],
                                    stdin=listening.fileno()) for _ in range(2)]
        listening.close()
        self.others += started
        return [process.pid for process in started]

    def add_locations(self, names):
        """Sites for the targets beside roomkey's own, with everything that its server block does."""
        site = self.dir / "roomkey-site.conf"
        text = site.read_text().rstrip()
        assert text.endswith("}")
        upstreams = locations = ""
        for name in names:
            kept = ("keepalive 32;", "fastcgi_keep_conn on;") if name == "kept" else ("", "")
            upstreams += (f"upstream bench_{name} {{" + f'server "unix:{name}.sock" max_fails=0;' * 3
                          + f"{kept[0]}}}\n")
            locations += f"location = /bench/{name} {{ {kept[1]} fastcgi_pass bench_{name}; }}\n"
        locations += "location = /bench/nginx { return 200 '{\"x\":\"" + "x" * 700 + "\"}'; }\n"
        site.write_text(upstreams + text[:-1] + locations + "}\n")
        os.kill(self.nginx(), signal.SIGHUP)
        time.sleep(1)

    def nginx(self):
        return int((self.dir / "nginx.pid").read_text())

    def workers(self):
        return children(int((self.dir / "token.pid").read_text()))


def wrk(stack, path, script):
    out = subprocess.run(["wrk", "-t2", "--timeout", "10s", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s",
                          script, f"https://127.0.0.1:{stack.port}{path}"],
                         check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out

    def milliseconds(percent):
        number, unit = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)", out, re.M).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    requests = int(re.search(r"(\d+) requests in", out).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    return requests, rate, milliseconds(50), milliseconds(99)


def measure(stack, targets):
    """targets: name -> (path, worker pids, wrk script). Rows of medians over the rounds."""
    rows = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, (path, workers, script) in targets.items():
            nginx = children(stack.nginx())
            before = cpu_seconds(workers), cpu_seconds(nginx)
            requests, rate, p50, p99 = wrk(stack, path, script)
            after = cpu_seconds(workers), cpu_seconds(nginx)
            micro = [1e6 * (b - a) / requests for a, b in zip(before, after)]
            rows[name].append((rate, p50, p99, *micro))
    return {name: [statistics.median(column) for column in zip(*each)]
            for name, each in rows.items()}


def table(rows, base):
    print("| target | requests/s | of bare | p50 ms | p99 ms | worker CPU us | nginx CPU us |")
    print("|---|---|---|---|---|---|---|")
    for name, (rate, p50, p99, worker, nginx) in rows.items():
        print(f"| {name} | {rate:,.0f} | {rate / rows[base][0]:.2f} | {p50:.2f} | {p99:.2f} "
              f"| {worker:.1f} | {nginx:.1f} |")


def start_milliseconds(stack):
    """From exec of a worker to its first answer, the best of ten."""
    path = str(stack.dir / "start.sock")
    record = lambda kind, body: bytes([1, kind, 0, 1, len(body) >> 8, len(body) & 255, 0, 0]) + body
    pairs = {b"REQUEST_METHOD": b"GET", b"DOCUMENT_URI": b"/healthz"}
    params = b"".join(bytes([len(k), len(v)]) + k + v for k, v in pairs.items())
    request = (record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0])) + record(4, params) + record(4, b"")
               + record(5, b""))
    best = []
    for _ in range(10):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen(16)
        begun = time.perf_counter()
        worker = subprocess.Popen([BIN / "roomkey-fcgi", "--env-file", stack.dir / "roomkey.env"],
                                  stdin=listening.fileno(), stderr=subprocess.DEVNULL)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            client.sendall(request)
            assert b"200 OK" in client.recv(4096)
        best.append(1000 * (time.perf_counter() - begun))
        worker.terminate()
        worker.wait()
        listening.close()
        os.unlink(path)
    return min(best), statistics.median(best)


def main():
    subprocess.run([BIN / "bench-parts"], check=True, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="roomkey-bench-") as folder:
        with Stack(folder + "/normal", "normal") as stack:
            get, post = stack.scripts()
            bare = stack.add_responder("bare", 860)
            kept = stack.add_responder("kept", 860, "kept")
            stack.add_locations(["bare", "kept"])
            print(f"\nROOMKEY_AUDIT_SYNC=normal, 2 workers, {CONNECTIONS} connections, TLS, "
                  f"{ROUNDS} rounds of {SECONDS} s\n")
            rows = measure(stack, {"video-token": (TOKEN, stack.workers(), get),
                                   "stream token": (STREAM_TOKEN, stack.workers(), post),
                                   "bare responder": ("/bench/bare", bare, get),
                                   KEPT: ("/bench/kept", kept, get),
                                   "nginx alone": ("/bench/nginx", [], get)})
            table(rows, "bare responder")
            print(f"\nrequests/s of the kept bare responder's: "
                  f"{rows['video-token'][0] / rows[KEPT][0]:.2f}")
            cpu = [sum(rows[name][3:]) for name in ("video-token", "bare responder")]
            print(f"CPU of nginx and worker of the bare responder's: {cpu[0] / cpu[1]:.2f}")
            more = rows["video-token"][3] - rows["bare responder"][3]
            print(f"\nworker CPU above the bare responder: {more:.1f} us a request, "
                  f"{more / rows['bare responder'][3]:.2f} of its own")
            rate, median = rows["video-token"][:2]
            script = stack.paused(get, max(1, 2000 * CONNECTIONS / rate - median))
            print("\nAt half load:\n")
            half = measure(stack, {"video-token": (TOKEN, stack.workers(), script),
                                   "bare responder": ("/bench/bare", bare, script),
                                   KEPT: ("/bench/kept", kept, script)})
            table(half, "bare responder")
            print(f"\np99 of the kept bare responder's: "
                  f"{half['video-token'][2] / half[KEPT][2]:.2f}\n")
            print("worker memory (PSS): "
                  + ", ".join(f"{pss_kib(pid) / 1024:.1f} MiB" for pid in stack.workers())
                  + "; bare responder: "
                  + ", ".join(f"{pss_kib(pid) / 1024:.1f} MiB" for pid in bare) + " (goal: 6)")
            print("start of a worker to its first answer: best %.1f ms, median %.1f ms (goal: 15)"
                  % start_milliseconds(stack))
        with Stack(folder + "/full", "full") as stack:
            get, post = stack.scripts()
            # Here, or the two would make it at the same moment and one find it locked.
            sqlite3.connect(stack.dir / "durable.db").executescript(
                "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL")
            durable = stack.add_responder("durable", 860, stack.dir / "durable.db")
            stack.add_locations(["durable"])
            print("\nROOMKEY_AUDIT_SYNC=full\n")
            name = "bare responder with one durable commit"
            rows = measure(stack, {"video-token": (TOKEN, stack.workers(), get),
                                   "stream token": (STREAM_TOKEN, stack.workers(), post),
                                   name: ("/bench/durable", durable, get)})
            table(rows, name)


if __name__ == "__main__":
    main()
