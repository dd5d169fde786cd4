"""Single workers behind a FastCGI client."""
import functools
import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path

import stores
from clinic import seed
from fastcgi import fcgi_answer, fcgi_request
from stacks import Stack, made_up_settings
from support import BIN, PATIENCE, wait_until


@functools.cache
def seeded_store():
    """A store with seed(), made once and copied for each worker."""
    stack = Stack()
    stack.settings = {}
    stack.stop = lambda: None
    stack.fill(seed())
    return stack.db


class Worker(Stack):
    """One roomkey-fcgi with a socket of its own."""

    def __init__(self, db=None, before=None, **changes):
        """`before` is called in the worker's process before the program."""
        super().__init__()
        self.before = before
        self.settings = stores.SETTINGS | made_up_settings(**changes)
        (self.dir / "store").mkdir()
        self.db = db or self.own_store()
        self.path = str(self.dir / "socket")
        self.process = None
        self.start()

    def own_store(self):
        if stores.ON_POSTGRESQL:
            return stores.filled()
        return Path(shutil.copy(seeded_store(), self.dir / "store/roomkey.db"))

    def start(self):
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "roomkey-fcgi", "--listen", self.path], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=self.before, env=self.settings | {"ROOMKEY_DB": str(self.db)})
        wait_until(lambda: os.path.exists(self.path) or not self.alive(), "the worker's socket")

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.alive():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the worker does not heed SIGTERM") from None

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            wait_until(lambda: connection.connect_ex(self.path) == 0, "the worker accepts")
        except AssertionError as never:
            raise AssertionError(f"{never}; it ended with {self.process.poll()} and said: {self.log()}") from None
        return connection

    def params(self, method="GET", path="/api/appointments/video-token/47/", user=None, token=None,
               body=b"", **changes):
        """As nginx sends them; a change to None takes one out."""
        params = {"HTTP_AUTHORIZATION": self.authorization(user, token), "REQUEST_METHOD": method,
                  "DOCUMENT_URI": path, "QUERY_STRING": "", "CONTENT_TYPE": "",
                  "CONTENT_LENGTH": str(len(body)) if body else "", "REMOTE_ADDR": "127.0.0.1",
                  "REQUEST_ID": secrets.token_hex(16)} | changes
        return {name: value for name, value in params.items() if value is not None}

    def request(self, *asked, body=b"", keep=False, **changes):
        """The bytes of one request, of what params() takes; `keep`: the connection."""
        return fcgi_request(self.params(*asked, body=body, **changes), body, keep)

    def ask(self, method, path, user=None, token=None, body=b"", **changes):
        return self.send(self.request(method, path, user, token, body=body, **changes))

    def send(self, data, finish=False):
        with self.connect() as connection, connection.makefile("rb") as stream:
            try:
                connection.sendall(data)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
                return fcgi_answer(stream)
            except ConnectionError:
                return None

    def log(self):
        return (self.dir / "log").read_text(errors="replace")
