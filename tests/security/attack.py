#!/usr/bin/python3
"""Repeats against a demo what an attacker with the source found, and prints a table: what was tried,
what it came to, what it may come to, and what others saw of it meanwhile. `attack.py` all of it,
`attack.py NAME...` the functions of attack_floods and attack_insiders of these names. BIN_DIR says
where the binaries are. Ends with "N passed, N failed"."""
import re
import secrets
import signal
import sys
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "e2e"), str(Path(__file__).resolve().parent)]
import attack_floods  # noqa: E402
import attack_insiders  # noqa: E402
import callback_support  # noqa: E402
from limits_test import believe_this_machine  # noqa: E402
from others import Others, people  # noqa: E402
from stacks import Demo, made_up_settings  # noqa: E402
from support import ROOT, free_port, stop_all  # noqa: E402

TEMPLATE = ROOT / "nginx/roomkey.conf.in"


def add_plain_http(demo):
    """The server that sends people from port 80 to HTTPS, at a port of its own."""
    demo.plain_port = free_port()
    site = demo.dir / "roomkey-site.conf"
    text = site.read_text()
    lines = [line.removeprefix("@PORT80@") for line in TEMPLATE.read_text().splitlines()
             if line.startswith("@PORT80@")]
    server = "\n".join(lines).replace("listen 80;", f"listen 127.0.0.1:{demo.plain_port};")
    server = re.sub(r".*\[::\]:80.*\n", "", server).replace("@SERVER_NAME@", "localhost")
    for name in ("access", "error"):
        log = re.search(rf'{name}_log "([^"]+)"', text)[1]
        server = server.replace(f"@{name.upper()}_LOG@", log)
    site.write_text(f"{text}\n{server}\n")


def made_demo():
    demo = Demo(made_up_settings(ROOMKEY_LOG_LEVEL="info", ROOMKEY_AUDIT_KEY=secrets.token_hex(32),
                                 ROOMKEY_PERSON_RATE="10",
                                 TWILIO_STATUS_CALLBACK_URL=callback_support.URL), rate_limit="on")
    demo.fill(people())
    add_plain_http(demo)
    believe_this_machine(demo)  # so that an attack may come from anywhere
    return demo


def show(row):
    held = row.held and (row.told is None or row.told.held)
    print(f"| {row.attack} | {row.tried} | {row.measured} | {row.goal} | {row.told or '-'} | "
          f"{'yes' if held else '**no**'} |", flush=True)
    return held


def all_held(demo, others, attack):
    """A line for each row; whether each held."""
    try:
        return [show(row) for row in attack(demo, others)]
    except Exception:
        print(f"FAIL {attack.__name__}: {traceback.format_exc()}", flush=True)
        return [False]


def main():
    attacks = attack_floods.ALL + attack_insiders.ALL
    wanted = [one for one in attacks if not sys.argv[1:] or one.__name__ in sys.argv[1:]]
    demo = made_demo()
    others = Others(demo)
    print("| attack | what was tried | measured | goal | others' p99 | held |")
    print("|---|---|---|---|---|---|")
    held = [one for attack in wanted for one in all_held(demo, others, attack)]
    print(f"{held.count(True)} passed, {held.count(False)} failed")
    return 0 if all(held) and held else 1


if __name__ == "__main__":
    # Both as KeyboardInterrupt: nothing is left running, however this is ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main())
    finally:
        stop_all()
