#!/usr/bin/python3
"""`make install` puts everything in its place and leaves a configuration alone. The man pages:
mandoc finds no fault with them, and they leave out no command, no option and no variable. Ends
with "N passed, N failed"."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(os.environ.get("BIN_DIR", ROOT / "build/release")).resolve()
PAGES = {path.name: path.read_text() for path in sorted((ROOT / "man").iterdir())}


def said_by(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)
    return done.stdout + done.stderr


def commands(*words):
    """Every command below the words, with what --help says of it."""
    text = said_by(BIN / "roomkey", *words, "--help")
    yield words, text
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.M)
    for name in re.findall(r"^  ([a-z-]+)", listed[1], re.M) if listed else []:
        yield from commands(*words, name)


def options(text):
    return set(re.findall(r"^ +(?:-\w,)?--([a-z][a-z-]*)", text, re.M)) | set(
        re.findall(r"Excludes: --([a-z-]+)", text))


def missing():
    """What the pages leave out, a line each."""
    tool = PAGES["roomkey.1"]
    for words, text in commands():
        if words and not re.search(rf"^\.It Cm {' '.join(words)}\b", tool, re.M):
            if not re.search(rf"^\.It Cm {' '.join(words)} ", tool, re.M):
                yield f"roomkey.1: command {' '.join(words)}"
        for option in options(text):
            if not re.search(rf"Fl -{option}\b", tool) and not re.search(rf"\| -{option}\b", tool):
                yield f"roomkey.1: --{option} of {' '.join(words) or 'roomkey'}"
    for option in options(said_by(BIN / "roomkey-fcgi", "--help")):
        if not re.search(rf"(Fl|\|) -{option}\b", PAGES["roomkey-fcgi.8"]):
            yield f"roomkey-fcgi.8: --{option}"
    table = (ROOT / "docs/configuration.md").read_text()
    for names in re.findall(r"^\| (`[A-Z].*?) \|", table, re.M):
        for name in re.findall(r"`([A-Z_]+)`", names):
            if not re.search(rf"^\.It Ev (.* )?{name}\b", PAGES["roomkey.env.5"], re.M):
                yield f"roomkey.env.5: variable {name}"


def lint():
    """Faults but for pages that are not installed here: our own, others'."""
    lines = said_by("mandoc", "-T", "lint", *sorted((ROOT / "man").iterdir())).splitlines()
    return [line for line in lines if not re.search("manual not found|outdated mandoc.db", line)]


INSTALLED = """bin/roomkey lib/roomkey/roomkey-fcgi lib/roomkey/restart-workers
share/roomkey/janus/hardened.conf share/roomkey/janus/janus.plugin.videoroom.jcfg share/roomkey/nginx/roomkey.conf.in share/roomkey/systemd/store.conf.in share/roomkey/roomkey.env lib/sysusers.d/roomkey.conf
lib/tmpfiles.d/roomkey.conf share/man/man1/roomkey.1 share/man/man5/roomkey.env.5
share/man/man8/roomkey-fcgi.8 lib/systemd/system/roomkey.target
lib/systemd/system/roomkey-token.socket lib/systemd/system/roomkey-room.socket
lib/systemd/system/roomkey-token@.service lib/systemd/system/roomkey-room@.service
lib/systemd/system/roomkey-reload.service lib/systemd/system/roomkey-backup.service
lib/systemd/system/roomkey-backup.timer lib/systemd/system/roomkey-logs.service
lib/systemd/system/roomkey-logs.timer share/roomkey/nginx/logrotate.conf
lib/systemd/system/roomkey-audit-witness.service
lib/systemd/system/roomkey-audit-witness.timer""".split()


def install(folder):
    """Installs below the folder, twice: what an administrator wrote in between must stay."""
    environment = {**os.environ, "DESTDIR": folder, "PREFIX": "/opt/x", "SYSCONFDIR": "/etc",
                   "UNITDIR": "/opt/x/lib/systemd/system", "BIN_DIR": str(BIN)}
    env = Path(folder, "etc/roomkey/roomkey.env")
    for text in (None, "ROOMKEY_LOG_LEVEL=warn\n"):
        if text:
            env.write_text(text)
        done = subprocess.run([ROOT / "systemd/install.sh"], env=environment, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=60)
        if done.returncode != 0 or done.stderr:
            yield f"status {done.returncode}: {done.stderr}"
    if env.read_text() != text or env.stat().st_mode & 0o777 != 0o640:
        yield "roomkey.env was overwritten, or is not 0640"


def misplaced():
    """What `make install` did wrong, a line each."""
    with tempfile.TemporaryDirectory() as folder:
        yield from install(folder)
        prefix = Path(folder, "opt/x")
        yield from (f"not there: {path}" for path in INSTALLED if not (prefix / path).is_file())
        web = {path.relative_to(ROOT / "web") for path in (ROOT / "web").rglob("*")
               if path.is_file() and not path.name.startswith(".")}
        web = {path for path in web if path.parts[0] != "demo"}
        web.discard(Path("package.json"))
        if (prefix / "share/roomkey/web/package.json").exists():
            yield "web/package.json, which is for node alone, would be served"
        if (prefix / "share/roomkey/web/demo").exists():
            yield "web/demo/, which is for the demo alone, would be served"
        yield from (f"not there: web/{path}" for path in web
                    if not (prefix / "share/roomkey/web" / path).is_file())
        for unit in filter(Path.is_file, (prefix / "lib/systemd/system").rglob("*")):
            text = unit.read_text()
            if re.search(r"^Exec\w+=/usr/(lib/roomkey|bin)/", text, re.M):
                yield f"{unit.name} looks for programs in /usr"


def main():
    passed = failed = 0
    for check, faults in (
            ("make install puts everything in its place", list(misplaced())),
            ("mandoc finds no fault", lint()),
            ("nothing is left out", list(missing())),
            ("the commands are looked at", [] if len(list(commands())) > 15 else ["too few"])):
        print(f"FAIL {check}" if faults else f"ok   {check}", *faults, sep="\n     ")
        passed, failed = passed + (not faults), failed + bool(faults)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
