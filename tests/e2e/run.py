#!/usr/bin/python3
"""Runs the end-to-end tests: `run.py` all of them, `run.py NAME...` those whose sentence or module
holds one of the names. BIN_DIR says where the binaries are, E2E_SHORT=1 shortens the long loads,
E2E_SKIP names modules to leave out."""
import os
import signal
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import support  # noqa: E402

HERE = Path(__file__).resolve().parent
# secrecy comes last: it reads all others' logs.
SKIPPED = [f"{name}_test" for name in os.environ.get("E2E_SKIP", "").split()]
MODULES = sorted((path.stem for path in HERE.glob("*_test.py") if path.stem not in SKIPPED),
                 key=lambda name: (name == "secrecy_test", name))


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
        print(f"{mark} {sentence(test)}{slow}{why}", flush=True)

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


def main():
    wanted = sys.argv[1:]
    tests = [test for test in every_test(unittest.defaultTestLoader.loadTestsFromNames(MODULES))
             if not wanted or any(name in sentence(test) for name in wanted)]
    report = Report()
    started = time.monotonic()
    # Both as KeyboardInterrupt, which unittest lets through; a shell's & would have SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        unittest.TestSuite(tests).run(report)
    finally:
        # A second Ctrl-C must not leave demos behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        support.stop_all()
    failed = len(report.failures) + len(report.errors)
    print(f"{len(report.skipped)} skipped, {time.monotonic() - started:.0f} s")
    print(f"{report.passed} passed, {failed} failed")
    return 1 if failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
