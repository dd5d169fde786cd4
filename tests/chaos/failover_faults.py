"""Faults of PostgreSQL on three machines: its leader dies, and Patroni makes another."""
import os
import statistics
import subprocess
import sys
import time

from chaos import BUSY, Load, settings, statuses
from clinic import appointment, seed
from stacks import Demo, Stack
from support import BIN, ROOT, free_port, running
from verdict import Verdict

sys.path.insert(0, str(ROOT / "tests/support"))
import patroni_cluster  # noqa: E402
from postgresql import Missing  # noqa: E402,F401

TIMES = int(os.environ.get("CHAOS_FAILOVERS", "10"))
STORE, OWNER, WORKERS = "clinic", "clinic_owner", "clinic_workers"


class Servers(patroni_cluster.Cluster):
    """They have a store, and end with all else that runs."""

    def __init__(self):
        running.append(self)
        try:
            super().__init__(free_port)
        except BaseException:
            running.remove(self)
            raise

    def close(self):
        if self in running:
            running.remove(self)
        super().close()

    def make_store(self):
        password = patroni_cluster.PASSWORD
        leader = self.leader()
        leader.sql("; ".join(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'" for role in (OWNER, WORKERS)))
        leader.sql(f"CREATE DATABASE {STORE} OWNER {OWNER} TEMPLATE template0")
        stack = Stack()
        stack.stop = lambda: None
        stack.settings = {"ROOMKEY_DB_PASSWORD": password}
        stack.db = self.address(OWNER, STORE)
        try:
            stack.fill(seed())
            stack.fill({"appointments": [appointment(number) for number in BUSY]})
            stack.roomkey("db", "migrate", "--worker", WORKERS)
        finally:
            stack.close()

    def heard(self, node):
        """The requests of which that server's audit says that a token was granted."""
        return set(node.sql("SELECT request_id FROM audit WHERE outcome = 'granted'", STORE).split())


def demo_on(servers):
    """Both pools and nginx, on that store, with the workers' role."""
    made = Demo(settings(ROOMKEY_DB=servers.address(WORKERS, STORE), ROOMKEY_DB_PASSWORD=patroni_cluster.PASSWORD),
                start=False)
    try:
        made.db = servers.address(WORKERS, STORE)
        made.start()
    except BaseException:
        made.close()
        raise
    return made


def kill_leader(servers, load, verdict):
    """How long nobody got a token; once that is over, the dead one comes back as a standby."""
    leader = servers.leader()
    leader.kill()
    killed = time.monotonic()

    def tokens_again():
        return next((one for one in load.tokens if one.asked > killed), None)
    outage = patroni_cluster.wait(tokens_again, "tokens again").answered - killed
    time.sleep(2)
    given = list(load.tokens)
    survivor = patroni_cluster.wait(servers.leader, "another leads")
    verdict.must(survivor is not leader, "another server leads")
    heard = servers.heard(survivor)
    without = [one for one in given if one.id not in heard]
    verdict.must(not without, f"{len(without)} tokens without an event on the survivor")
    leader.start()
    servers.wait_until_whole()
    return outage


def failed_over():
    """PostgreSQL's leader and its Patroni killed with SIGKILL, over and over; three servers on loopback."""
    with Servers() as servers:
        servers.make_store()
        with demo_on(servers) as made:
            before = {pool: made.workers(pool) for pool in ("token", "room")}
            with Load(made, only=("token", "refresh", "appointment", "sync"), pause=0.02) as load:
                verdict = Verdict("")
                outages = [kill_leader(servers, load, verdict) for _ in range(TIMES)]
                since = time.monotonic()
                time.sleep(2)
            return judge(made, servers, load, since, outages, before, verdict)


def judge(made, servers, load, since, outages, before, verdict):
    verdict.saw = (f"{statuses(load)}; no token for " + ", ".join(f"{outage:.1f}" for outage in outages)
                   + f" s (median {statistics.median(outages):.1f} s)")
    verdict.normal_after = load.seconds_until_normal(since)
    verdict.slowest = max(one.answered - one.asked for one in load.seen)
    strange = {(one.kind, one.status, one.code) for one in load.seen if one.status not in (200, 503)}
    verdict.must(not strange, f"answers that should not be: {sorted(map(str, strange))[:5]}")
    verdict.must(not load.lost, f"connections were lost: {load.lost[:3]}")
    verdict.must(before == {pool: made.workers(pool) for pool in before}, "no worker was started again")
    heard = servers.heard(servers.leader())
    verdict.must(not [one for one in load.tokens if one.id not in heard], "each token has its event at the end")
    said = subprocess.run([BIN / "roomkey", "db", "verify"], capture_output=True, text=True,
                          env=made.settings | {"ROOMKEY_DB": servers.address(OWNER, STORE)})
    verdict.must(said.returncode == 0, f"db verify: {said.stderr.strip()}")
    verdict.must(made.token(BUSY[0]).status == 200, "a token afterwards")
    return verdict
