#!/usr/bin/python3
"""The README's commands on a bare Debian: a minbase root with nothing but git and make, and in it a
fresh clone of what is committed here. Root has all of them; then somebody who is not root and has no
sudo. Nothing of this machine can hide a step that is missing; only its ways out are taken over: apt's
sources of Debian, proxies, certificates, DNS. `localhost` is ::1 first and /tmp a tmpfs there, as on
an installed Debian. The suite of systemd can't run in it and says so. Prints how long each command
took; ends with "N passed, N failed". `bare.py call` has `make demo-call` alone: somebody who can't
install asks root for what the one line says, and root has it from nothing but what was built then."""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import machine  # noqa: E402

COMMANDS = ["make demo", "make demo-stop", "make demo-call", "make demo-stop", "make check"]
CALL = ["make demo-call", "make demo-stop"]
FOR_ROOT = "as root, run: "
TOOLS = ["debootstrap", "systemd-nspawn", "git"]
CERTIFICATES = "usr/local/share/ca-certificates"
WAYS_OUT = re.compile(r"(https?|ftp|all|no)_proxy|npm_config_.*", re.I)
SCRIPT = r"""cd ~/roomkey || exit
step() {
  began=$(date +%s)
  eval "$1" && status=0 || status=$?
  echo "-- $(id -un): $1: status $status, $(($(date +%s) - began)) s"
}
"""


def why_not():
    if os.geteuid() != 0:
        return "only root can make a machine"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def take_over_ways_out(root):
    """What this machine needs to reach packages, and only that."""
    sources = [f"deb {url} {suite} {component}\n"
               for url, suite, component in machine.debian_sources()]
    (root / "etc/apt/sources.list").write_text("".join(sources))
    settings = machine.run("apt-config", "dump").stdout.splitlines(keepends=True)
    (root / "etc/apt/apt.conf.d/90proxy").write_text("".join(
        line for line in settings if re.match(r"Acquire::\S*proxy\S* ", line, re.I)))
    if Path("/", CERTIFICATES).is_dir():
        shutil.copytree(Path("/", CERTIFICATES), root / CERTIFICATES, dirs_exist_ok=True)
    return [f"--setenv={name}={value}" for name, value in os.environ.items()
            if WAYS_OUT.fullmatch(name)]


def furnish(root):
    (root / "etc/hosts").write_text("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n")
    machine.run("chroot", root, "useradd", "--create-home", "--shell", "/bin/bash", "somebody")
    machine.run("git", "clone", "--quiet", machine.ROOT, root / "root/roomkey")


def hand_over(root):
    """Somebody's own copy, with what was built and fetched; a demo is its maker's."""
    copy(root / "root/roomkey", root / "home/somebody/roomkey")
    machine.run("chroot", root, "chown", "-R", "somebody:", "/home/somebody/roomkey", timeout=1200)


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    machine.run("cp", "-a", source, target, timeout=1200)
    shutil.rmtree(target / "build/demo", ignore_errors=True)


class Bare:
    def __init__(self, root, ways_out):
        self.nspawn = ["systemd-nspawn", "--quiet", f"--directory={root}", "--as-pid2",
                       f"--machine=bare-{os.getpid()}", "--register=no", "--keep-unit",
                       "--resolv-conf=replace-host", "--timezone=off", "--link-journal=no",
                       "--console=pipe", *ways_out]
        self.results = []

    def run(self, user, commands):
        """All of them in one life of the machine: a demo stays up until the next one."""
        script = SCRIPT + "".join(f"step {shlex.quote(command)}\n" for command in commands)
        said = []
        with subprocess.Popen([*self.nspawn, f"--user={user}", "/bin/sh", "-c", script],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace") as inside:
            for line in inside.stdout:
                print(line, end="", flush=True)
                said.append(line.rstrip("\n"))
        return said

    def take(self, user, commands):
        lines = iter(self.run(user, commands))
        for command in commands:
            self.results.append(outcome(lines, user, command))

    def refuses_without_root(self, command):
        """What it says that root has to do: one line."""
        said = self.run("somebody", [command])
        good, line = outcome(iter(said), "somebody", command)
        told = [one.split(FOR_ROOT, 1)[1] for one in said if FOR_ROOT in one]
        self.results.append((not good and len(told) == 1,
                             f"{line} (no root, no sudo: says what root has to do)"))
        return told[0] if told else "false"


def outcome(lines, user, command):
    """(whether it did what it should, a line about it), of the lines from here to its end"""
    before = ""
    for line in lines:
        end = re.fullmatch(rf"-- {user}: {re.escape(command)}: status (\d+), (\d+) s", line)
        if end:
            counted = before if re.match(r"\d+ passed, ", before) else ""
            good = end[1] == "0" and (counted != "" or "check" not in command)
            return good, f"{user}: {command}: status {end[1]}, {end[2]} s {counted}".rstrip()
        before = line
    return False, f"{user}: {command}: did not come to its end"


def all_of(folder):
    root = folder / "root"
    bare = Bare(root, take_over_ways_out(root))
    furnish(root)
    hand_over(root)
    bare.refuses_without_root(COMMANDS[0])
    bare.take("root", COMMANDS)
    hand_over(root)
    bare.take("somebody", COMMANDS)
    return bare.results


def call_of(folder):
    root, other = folder / "root", folder / "other"
    machine.run("cp", "-a", root, other)
    bare = Bare(root, take_over_ways_out(root))
    furnish(root)
    hand_over(root)
    # There is no systemd in here, and so no service.
    bare.take("root", [bare.refuses_without_root(CALL[0]).split(" && systemctl")[0]])
    bare.take("somebody", CALL)
    again = Bare(other, take_over_ways_out(other))
    furnish(other)
    copy(root / "home/somebody/roomkey", other / "root/roomkey")
    machine.run("chown", "-R", "root:", other / "root/roomkey")
    again.take("root", CALL)
    return bare.results + again.results


def main():
    why = why_not()
    if why:
        print(f"check-bare: {why}")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    machine.clear_left_over()
    base = machine.base_root("bare", ["git", "make"])
    folder = machine.HOME / f"run-{os.getpid()}"
    try:
        folder.mkdir(mode=0o755)
        machine.run("cp", "-a", base, folder / "root")
        results = call_of(folder) if sys.argv[1:] == ["call"] else all_of(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n== bare")
    for good, line in results:
        print(f"{'ok  ' if good else 'FAIL'} {line}")
    passed = sum(good for good, _ in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
