"""A worker on PostgreSQL, and a road to its server that can be broken."""
import selectors
import signal
import socket
import struct
import subprocess
import threading
import unittest

from clusters import Cluster, cluster, postgresql  # noqa: F401 (some of it for the tests)
from workers import Worker


def needed():
    """A module that can do nothing without PostgreSQL has this as its setUpModule()."""
    try:
        cluster()
    except postgresql.Missing as why:
        raise unittest.SkipTest(str(why)) from None


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
                        if self.cut_after_commit and key.fileobj is near and b"COMMIT\0" in data:
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
