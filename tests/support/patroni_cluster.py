"""Three PostgreSQL servers under Patroni, and three etcd that say which of them leads, on loopback and in a
folder of their own, gone when their owner is."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from postgresql import Missing, account, die_with_owner, programs

NODES = 3
PASSWORD = "5f0c1a9be2d34c77"  # it is loopback's, for as long as the tests run
# As docs/postgresql.md has them.
TIMES = {"ttl": 20, "loop_wait": 3, "retry_timeout": 5}


def on_loopback(port):
    return f"127.0.0.1:{port}"


class Program:
    """One of the programs of a node; it can be started again."""

    def __init__(self, folder, name, command, **options):
        self.folder, self.name, self.command, self.options = folder, name, command, options
        self.start()

    def start(self):
        with open(self.folder / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_owner, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
                **self.options)

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(60)


class Node:
    """A PostgreSQL server and its Patroni."""

    def __init__(self, cluster, number, free_port):
        self.cluster, self.name = cluster, f"db{number}"
        self.port, self.api = free_port(), free_port()
        self.data = cluster.dir / self.name
        cluster.own(cluster.dir / f"{self.name}.yml", json.dumps(self.configuration()))
        self.patroni = None

    def configuration(self):
        hba = ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256",
               "host replication replicator 127.0.0.1/32 scram-sha-256"]
        return {
            "scope": "roomkey", "name": self.name,
            "restapi": {"listen": on_loopback(self.api), "connect_address": on_loopback(self.api)},
            "etcd3": {"hosts": ",".join(map(on_loopback, self.cluster.etcd_ports))},
            "bootstrap": {
                "dcs": TIMES | {"synchronous_mode": True, "postgresql": {"use_pg_rewind": True}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}]},
            "postgresql": {
                "listen": on_loopback(self.port), "connect_address": on_loopback(self.port),
                "data_dir": str(self.data), "bin_dir": str(self.cluster.bin), "pg_hba": hba,
                "pgpass": str(self.cluster.dir / f"{self.name}.pgpass"),
                "authentication": {name: {"username": user, "password": PASSWORD} for name, user in (
                    ("superuser", "postgres"), ("replication", "replicator"), ("rewind", "postgres"))},
                "parameters": {"unix_socket_directories": str(self.cluster.dir), "shared_buffers": "32MB"}},
            "watchdog": {"mode": "off"}}

    def start(self):
        if self.patroni is None:
            self.patroni = Program(self.cluster.dir, f"patroni-{self.name}",
                                   ["/usr/bin/patroni", f"{self.name}.yml"], **self.cluster.account)
        else:
            self.patroni.start()

    def postmaster(self):
        with contextlib.suppress(OSError, ValueError):
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        return None

    def kill(self):
        """As the machine's power cut would: Patroni, and whatever belongs to the server."""
        postmaster = self.postmaster()
        self.patroni.kill()
        if postmaster is not None:
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            for pid in (postmaster, *map(int, children)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def end(self):
        if self.patroni is not None and self.patroni.process.poll() is None:
            self.patroni.kill()
        postmaster = self.postmaster()
        if postmaster is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGQUIT)
                wait(lambda: not Path(f"/proc/{postmaster}").exists(), "a server ends", 20)

    def sql(self, text, database="postgres"):
        """As the superuser; each row a line."""
        done = subprocess.run(
            [str(self.cluster.bin / "psql"), "-h", str(self.cluster.dir), "-p", str(self.port), "-U",
             "postgres", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout


def wait(true, what, patience=120):
    end = time.monotonic() + patience
    while not (result := true()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s in vain until {what}")
        time.sleep(0.1)
    return result


class Cluster:
    """All of it. `free_port` gives ports that nobody else takes."""

    def __init__(self, free_port):
        for program, package in (("etcd", "etcd-server"), ("patroni", "patroni")):
            if not shutil.which(program):
                raise Missing(f"{package} is not installed")
        self.bin, self.account = programs(), account()
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-patroni-"))
        os.chmod(self.dir, 0o755)
        if self.account:
            os.chown(self.dir, self.account["user"], self.account["group"])
        self.programs, self.nodes = [], []
        try:
            self.start_etcd(free_port)
            self.nodes = [Node(self, number, free_port) for number in range(1, NODES + 1)]
            for node in self.nodes:
                node.start()
            self.wait_until_whole()
        except BaseException:
            self.close()
            raise

    def own(self, path, content):
        path.write_text(content)
        os.chmod(path, 0o600)
        if self.account:
            os.chown(path, self.account["user"], self.account["group"])

    def start_etcd(self, free_port):
        self.etcd_ports = [free_port() for _ in range(NODES)]
        peers = [free_port() for _ in range(NODES)]
        all_peers = ",".join(f"etcd{i}=http://{on_loopback(port)}" for i, port in enumerate(peers))
        for i, (client, peer) in enumerate(zip(self.etcd_ports, peers)):
            client, peer = (f"http://{on_loopback(port)}" for port in (client, peer))
            self.programs.append(Program(
                self.dir, f"etcd{i}",
                ["/usr/bin/etcd", "--name", f"etcd{i}", "--data-dir", f"etcd{i}",
                 "--listen-client-urls", client, "--advertise-client-urls", client,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                 "--initial-cluster", all_peers, "--initial-cluster-state", "new",
                 # Three of them and much else share this machine and its disk.
                 "--heartbeat-interval", "250", "--election-timeout", "2500"], **self.account))

    def members(self):
        """As whichever Patroni answers sees them: by name, role and state."""
        for node in self.nodes:
            with contextlib.suppress(OSError, ValueError):
                with urllib.request.urlopen(f"http://{on_loopback(node.api)}/cluster", timeout=3) as answer:
                    return {member["name"]: member for member in json.load(answer)["members"]}
        return {}

    def leader(self):
        for node in self.nodes:
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"http://{on_loopback(node.api)}/primary", timeout=3):
                    return node
        return None

    def is_whole(self):
        members = self.members().values()
        roles = sorted(one["role"] for one in members if one["state"] in ("running", "streaming"))
        return roles == ["leader", "replica", "sync_standby"]

    def wait_until_whole(self):
        wait(self.is_whole, "three servers follow one another: " + str(self.dir))

    def address(self, user, database):
        """All of them, as roomkey is told of them."""
        hosts = ",".join(on_loopback(node.port) for node in self.nodes)
        return f"postgresql://{user}@{hosts}/{database}"

    def close(self):
        for node in self.nodes:
            node.end()
        for program in self.programs:
            if program.process.poll() is None:
                program.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
