"""PostgreSQL for the end-to-end tests: databases with the clinic in them, and a road to them that can be
broken."""
import contextlib
import functools
import itertools
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
from urllib.parse import quote

from clinic import seed
from stacks import Stack
from support import ROOT, running
from workers import Worker

sys.path.insert(0, str(ROOT / "tests/support"))
import postgresql  # noqa: E402

numbers = itertools.count(1)


class Cluster(postgresql.Server):
    """A server of ours; it is ended with all else that the tests have running."""

    def __init__(self, **options):
        super().__init__(**options)
        running.append(self)

    def close(self):
        if self in running:
            running.remove(self)
        self.thaw()
        super().close()

    def filled(self):
        """A new database with seed() in it; its name."""
        if not hasattr(self, "template"):
            self.template = self.empty()
            self.fill(self.template, postgresql.SUPERUSER)
        return self.empty(self.template)

    def fill(self, database, user):
        stack = Stack()
        with contextlib.closing(stack):
            stack.settings = {"ROOMKEY_DB_ALONE": "allow"}
            stack.stop = lambda: None
            stack.db = self.address(database, user)
            stack.fill(seed())

    def empty(self, template="template0"):
        name = f"clinic_{next(numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def tcp(self, database, user="postgres", port=None, **more):
        """By TCP, where a password is asked for."""
        options = "&".join(f"{name}={quote(value)}" for name, value in more.items())
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}" + (options and "?" + options)

    def freeze(self):
        """Nobody there does anything any more, and nobody hangs up."""
        self.frozen = [self.process.pid, *self.children()]
        for pid in self.frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self.__dict__.pop("frozen", []):
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def events(self, database):
        rows = self.sql("SELECT json_build_object('id', id, 'request_id', request_id, 'outcome', outcome)"
                        " FROM audit ORDER BY id", database)
        return [json.loads(row) for row in rows.splitlines()]


@functools.cache
def cluster():
    """The one that most tests share."""
    return Cluster()


class PostgresWorker(Worker):
    """A worker whose store is a database; of the shared server by default."""

    def __init__(self, address=None, **changes):
        self.name = None
        if address is None:
            self.name = cluster().filled()
            address = cluster().address(self.name)
        super().__init__(db=address, **({"ROOMKEY_DB_ALONE": "allow"} | changes))

    def granted_requests(self, where=None):
        return [event["request_id"] for event in (where or cluster()).events(self.name)
                if event["outcome"] == "granted"]


class Road(threading.Thread):
    """A TCP port that leads to a server, until it is told otherwise."""

    def __init__(self, to):
        super().__init__(daemon=True)
        self.to = to
        self.cut_after_commit = False  # the next COMMIT arrives there, and its answer nowhere
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.pairs = []
        self.start()

    def run(self):
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            self.pairs += [near, far]
            threading.Thread(target=self.carry, args=(near, far), daemon=True).start()

    def carry(self, near, far):
        with selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            doomed = False
            while True:
                for key, _ in ready.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if data and doomed and key.fileobj is far:
                            data = b""  # its answer: that far and no further
                        if not data:
                            return self.reset(near, far)
                        if self.cut_after_commit and key.fileobj is near and b"; COMMIT" in data:
                            self.cut_after_commit, doomed = False, True
                        key.data.sendall(data)
                    except OSError:
                        return self.reset(near, far)

    @staticmethod
    def reset(*pair):
        for one in pair:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass
            one.close()

    def close(self):
        self.listening.close()


def psql_password(server):
    return {"ROOMKEY_DB_PASSWORD": server.password}


def kill_hard(server):
    server.stop(signal.SIGKILL)
    subprocess.run(["rm", "-f", str(server.data / "postmaster.pid")], check=True)
