"""Tokens whose store is PostgreSQL, at 2, 4 and 8 workers, beside what the same server can at the most (pgbench:
one row inserted and committed by as many clients) and beside SQLite, each as durable as it is by default. They take
turns. Prints a Markdown table, and whether the goal is met. BENCH_SECONDS (4) for one turn, BENCH_ROUNDS (3)."""
import contextlib
import datetime
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import goals
from stack import ROOT, ROUNDS, SECONDS, TOKEN, Row, Stack, children, cpu_seconds, wrk

sys.path.insert(0, str(ROOT / "tests/support"))
import postgresql  # noqa: E402

WORKERS = (2, 4, 8)
EACH = 16  # connections: twice as many as a worker serves in one transaction, so that a full one waits
LIMIT, SERVED, FILE = "pgbench, one row each", "video-token on PostgreSQL", "video-token on SQLite"
# As wide as an event of the audit.
INSERT = """INSERT INTO rows (at, request_id, user_id, appointment_id, action, outcome, expires_at, hash)
  VALUES (1763138954, '0123456789abcdef0123456789abcdef', 2, 47, 'video_token', 'granted', 1763142554,
          decode(repeat('5f', 32), 'hex'));
"""
TABLE = """CREATE TABLE rows (id BIGSERIAL PRIMARY KEY, at BIGINT, request_id TEXT, user_id BIGINT,
  appointment_id BIGINT, action TEXT, outcome TEXT, expires_at BIGINT, hash BYTEA)"""
PEOPLE = range(1001, 1101)  # each has an appointment of the same number
# Whoever asks is another each time: answers to one person's requests could be shared.
SCRIPT = """local requests = {}
function init()
  for _, one in ipairs(people) do
    local headers = {Authorization = "Bearer " .. one[2]}
    requests[#requests + 1] = wrk.format("GET", "/api/appointments/video-token/" .. one[1] .. "/", headers)
  end
end
function request() return requests[math.random(#requests)] end
"""
# What tests leave out for speed.
DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "128MB"}


class Bench:
    """One number of workers: a server's databases, and a demo on each engine."""

    def __init__(self, server, folder, workers):
        self.server, self.workers, self.folder = server, workers, Path(folder)
        names = [f"{kind}_{workers}" for kind in ("limit", "clinic")]
        for name in names:
            server.sql(f"CREATE DATABASE {name}")
        self.limit = names[0]
        server.sql(TABLE, self.limit)
        self.script = server.dir / "insert.sql"
        self.script.write_text(INSERT)
        self.stacks = {
            SERVED: Stack(self.folder / names[1], "full", workers, ROOMKEY_DB=server.address(names[1]),
                          ROOMKEY_DB_ALONE="allow"),
            FILE: Stack(self.folder / f"file_{workers}", "full", workers)}

    def rows(self):
        turns = {name: [] for name in (LIMIT, SERVED, FILE)}
        with self.stacks[SERVED] as served, self.stacks[FILE] as file:
            scripts = {SERVED: people(served), FILE: people(file)}
            for _ in range(ROUNDS):
                turns[LIMIT].append(self.insert())
                for name in (SERVED, FILE):
                    turns[name].append(self.ask(self.stacks[name], scripts[name]))
        return {name: Row(found) for name, found in turns.items()}

    def busy(self):
        """The server's time on a CPU; what comes and goes meanwhile (autovacuum) is left out."""
        total = 0
        for pid in children(self.server.process.pid):
            with contextlib.suppress(OSError):
                total += cpu_seconds([pid])
        return total

    def ask(self, stack, script):
        before = cpu_seconds(stack.workers()), self.busy()
        requests, rate, p50, p99 = wrk(stack, TOKEN, script, EACH * self.workers)
        after = cpu_seconds(stack.workers()), self.busy()
        return rate, p50, p99, *(1e6 * (b - a) / requests for a, b in zip(before, after))

    def insert(self):
        """pgbench's own processes end with it, and what the server's did for it is not told apart."""
        log = self.server.dir / "latencies"
        said = self.server.run("pgbench", "-n", "-M", "prepared", "-f", self.script, "-c", self.workers, "-j", 2,
                               "-T", SECONDS, "-l", "--log-prefix", log, "-h", self.server.dir, "-p",
                               self.server.port, "-U", postgresql.SUPERUSER, self.limit)
        rate = float(re.search(r"^tps = ([\d.]+)", said, re.M)[1])
        taken = []
        for part in self.server.dir.glob("latencies*"):
            taken += [int(line.split()[2]) / 1000 for line in part.read_text().splitlines()]
            part.unlink()
        cuts = statistics.quantiles(taken, n=100)
        return rate, cuts[49], cuts[98], 0, 0


def people(stack):
    """Makes them and their appointments; a script for wrk that asks for their tokens."""
    users, appointments = stack.dir / "users.csv", stack.dir / "appointments.csv"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    users.write_text("\n".join(["id,email,name,role", *(
        f"{id},p{id}@example.com,Patient {id},patient" for id in PEOPLE), ""]))
    appointments.write_text("\n".join([
        "id,patient_id,psychologist_id,appointment_date,duration_minutes,status", *(
            f"{id},{id},19,{now},60,confirmed" for id in PEOPLE), ""]))
    stack.roomkey("import", users, appointments)
    bearers = ((id, stack.roomkey("bearer", str(id), "--minutes", "600")) for id in PEOPLE)
    script = stack.dir / "people.lua"
    pairs = ", ".join(f"{{{id}, '{bearer}'}}" for id, bearer in bearers)
    script.write_text(f"local people = {{{pairs}}}\n{SCRIPT}")
    return script


def table(workers, rows):
    for name, row in rows.items():
        cpu = [f"{value:.0f}" if value else "-" for value in (row.worker, row.nginx)]
        print(f"| {workers} | {name} | {row.rate:,.0f} | {row.rate / rows[LIMIT].rate:.2f} | {row.p50:.2f} "
              f"| {row.p99:.2f} | {' | '.join(cpu)} |")


def main():
    try:
        server = postgresql.Server(settings=DURABLE, on_disk=True)
    except postgresql.Missing as why:
        sys.exit(f"{why}")
    reached = []
    with server, tempfile.TemporaryDirectory(prefix="roomkey-bench-") as folder:
        print(f"`ROOMKEY_AUDIT_SYNC=full`, one server, {EACH} connections a worker, TLS, {ROUNDS} rounds "
              f"of {SECONDS} s:\n")
        print("| workers | target | a second | of pgbench | p50 ms | p99 ms | worker CPU us | server CPU us |")
        print("|---|---|---|---|---|---|---|---|")
        for workers in WORKERS:
            rows = Bench(server, folder, workers).rows()
            table(workers, rows)
            reached += goals.on_a_server(workers, rows[SERVED], rows[LIMIT])
    goals.table(reached)


if __name__ == "__main__":
    main()
