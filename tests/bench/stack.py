"""A demo with other targets in its nginx beside roomkey's own, and wrk, which asks them in turns."""
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from support import BIN, free_port  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CONNECTIONS = 16
TOKEN = "/api/appointments/video-token/47/"


def children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(task) for task in tasks]


def cpu_seconds(pids):
    """Time on a CPU, to the nanosecond, of all their threads."""
    files = [file for pid in pids for file in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def fastcgi(name, kept=False):
    """nginx's upstream and location for the responders at NAME.sock."""
    keepalive, keep = ("keepalive 32;", "fastcgi_keep_conn on;") if kept else ("", "")
    servers = f'server "unix:{name}.sock" max_fails=0;' * 3
    return (f"upstream bench_{name} {{ {servers} {keepalive} }}\n",
            f"location = /bench/{name} {{ {keep} fastcgi_pass bench_{name}; }}\n")


def over_http(name, sockets):
    """The same for servers that speak HTTP; behind /bench/NAME are their own paths."""
    servers = "".join(f'server "unix:{path}" max_fails=0;' for path in sockets)
    return (f"upstream bench_{name} {{ {servers} keepalive 32; }}\n",
            f"location /bench/{name}/ {{ proxy_pass http://bench_{name}/; proxy_http_version 1.1;"
            ' proxy_set_header Connection ""; proxy_set_header Host $host; }\n')


NGINX_ALONE = ("", "location = /bench/nginx { return 200 '{\"x\":\"" + "x" * 850 + "\"}'; }\n")


class Stack:
    """The demo, without rate limits but those in `changes` (of its variables)."""

    def __init__(self, folder, sync, workers=2, **changes):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(mode=0o700)
        self.port = free_port()
        self.env = {**os.environ, "DEMO_DIR": str(self.dir), "DEMO_PORT": str(self.port),
                    "DEMO_RATE_LIMIT": "off", "DEMO_WORKERS": str(workers), "BIN_DIR": str(BIN)}
        variables = {
            "ROOMKEY_DB": f"{self.dir}/roomkey.db", "ROOMKEY_AUDIT_SYNC": sync,
            "ROOMKEY_PERSON_RATE": "off", "ROOMKEY_JWT_SECRET": "k" * 64,
            "TWILIO_ACCOUNT_SID": "AC" + "a" * 32, "TWILIO_API_KEY": "SK" + "b" * 32,
            "TWILIO_API_SECRET": "s" * 32, "TWILIO_REGION": "au1",
            "STREAM_API_KEY": "key", "STREAM_API_SECRET": "t" * 64} | changes
        (self.dir / "roomkey.env").write_text(
            "".join(f"{name}={value}\n" for name, value in variables.items()))
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

    def add_targets(self, *targets):
        """In roomkey's own server block, so that nginx does for them what it does for roomkey."""
        site = self.dir / "roomkey-site.conf"
        text = site.read_text().rstrip()
        assert text.endswith("}")
        upstreams, locations = ("".join(part) for part in zip(*targets))
        site.write_text(upstreams + text[:-1] + locations + "}\n")
        os.kill(self.nginx(), signal.SIGHUP)
        time.sleep(1)

    def nginx(self):
        return int((self.dir / "nginx.pid").read_text())

    def workers(self):
        return children(int((self.dir / "token.pid").read_text()))


def wrk(stack, path, script, connections=CONNECTIONS):
    out = subprocess.run(["wrk", "-t2", "--timeout", "10s", f"-c{connections}", f"-d{SECONDS}s",
                          "--latency", "-s", script, f"https://127.0.0.1:{stack.port}{path}"],
                         check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out

    def milliseconds(percent):
        number, unit = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)", out, re.M).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    requests = int(re.search(r"(\d+) requests in", out).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    return requests, rate, milliseconds(50), milliseconds(99)


class Row:
    """What one target's turns gave, the median of each."""

    def __init__(self, turns):
        (self.rate, self.p50, self.p99, self.worker,
         self.nginx) = [statistics.median(column) for column in zip(*turns)]
        self.cpu = self.worker + self.nginx


def measure(stack, targets):
    """A Row of each target; targets: name -> (path, worker pids, wrk script), and behind them the
    target's stack where it is another."""
    rows = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, (path, workers, script, *elsewhere) in targets.items():
            its = elsewhere[0] if elsewhere else stack
            nginx = children(its.nginx())
            before = cpu_seconds(workers), cpu_seconds(nginx)
            requests, rate, p50, p99 = wrk(its, path, script)
            after = cpu_seconds(workers), cpu_seconds(nginx)
            micro = [1e6 * (b - a) / requests for a, b in zip(before, after)]
            rows[name].append((rate, p50, p99, *micro))
    return {name: Row(turns) for name, turns in rows.items()}


def table(rows, base, of="bare"):
    print(f"| target | requests/s | of {of} | p50 ms | p99 ms | worker CPU us | nginx CPU us |")
    print("|---|---|---|---|---|---|---|")
    for name, row in rows.items():
        print(f"| {name} | {row.rate:,.0f} | {row.rate / rows[base].rate:.2f} | {row.p50:.2f} "
              f"| {row.p99:.2f} | {row.worker:.1f} | {row.nginx:.1f} |")


def conditions(sync):
    print(f"\n`ROOMKEY_AUDIT_SYNC={sync}`, 2 workers, {CONNECTIONS} connections, TLS, {ROUNDS} rounds "
          f"of {SECONDS} s:\n")
