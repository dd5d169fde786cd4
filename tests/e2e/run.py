#!/usr/bin/python3
"""Runs the end-to-end tests: `run.py` all of them, `run.py NAME...` those whose sentence or module
holds one of the names. BIN_DIR says where the binaries are, E2E_SHORT=1 shortens the long loads,
E2E_SKIP names modules to leave out. What can't run on this machine says so and is counted as
skipped. All of them run in three processes side by side, since most of the time is waiting. Each
takes the next family of modules that none has taken yet: E2E_TAKEN is the folder that says so.

E2E_STORE=postgresql runs those of ON_BOTH on PostgreSQL (stores.py), E2E_STORE=sqlite all on SQLite;
without it, and without names, the one follows the other, unless WITHOUT_POSTGRESQL is set."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import support  # noqa: E402

HERE = Path(__file__).resolve().parent
SKIPPED = [f"{name}_test" for name in os.environ.get("E2E_SKIP", "").split()]
PARTS = 3
# The modules of each share a demo and what was done to it, so they run in one process.
FAMILIES = ("bearer", "callback", "guests", "live", "refusal", "stream", "worker")
LONG = ("demo", "live", "load", "machine", "refusal")  # taken first, lest one of them be the last
# What asks a store for more than a token. The others are of SQLite's file or PostgreSQL's server alone
# (backup, disk, owner, store, postgresql, setup), or of what stands before the store, as BEFORE_IT is.
ON_BOTH = ("audit", "callback", "cut", "guests", "live", "livekit", "metrics", "provider_move", "pseudonym",
           "refusal", "removal", "room", "stream", "sync", "token", "unread", "waiting", "warnings",
           "witness")
BEFORE_IT = ("refusal_answers_test", "refusal_paths_test", "stream_bodies_test", "stream_configuration_test")
STORE = os.environ.get("E2E_STORE", "sqlite")
STORES = (STORE,) if "E2E_STORE" in os.environ or "WITHOUT_POSTGRESQL" in os.environ else (
    "sqlite", "postgresql")
COUNTED = r"(\d+) passed, (\d+) failed, (\d+) skipped"
# In each part secrecy comes last: it reads all others' logs.
LAST = "secrecy_test"


def family(module):
    name = module.removesuffix("_test")
    begin = name.split("_")[0]
    return begin if begin in FAMILIES else name


def is_on_both(module):
    return family(module) in ON_BOTH and module not in BEFORE_IT


MODULES = sorted(path.stem for path in HERE.glob("*_test.py")
                 if path.stem not in (*SKIPPED, LAST)
                 and (STORE == "sqlite" or is_on_both(path.stem))) + [LAST]


def sentence(test):
    module, name = test.id().split(".")[0], test.id().split(".")[-1]
    return f"{module.removesuffix('_test')}: {name.removeprefix('test_').replace('_', ' ')}"


class Report(unittest.TestResult):
    passed = 0

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def say(self, mark, test, why=""):
        spent = time.monotonic() - getattr(self, "started", time.monotonic())
        slow = f" ({spent:.1f} s)" if spent > 1 else ""
        where = "" if STORE == "sqlite" else f" [{STORE}]"
        print(f"{mark} {sentence(test)}{where}{slow}{why}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.say("ok  ", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("skip", test, f": {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say("FAIL", test, "\n" + self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.say("FAIL", test, "\n" + self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            why = self._exc_info_to_string(err, test)
            self.say("FAIL", test, f" {subtest._subDescription()}\n{why}")


def every_test(suite):
    for part in suite:
        yield from every_test(part) if isinstance(part, unittest.TestSuite) else [part]


class Part(threading.Thread):
    """A process for each of STORES, one after the other."""

    def __init__(self, taken):
        super().__init__()
        self.taken, self.process, self.stopped, self.ends = taken, None, False, []

    def run(self):
        for store in STORES:
            taken = Path(self.taken, store)
            taken.mkdir(exist_ok=True)
            if self.stopped:
                return
            self.process = subprocess.Popen(
                [sys.executable, __file__], env=os.environ | {"E2E_STORE": store, "E2E_TAKEN": str(taken)},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
            output = self.process.communicate()[0]
            self.ends.append((store, self.process.returncode, output.splitlines()))

    def stop(self):
        self.stopped = True
        if self.process:
            self.process.terminate()


def side_by_side():
    """Each part's lines as one block, then the sum."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as taken:
        parts = [Part(taken) for _ in range(PARTS)]
        try:
            for part in parts:
                part.start()
            for part in parts:
                part.join()
        except BaseException:
            for part in parts:
                part.stop()
                part.join()
            raise
    counts = [0, 0, 0]
    for store, status, lines in (end for part in parts for end in part.ends):
        end = re.fullmatch(COUNTED, lines[-1] if lines else "")
        print("\n".join(lines[:-1] if end else lines))
        if end:
            counts = [count + int(more) for count, more in zip(counts, end.groups())]
        if not end or (status != 0 and end[2] == "0"):
            print(f"FAIL a part on {store} did not come to its end (status {status})")
            counts[1] += 1
    print(f"{time.monotonic() - started:.0f} s")
    return ended(*counts)


def ended(passed, failed, skipped):
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed + skipped else 0


def families():
    """Lists of modules: those of one family, as long as there are any for this process."""
    taken = os.environ.get("E2E_TAKEN")
    names = sorted({family(module) for module in MODULES[:-1]}, key=lambda name: name not in LONG)
    for name in names:
        try:
            if taken is not None:
                Path(taken, name).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield [module for module in MODULES[:-1] if family(module) == name]
    yield [LAST]


class Taken(unittest.TestSuite):
    """The wanted tests of each family, which is taken when the one before has ended."""
    _cleanup = False  # it holds no list

    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted

    def __iter__(self):
        for modules in families():
            tests = unittest.defaultTestLoader.loadTestsFromNames(modules)
            yield from (test for test in every_test(tests) if not self.wanted or
                        any(name in sentence(test) for name in self.wanted))


def main():
    wanted = sys.argv[1:]
    if not wanted and "E2E_TAKEN" not in os.environ:
        return side_by_side()
    report = Report()
    started = time.monotonic()
    # Both as KeyboardInterrupt, which unittest lets through; a shell's & would have SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        Taken(wanted).run(report)
    finally:
        # A second Ctrl-C must not leave demos behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        support.stop_all()
    failed = len(report.failures) + len(report.errors)
    print(f"{time.monotonic() - started:.0f} s")
    return ended(report.passed, failed, len(report.skipped))


if __name__ == "__main__":
    sys.exit(main())
