"""The store below a test: a file of SQLite, or with E2E_STORE=postgresql a database of one server that a
run's tests share. What a test looks up in it or changes there is said once, for both."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess

from clusters import cluster, postgresql
from support import PATIENCE

ON_POSTGRESQL = os.environ.get("E2E_STORE") == "postgresql"
# One server is all there is: no standby that could confirm a commit.
SETTINGS = {"ROOMKEY_DB_ALONE": "allow"} if ON_POSTGRESQL else {}
# What a worker holds while it writes: src/store/driver/postgresql/connection.cpp.
TURN = "BEGIN; SELECT 'held' FROM roomkey FOR NO KEY UPDATE;\n"


def of_sqlite(why):
    """A test, or a class of tests, that PostgreSQL's run leaves out; `why` is for who reads it."""
    assert why
    return lambda test: None if ON_POSTGRESQL else test


def begin():
    """The server is there before all that stands on it, and so is ended after it."""
    if ON_POSTGRESQL:
        cluster()


def emptied():
    """The address of a database without anything in it."""
    return cluster().address(cluster().empty())


def filled():
    """The same with the clinic of seed()."""
    return cluster().address(cluster().filled())


def database_of(stack):
    return re.fullmatch(r"postgresql://\w+@/(\w+)\?.*", str(stack.db))[1]


def removed(stack):
    """At the end of a stack, lest a run's databases fill the disk."""
    if ON_POSTGRESQL and str(stack.db).startswith("postgresql:"):
        cluster().leave(database_of(stack))


def clear(stack):
    """There is a store no more, and its workers see that."""
    if ON_POSTGRESQL:
        psql(stack, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    else:
        stack.db.unlink()


def literal(value):
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'" if ON_POSTGRESQL else f"x'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'"


def with_values(sql, arguments):
    parts = sql.split("?")
    assert len(parts) == len(arguments) + 1, sql
    return "".join(part + value for part, value in zip(parts, [*map(literal, arguments), ""]))


def in_its_words(sql):
    return sql.replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')") if ON_POSTGRESQL else sql


def psql(stack, text):
    """What it says; a long text does not fit into a command's arguments."""
    server = cluster()
    done = subprocess.run(
        [server.bin / "psql", "-h", server.dir, "-p", str(server.port), "-U", postgresql.SUPERUSER, "-d",
         database_of(stack), "-XAtq", "-v", "ON_ERROR_STOP=1"], input=text, text=True, capture_output=True,
        timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise sqlite3.IntegrityError(done.stderr)
    return done.stdout


def from_json(value):
    is_bytes = isinstance(value, str) and re.fullmatch(r"\\x([0-9a-f]{2})*", value)
    return bytes.fromhex(value[2:]) if is_bytes else value


def rows(stack, sql, *arguments):
    """Tuples of what `sql` selects; `?` stands for an argument."""
    if ON_POSTGRESQL:
        said = psql(stack, f"SELECT row_to_json(one) FROM ({with_values(sql, arguments)}) one")
        return [tuple(map(from_json, json.loads(line).values())) for line in said.splitlines()]
    with contextlib.closing(sqlite3.connect(f"file:{stack.db}?mode=ro", uri=True, timeout=PATIENCE)) as store:
        return store.execute(sql, arguments).fetchall()


def change(stack, sql, *arguments):
    """What the store itself refuses raises sqlite3.IntegrityError."""
    if ON_POSTGRESQL:
        psql(stack, with_values(sql, arguments))
        return
    with contextlib.closing(sqlite3.connect(stack.db, timeout=PATIENCE)) as store, store:
        store.execute(sql, arguments)


def put(stack, table, lines):
    """Rows."""
    if ON_POSTGRESQL:
        # A few in a transaction: what a trigger changes for each of them has as many versions until its end.
        values = [f"({','.join(map(literal, line))})" for line in lines]
        psql(stack, ";".join(f"INSERT INTO {table} VALUES {','.join(values[begin:begin + 200])}"
                             for begin in range(0, len(values), 200)))
        return
    with contextlib.closing(sqlite3.connect(stack.db, timeout=PATIENCE)) as store, store:
        store.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(lines[0]))})", lines)


def forge(stack, sql):
    """As somebody would who has the store in hand: what watches over it is off for the moment."""
    if ON_POSTGRESQL:
        psql(stack, "SET session_replication_role = replica;" + in_its_words(sql))
        return
    with contextlib.closing(sqlite3.connect(stack.db, isolation_level=None, timeout=PATIENCE)) as store:
        triggers = store.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            store.execute(f"DROP TRIGGER {name}")
        store.executescript(sql)
        for _, text in triggers:
            store.execute(text)


@contextlib.contextmanager
def held(stack):
    """Nobody else can write meanwhile."""
    if not ON_POSTGRESQL:
        with contextlib.closing(sqlite3.connect(stack.db, isolation_level=None, timeout=PATIENCE)) as store:
            store.execute("BEGIN EXCLUSIVE")
            yield
            store.execute("ROLLBACK")
        return
    server = cluster()
    with subprocess.Popen(
            [server.bin / "psql", "-h", server.dir, "-p", str(server.port), "-U", postgresql.SUPERUSER, "-d",
             database_of(stack), "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write(TURN)
        holder.stdin.flush()
        while holder.stdout.readline() != "held\n":
            if holder.poll() is not None:
                raise AssertionError("PostgreSQL's lock was not given")
        yield
        holder.communicate("ROLLBACK;\n", timeout=PATIENCE)
