#!/usr/bin/python3
"""The package on a machine of its own, under the real systemd: installed, set up, asked from
outside, restarted, killed and upgraded under load, misconfigured, rebooted, removed, purged. The
steps build on each other, so one that fails ends the run. Ends with "N passed, N failed, N
skipped"; where no machine can be booted it says why and counts as one that is skipped."""
import os
import re
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import machine  # noqa: E402
import steps  # noqa: E402


def build_package(version):
    """The package of that version, by `make deb`. The program in it is the same."""
    folder = machine.HOME / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = machine.run("make", "-C", machine.ROOT, "--no-print-directory", "deb",
                       f"DEB_VERSION={version}", f"DEB_DIR={folder}", env=environment, timeout=900)
    return Path(done.stdout.splitlines()[-1])


def dependencies(package):
    """What the package needs; of a virtual package, the one here that stands for it."""
    fields = machine.run("dpkg-deb", "--field", package, "Depends").stdout
    names = {re.match(r"[a-z0-9.+-]+", part.strip())[0] for part in fields.split(",")}
    known = machine.run("dpkg-query", "--show", "--showformat=${Package} ${Provides}\n").stdout
    known = dict(line.split(" ", 1) for line in known.splitlines())
    for virtual in names - set(known):
        stands = [name for name, provides in known.items()
                  if virtual in (part.split(" ")[0] for part in provides.split(", "))]
        names = names - {virtual} | set(stands[:1] or [virtual])  # or not installed here
    return sorted(names)


def program_version():
    return re.search(r"^VERSION := (\S+)", (machine.ROOT / "Makefile").read_text(), re.M)[1]


def take(steps_left):
    passed = skipped = 0
    for step in steps_left:
        began = time.monotonic()
        name = step.__name__.replace("_", " ")
        try:
            step()
        except machine.Skipped as why:
            print(f"skip systemd: {name}: {why}", flush=True)
            skipped += 1
            continue
        except Exception as why:
            print(f"FAIL {name}\n{type(why).__name__}: {why}", flush=True)
            return passed, 1, skipped
        spent = time.monotonic() - began
        print(f"ok   {name}" + (f" ({spent:.1f} s)" if spent > 1 else ""), flush=True)
        passed += 1
    return passed, 0, skipped


def main():
    why = machine.why_not()
    if why:
        print(f"skip systemd, all of it: {why}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    version = program_version()
    first, second = build_package(version), build_package(f"{version}+test1")
    print(f"packages: {time.monotonic() - began:.0f} s", flush=True)
    with machine.Machine(dependencies(first)) as booted:
        print(f"machine is up: {time.monotonic() - began:.0f} s", flush=True)
        passed, failed, skipped = take(steps.all_of(booted, first, second))
        if failed and booted.leader():
            print(booted("journalctl", "--no-pager", "--lines=60", check=False).stdout)
    print(f"{time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
