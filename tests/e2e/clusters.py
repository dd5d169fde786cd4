"""PostgreSQL servers for the end-to-end tests, and databases with the clinic in them."""
import functools
import itertools
import json
import os
import signal
import subprocess
import sys
from urllib.parse import quote

from clinic import seed
from support import BIN, PATIENCE, ROOT, running

sys.path.insert(0, str(ROOT / "tests/support"))
import postgresql  # noqa: E402

numbers = itertools.count(1)


class Cluster(postgresql.Server):
    """A server of ours; it is ended with all else that the tests have running."""

    def __init__(self, **options):
        super().__init__(**options)
        self.left = []
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
        """Appointments without a room stay so, as in Stack.fill()."""
        env = {"ROOMKEY_DB": self.address(database, user), "ROOMKEY_DB_ALONE": "allow", "ROOMKEY_ROOMS": "asked"}
        for command, content in ((("db", "migrate"), ""), (("import", "-"), json.dumps(seed()))):
            subprocess.run([BIN / "roomkey", *command], input=content, env=env, text=True, check=True,
                           capture_output=True, timeout=PATIENCE)

    def empty(self, template="template0"):
        name = f"clinic_{next(numbers)}"
        drops = [f"DROP DATABASE {left} WITH (FORCE)" for left in self.left]
        self.left.clear()
        self.sql([*drops, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"])
        return name

    def leave(self, database):
        """Nobody needs it any more: it goes when the next one is made."""
        self.left.append(database)

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
