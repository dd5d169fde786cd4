#!/usr/bin/python3
"""Does harm to a running roomkey on purpose and tells what came of it, as a table: `run.py` all
faults, `run.py NAME...` those. CHAOS_SHORT=1 shortens each. BIN_DIR says where the binaries are."""
import signal
import sys
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import chaos  # noqa: E402,F401 (finds the end-to-end tests' modules)
import faults  # noqa: E402
import support  # noqa: E402
from failover_faults import Missing  # noqa: E402


def run(fault):
    """A row of the table, and whether the fault did no more than it may."""
    started = time.monotonic()
    try:
        verdict = fault()
    except Missing as why:
        return f"skip {fault.__name__}: {why}", None
    except Exception:
        return f"FAIL {fault.__name__}: {traceback.format_exc()}", False
    if verdict is None:
        return f"skip {fault.__name__}: not permitted here", None
    row = (f"{fault.__name__}: {fault.__doc__.strip()} Clients saw: {verdict.saw}. Lost: "
           f"{verdict.lost}. Slowest answer {verdict.slowest:.1f} s; normal after "
           f"{verdict.normal_after:.1f} s.")
    spent = f" ({time.monotonic() - started:.0f} s)"
    if verdict.broken:
        return f"FAIL {row} Broken: {'; '.join(verdict.broken)}{spent}", False
    return f"ok   {row}{spent}", True


def main():
    wanted = sys.argv[1:]
    outcomes = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        for fault in faults.ALL:
            if not wanted or fault.__name__ in wanted:
                row, outcome = run(fault)
                outcomes.append(outcome)
                print(row, flush=True)
    finally:
        support.stop_all()
    failed = outcomes.count(False)
    print(f"{outcomes.count(True)} passed, {failed} failed, {outcomes.count(None)} skipped")
    return 1 if failed or True not in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
