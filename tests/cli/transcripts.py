#!/usr/bin/python3
"""Runs the transcripts beside this file: `transcripts.py` all, `transcripts.py NAME...` some.

A transcript is commands and what they say, in a fresh folder of its own:

    $ roomkey user show 7          run by bash; `> ` goes on with the command on the next line
    ! roomkey: error: there is no user 7      what it says on standard error
    [1]                            exit status, where it isn't 0; lines without a mark are output

In what is expected, <time>, <hash>, <hex>, <token>, <number>, <folder> and <any> stand for
themselves. `--update` puts what the commands said in the place of what was expected. Whatever a
command says, it must not hold one of the secrets that it is run with.

Those of ON_BOTH are played once more on PostgreSQL, each with a database of its own; what stands below a
comment that begins with "# SQLite:", up to the next comment, is left out there. postgresql.transcript is
played there alone. Where there is no PostgreSQL, they say so and are skipped. CLI_SKIP names those to leave
out."""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import postgresql  # noqa: E402

SKIPPED = os.environ.get("CLI_SKIP", "").split()
# The others ask no store, or tell of SQLite's file (check, db), for which postgresql.transcript has its own.
ON_BOTH = ("audit", "audit_key", "bearer", "export", "guests", "import", "import_clinics", "import_csv",
           "import_django", "import_fhir", "providers", "prune", "records", "rooms", "usage", "waiting")
THERE_ALONE = "postgresql"
BIN = Path(os.environ.get("BIN_DIR", HERE.parents[1] / "build/release")).resolve()
SECRETS = {"ROOMKEY_JWT_SECRET": "bearer-secret-5f0c1a9be2d34c7788aa",
           "ROOMKEY_JWT_PREVIOUS_SECRET": "previous-secret-77c1d04aa2b94e0c31",
           "TWILIO_API_SECRET": "api-secret-0b1d4f7e6a9c2855",
           "TWILIO_AUTH_TOKEN": "auth-token-1c2e3a4b",
           "STREAM_API_SECRET": "stream-secret-9d8c7b6a5f4e"}
PLAIN = {"TWILIO_ACCOUNT_SID": "AC0123456789", "TWILIO_API_KEY": "SK0123456789", "TZ": "UTC",
         "LANG": "C.UTF-8"}
PATTERNS = {"time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "hash": "[0-9a-f]{64}", "hex": "[0-9a-f]+",
            "token": r"[\w-]+\.[\w-]+\.[\w-]+", "number": r"\d+", "any": ".*"}


class Step:
    def __init__(self, line):
        self.line, self.command, self.expected, self.status = line, "", [], 0


def parse(lines):
    """Steps, and between them the comments and empty lines, as they stand."""
    parts = []
    step = None
    for number, line in enumerate(lines, 1):
        if line.startswith("$ "):
            step = Step(number)
            step.command = line[2:]
            parts.append(step)
        elif step and line.startswith("> ") and not step.expected:
            step.command += "\n" + line[2:]
        elif not line or line.startswith("#"):
            step = None
            parts.append(line)
        elif step is None:
            sys.exit(f"line {number} belongs to no command: {line}")
        elif re.fullmatch(r"\[\d+\]", line):
            step.status = int(line[1:-1])
        else:
            step.expected.append(line)
    return parts


def without_sqlite(parts):
    """Without the steps that are SQLite's."""
    left_out = False
    for part in parts:
        if isinstance(part, str) and part.startswith("#"):
            left_out = part.startswith("# SQLite:")
        if isinstance(part, str) or not left_out:
            yield part


def matches(expected, said, folder):
    pattern = re.escape(expected).replace("<folder>", re.escape(folder))
    for name, one in PATTERNS.items():
        pattern = pattern.replace(f"<{name}>", one)
    return re.fullmatch(pattern, said) is not None


def run(step, folder, environment):
    done = subprocess.run(["bash", "-c", step.command], cwd=folder, env=environment, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True)
    output, errors = (text.decode(errors="backslashreplace").splitlines()
                      for text in (done.stdout, done.stderr))
    return output + ["! " + line for line in errors], done.returncode


def generalized(line, folder):
    line = line.replace(folder, "<folder>")
    line = re.sub(r"202[6-9]-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", line)
    return re.sub(PATTERNS["hash"], "<hash>", line)


def shown(step, said, status):
    lines = [("> " if i else "$ ") + line for i, line in enumerate(step.command.split("\n"))]
    return lines + said + ([f"[{status}]"] if status else [])


def play(path, update, server=None):
    """Plays one transcript, on the server's PostgreSQL if there is one; gives the numbers of steps that
    went as expected and otherwise."""
    passed = failed = 0
    written = []
    called = path.name + (" on PostgreSQL" if server else "")
    parts = parse(path.read_text().splitlines())
    with tempfile.TemporaryDirectory(prefix="roomkey-cli-") as folder:
        environment = SECRETS | PLAIN | {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": folder,
                                         "ROOT": str(HERE.parents[1]),
                                         "ROOMKEY_DB": f"{folder}/roomkey.db"}
        if server:
            database = f"of_{path.stem}"
            server.sql(f"CREATE DATABASE {database} TEMPLATE template0")
            environment |= {"ROOMKEY_DB": server.address(database), "ROOMKEY_DB_ALONE": "allow"}
            parts = without_sqlite(parts)
        for part in parts:
            if isinstance(part, str):
                written.append(part)
                continue
            said, status = run(part, folder, environment)
            leaks = [name for name, value in SECRETS.items() if any(value in line for line in said)]
            right = (status == part.status and len(said) == len(part.expected) and not leaks
                     and all(map(matches, part.expected, said, [folder] * len(said))))
            passed, failed = passed + right, failed + (not right)
            if right:
                written += shown(part, part.expected, status)
                continue
            written += shown(part, [generalized(line, folder) for line in said], status)
            print(f"FAIL {called}:{part.line}: $ {part.command}")
            if leaks:
                print(f"     it shows {', '.join(leaks)}")
            for mark, lines, code in (("-", part.expected, part.status), ("+", said, status)):
                print("\n".join(f"   {mark} {line}" for line in [*lines, f"[{code}]"]))
    if update:
        path.write_text("\n".join(written) + "\n")
    print(f"{'FAIL' if failed else 'ok  '} {called}: {passed} of {passed + failed} commands", flush=True)
    return passed, failed


def play_on_postgresql(paths, update):
    """The same of each; and how many had to be skipped."""
    with contextlib.ExitStack() as stack:
        try:
            if "WITHOUT_POSTGRESQL" in os.environ:
                raise postgresql.Missing("left out (WITHOUT_POSTGRESQL)")
            server = stack.enter_context(postgresql.Server())
        except postgresql.Missing as why:
            print("\n".join(f"skip {path.name} on PostgreSQL: {why}" for path in paths))
            return [], len(paths)
        return [play(path, update and path.stem == THERE_ALONE, server) for path in paths], 0


def main():
    names = [name for name in sys.argv[1:] if name != "--update"]
    paths = [path for path in sorted(HERE.glob("*.transcript")) if path.stem not in SKIPPED
             and (not names or any(name in path.name for name in names))]
    update = "--update" in sys.argv
    counts = [play(path, update) for path in paths if path.stem != THERE_ALONE]
    there = [path for path in paths if path.stem in (*ON_BOTH, THERE_ALONE)]
    more, skipped = play_on_postgresql(there, update) if there else ([], 0)
    passed, failed = (sum(column) for column in zip((0, 0), *counts, *more))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed + skipped else 0


if __name__ == "__main__":
    sys.exit(main())
