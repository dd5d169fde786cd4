"""Steps on a configuration that is no good, and what a reload makes of it. Each leaves the machine
as it was."""
import time

from machine import until
from outside import holds, same

ENV = "/etc/roomkey/roomkey.env"


def all_of(inside, outside, state, well, gives_a_token):
    def add(line):
        inside.sh(f"printf '%s\\n' '{line}' >>{ENV}")

    def drop(name):
        inside("sed", "-i", f"/^{name}=/d", ENV)

    def write(text):
        inside.write(ENV, text, "640")
        inside("chgrp", "roomkey", ENV)

    def end_of_journal():
        said = inside("journalctl", "--lines=0", "--show-cursor", "--no-pager").stdout
        return said.rsplit("-- cursor: ", 1)[1].strip()

    def told_since(cursor, *wanted):
        """The journal is a moment behind, and may not know of which unit a process was that has
        ended by then."""
        end = time.monotonic() + 10
        while True:
            log = inside("journalctl", f"--after-cursor={cursor}", "--output=cat",
                         "--no-pager").stdout
            if all(part in log for part in wanted) or time.monotonic() > end:
                return holds(log, *wanted)
            time.sleep(0.2)

    def a_configuration_without_tokens_fails_the_reload_and_leaves_the_workers():
        def refused(*wanted):
            before, cursor = state(), end_of_journal()
            said = inside("systemctl", "reload", "roomkey.target", check=False)
            same(1, said.returncode, said.stdout)
            same(before, state(), "the workers")
            told_since(cursor, *wanted)
            well()

        def line_of(name):
            return inside("grep", f"^{name}=", ENV).stdout.strip()

        with outside.load():
            add("TWILIO_REGION=Not A Region")
            refused("[ERROR] TWILIO_REGION: must be a region", "no worker was restarted")
            drop("TWILIO_REGION")
            add("ROOMKEY_DB=/var/lib/roomkey/typo.db")
            refused("[ERROR] The store: unable to open database file.")
            drop("ROOMKEY_DB")
            right = line_of("TWILIO_API_KEY")
            drop("TWILIO_API_KEY")
            add(right.replace("TWILIO", "TWILLIO"))
            refused("[ERROR] TWILIO_API_KEY is not set.", "[ERROR] TWILLIO_API_KEY is no variable",
                    "If TWILIO_API_KEY is meant, call it that")
            drop("TWILLIO_API_KEY")
            add(right)
            inside("systemctl", "reload", "roomkey.target")
        well()

    def a_worker_says_which_variables_nobody_reads():
        add("ROOMKEY_JOIN_EARLY_MINUTE=10")
        inside("systemctl", "restart", "roomkey-token@2.service")
        # The journal may have it a moment after systemd was told that the worker is ready.
        until(lambda: "event=unknown_variable name=ROOMKEY_JOIN_EARLY_MINUTE "
                      "meant=ROOMKEY_JOIN_EARLY_MINUTES\n" in inside(
                          "journalctl", "--unit=roomkey-token@2.service", "--lines=20",
                          "--output=cat", "--no-pager").stdout, "the worker's warning")
        said = inside("roomkey", "check", "--offline", check=False).stdout
        holds(said, "[ERROR] ROOMKEY_JOIN_EARLY_MINUTE is no variable of roomkey's")
        drop("ROOMKEY_JOIN_EARLY_MINUTE")

    def a_byte_order_mark_hides_no_variable():
        text = inside("cat", ENV).stdout
        secret = next(line for line in text.splitlines() if line.startswith("ROOMKEY_JWT_SECRET="))
        write(b"\xef\xbb\xbf" + (secret + "\n" + text.replace(secret, "")).encode())
        inside("systemctl", "reload", "roomkey.target")
        gives_a_token()
        write(text)
        inside("systemctl", "reload", "roomkey.target")
        well()

    return [a_configuration_without_tokens_fails_the_reload_and_leaves_the_workers,
            a_worker_says_which_variables_nobody_reads, a_byte_order_mark_hides_no_variable]
