#!/usr/bin/python3
"""clang-tidy over src/, a folder at a time: most of its time goes to the headers that every file
includes, so a folder's files are read as one. A file whose private names meet another's in the same
folder is checked by itself. LINT_DEEP=1 lets clang-tidy follow paths through functions as well, which
takes three times as long. CPPFLAGS comes from the Makefile."""
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
# Including a source is what the joined file is for.
CHECKS = "-bugprone-suspicious-include" + (
    "" if os.environ.get("LINT_DEEP") == "1" else ",-clang-analyzer-*")
NOISE = re.compile(r"^\d+ warnings? generated|^\d+ warnings? treated as|^Suppressed |^Use -")


def folders():
    listed = subprocess.run(["git", "ls-files", "src/*.cpp"], check=True, capture_output=True,
                            text=True).stdout.split()
    found = collections.defaultdict(list)
    for name in listed:
        found[str(Path(name).parent)].append(Path(name).resolve())
    return found


def join(files, to):
    to.write_text("".join(f'#include "{name}"\n' for name in files))
    return to


def stranger(files, joined):
    """The first file that can't be read beside the ones before it, or None."""
    tried = subprocess.run(["clang++", "-fsyntax-only", *FLAGS, str(joined)], capture_output=True,
                           text=True, check=False)
    if tried.returncode == 0:
        return None
    named = re.findall(r"^(?:In file included from )?(/[^:\n]+):\d+", tried.stderr, re.MULTILINE)
    wrong = re.search(r"^(/[^:\n]+):\d+:\d+: (?:fatal )?error:", tried.stderr, re.MULTILINE)
    blamed = [wrong[1]] + named if wrong else named
    known = {str(name): name for name in files}
    return next((known[name] for name in blamed if name in known), files[-1])


def units(folder, files, scratch):
    """What clang-tidy is given for a folder: the joined file, and those that don't fit in."""
    together, alone = list(files), []
    joined = scratch / f"{folder.replace('/', '_')}.cpp"
    while len(together) > 1:
        other = stranger(together, join(together, joined))
        if other is None:
            return [joined, *alone]
        together.remove(other)
        alone.append(other)
    return together + alone


def tidy(unit):
    return subprocess.run(["clang-tidy", "--quiet", f"--config-file={Path('.clang-tidy').resolve()}",
                           f"--checks={CHECKS}", str(unit), "--", *FLAGS],
                          capture_output=True, text=True, check=False)


def main():
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        scratch = Path(folder)
        given = [unit for found in pool.map(lambda each: units(*each, scratch), folders().items())
                 for unit in found]
        if not given:
            sys.exit("clang-tidy: no source in src/")
        good = True
        for unit, said in zip(given, pool.map(tidy, given)):
            lines = [line for line in (said.stdout + said.stderr).splitlines()
                     if not NOISE.match(line)]
            print(*lines, sep="\n", end="\n" if lines else "")
            good = good and said.returncode == 0
        alone = sum(1 for unit in given if scratch not in unit.parents)
        print(f"clang-tidy: {len(given) - alone} folders as one, {alone} files by themselves")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
