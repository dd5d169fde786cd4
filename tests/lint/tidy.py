#!/usr/bin/python3
"""clang-tidy over src/, each folder as one, as it is compiled. LINT_DEEP=1 lets it follow paths through
functions as well, which takes three times as long, and compiles each source by itself: it names the
headers that it needs. CPPFLAGS comes from the Makefile."""
import collections
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = [*shlex.split(os.environ.get("CPPFLAGS", "")), "-std=c++20", "-Wall", "-Wextra",
         "-Wreserved-identifier"]
DEEP = os.environ.get("LINT_DEEP") == "1"
# Including a source is what the joined file is for.
CHECKS = "-bugprone-suspicious-include" + ("" if DEEP else ",-clang-analyzer-*")
NOISE = re.compile(r"^\d+ warnings? generated|^\d+ warnings? treated as|^Suppressed |^Use -")


def folders(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], check=True, capture_output=True,
                            text=True).stdout.split()
    found = collections.defaultdict(list)
    for name in listed:
        found[str(Path(name).parent)].append(Path(name).resolve())
    return found


def join(files, to):
    to.write_text("".join(f'#include "{name}"\n' for name in files))
    return to


def tidy(unit):
    return subprocess.run(["clang-tidy", "--quiet", f"--config-file={Path('.clang-tidy').resolve()}",
                           f"--checks={CHECKS}", str(unit), "--", *FLAGS],
                          capture_output=True, text=True, check=False)


def compiled(source):
    return subprocess.run(["clang++", "-fsyntax-only", *FLAGS, "-Itests", source],
                          capture_output=True, text=True, check=False)


def said(runs):
    """Prints what they said; whether all of them were content."""
    good = True
    for run in runs:
        lines = [line for line in (run.stdout + run.stderr).splitlines() if not NOISE.match(line)]
        print(*lines, sep="\n", end="\n" if lines else "")
        good = good and run.returncode == 0
    return good


def main():
    with tempfile.TemporaryDirectory() as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        given = [join(files, Path(scratch, f"{folder.replace('/', '_')}.cpp"))
                 for folder, files in folders("src/*.cpp").items()]
        if not given:
            sys.exit("clang-tidy: no source in src/")
        good = said(pool.map(tidy, given))
        if DEEP:
            sources = [file for files in folders("src/*.cpp", "tests/*_test.cpp").values() for file in files]
            good = said(pool.map(compiled, sources)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
