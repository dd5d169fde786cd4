"""The audit as an auditor gets it, and cut by retention: what holds then, and what is seen."""
import csv
import hashlib
import io
import json
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import stores
from audit_test import field, work
from cases import Case, each
from clinic import JANE
from support import BIN, ROOT, wait_until
from workers import Worker

OLD = 1_600_000_000
# So that a prune takes a while.
MANY = 8000 if stores.ON_POSTGRESQL else 40000


def append_old(worker, count):
    """Events of September 2020, chained as docs/architecture.md says."""
    [(last, chain)] = stores.rows(worker, "SELECT id, hash FROM audit_head")
    events = []
    for number in range(last + 1, last + 1 + count):
        row = [number, OLD + number, "0123abcd", JANE, 47, "video_token", "granted", None, OLD]
        chain = hashlib.sha256(chain + b"".join(map(field, row))).digest()
        events.append((*row, chain, None))
    stores.put(worker, "audit", events)


def old_store(worker, count):
    """A store whose audit begins with `count` old events."""
    stores.clear(worker)
    worker.roomkey("db", "migrate")
    append_old(worker, count)
    (worker.dir / "people.json").write_text(json.dumps({"users": [
        {"id": 2, "email": "jane.doe@example.com", "name": "Jane", "role": "patient"},
        {"id": 19, "email": "dr.sarah@example.com", "name": "S", "role": "psychologist"}],
        "appointments": [{"id": 47, "patient_id": 2, "psychologist_id": 19, "video_room_id": "r-47",
                          "appointment_date": "2030-01-01T09:00:00Z", "duration_minutes": 60}]}))
    worker.roomkey("import", worker.dir / "people.json")


PRUNE = ("audit", "prune", "--keep-days", 365, "--reason", "policy")


def verdict(worker, status=0):
    return json.loads(worker.roomkey("--json", "audit", "verify", status=status))


class Export(Case):
    def checked(self, worker, export, *more):
        """What the program in the docs says of the export."""
        page = (ROOT / "docs/operations.md").read_text()
        (program,) = [text for text in re.findall(r"```python\n(.*?)```", page, re.S)
                      if "hashlib" in text]
        (worker.dir / "audit.jsonl").write_text(export)
        done = subprocess.run([sys.executable, "-c", program, worker.dir / "audit.jsonl", *more],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_the_program_in_the_docs_checks_the_chain(self):
        with Worker() as worker:
            work(worker)
            lines = worker.roomkey("audit", "export", "--format", "jsonl").splitlines(True)
            self.assertGreater(len(lines), 9)
            head = verdict(worker)["head"]
            self.assertEqual(self.checked(worker, "".join(lines)),
                             (0, f"the chain holds up to {head}\n"))
            forged = [lines[:4] + lines[5:],
                      [line.replace('"refused"', '"granted"') for line in lines],
                      lines[1:], lines[:3] + [lines[4], lines[3]] + lines[5:]]
            for export in forged:
                status, said = self.checked(worker, "".join(export))
                self.assertEqual(status, 1, said)
                self.assertRegex(said, r"event \d+ was changed, or one before it is missing")

    def test_it_checks_a_pruned_audit_from_the_cut_on(self):
        with Worker() as worker:
            old_store(worker, 20)
            worker.roomkey(*PRUNE)
            export = worker.roomkey("audit", "export", "--format", "jsonl")
            self.assertEqual(self.checked(worker, export)[0], 1)
            told = verdict(worker)
            status, said = self.checked(worker, export, told["cuts"][0]["last_hash"])
            self.assertEqual((status, said), (0, f"the chain holds up to {told['head']}\n"))

    def test_csv_and_json_lines_say_the_same(self):
        with Worker() as worker:
            work(worker)
            worker.roomkey("user", "set", JANE, "--name", '=HYPERLINK("x"), "J\u00e9"')
            done = subprocess.run([BIN / "roomkey", "audit", "export"], capture_output=True,
                                  env=worker.settings | {"ROOMKEY_DB": str(worker.db)}, timeout=60)
            text = done.stdout.decode()
            self.assertEqual(text.count("\r\n"), text.count("\n"))
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            events = [json.loads(line) for line in worker.roomkey(
                "audit", "export", "--format", "jsonl").splitlines()]
            self.assertEqual([list(row) for row in rows], [list(event) for event in events])
            for row, event in zip(rows, events, strict=True):
                self.assertEqual(row, {name: "" if value is None else str(value)
                                       for name, value in event.items()})


# What somebody might do who can write the file; the triggers are put back behind it.
FORGERIES = [
    ("one more event taken out", "DELETE FROM audit WHERE id = 21"),
    ("the cut taken out", "DELETE FROM audit_cuts"),
    ("the event of the cut taken out", "DELETE FROM audit WHERE action = 'audit_prune'"),
    ("the cut's last hash", "UPDATE audit_cuts SET last_hash = zeroblob(32)"),
    ("the cut's own hash", "UPDATE audit_cuts SET hash = zeroblob(32)"),
    ("the cut's reason", "UPDATE audit_cuts SET reason = 'other'"),
    ("who signed off", "UPDATE audit_cuts SET signed_by = 'other'"),
    ("the cut moved on", "UPDATE audit_cuts SET last_event = 21, events = 21,"
     " last_hash = (SELECT hash FROM audit WHERE id = 21); DELETE FROM audit WHERE id = 21"),
    ("a second cut", "INSERT INTO audit_cuts SELECT 2, at, 21, (SELECT hash FROM audit WHERE id ="
     " 21), 1, signed_by, reason, witness, zeroblob(32) FROM audit_cuts;"
     " DELETE FROM audit WHERE id = 21"),
    ("an event put back in", "INSERT INTO audit SELECT 20, at, request_id, user_id, appointment_id,"
     " action, outcome, reason, expires_at, hash, mac FROM audit WHERE id = 21"),
    ("what the event tells", "UPDATE audit SET reason = replace(reason, 'policy', 'other')"),
]


class Cut(Case):
    @each(FORGERIES)
    def test_verify_sees(self, sql):
        with Worker() as worker:
            old_store(worker, 20)
            worker.roomkey(*PRUNE)
            self.assertEqual(len(verdict(worker)["cuts"]), 1)
            stores.forge(worker, sql)
            told = verdict(worker, status=1)
            self.assertFalse(told["ok"])
            self.assertTrue(told["fault"])
            worker.roomkey("db", "verify", status=1)
            worker.roomkey(*PRUNE, status=1)

    def test_events_taken_out_without_any_cut_are_seen(self):
        with Worker() as worker:
            old_store(worker, 20)
            stores.forge(worker, "DELETE FROM audit WHERE id <= 20")
            self.assertEqual(verdict(worker, status=1)["fault"], "event 1 is missing")

    @each([("DELETE past the cut", "DELETE FROM audit WHERE id = 21"),
           ("a cut without its event", "INSERT INTO audit_cuts VALUES (2, 0, 21, (SELECT hash FROM"
            " audit WHERE id = 21), 1, 'me', 'x', 22, zeroblob(32))"),
           ("another cut", "UPDATE audit_cuts SET last_event = 21"),
           ("no cut", "DELETE FROM audit_cuts")])
    def test_the_store_itself_refuses(self, sql):
        with Worker() as worker:
            old_store(worker, 20)
            worker.roomkey(*PRUNE)
            with self.assertRaisesRegex(sqlite3.IntegrityError, "append-only"):
                stores.change(worker, stores.in_its_words(sql))
            verdict(worker)

    def test_tokens_are_given_while_events_go(self):
        with Worker(ROOMKEY_PERSON_RATE="off") as worker:
            old_store(worker, MANY)
            slowest, answers, done = [0.0], [], threading.Event()

            def ask():
                while not done.is_set():
                    started = time.monotonic()
                    answers.append(worker.token().status)
                    slowest[0] = max(slowest[0], time.monotonic() - started)
            thread = threading.Thread(target=ask)
            thread.start()
            try:
                wait_until(lambda: answers, "a first token")
                before = len(answers)
                worker.roomkey(*PRUNE)
                during = len(answers) - before
            finally:
                done.set()
                thread.join()
            self.assertEqual(set(answers), {200})
            self.assertGreater(during, 5)
            self.assertLess(slowest[0], 2)
            told = verdict(worker)
            self.assertEqual(told["cuts"][0]["events"], MANY)
            self.assertEqual(told["events"], len(answers) + 2)

    def test_one_that_is_killed_is_finished_by_the_next(self):
        with Worker() as worker:
            old_store(worker, MANY)
            process = subprocess.Popen(
                [BIN / "roomkey", *map(str, PRUNE)], stdout=subprocess.DEVNULL,
                env=worker.settings | {"ROOMKEY_DB": str(worker.db)})

            def count():
                return stores.rows(worker, "SELECT count(*) FROM audit")[0][0]
            wait_until(lambda: count() < MANY - 1000, "the first events go")
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertGreater(count(), 2)
            told = verdict(worker)
            self.assertEqual(told["cuts"][0]["last_event"], MANY)
            worker.roomkey("db", "verify")
            worker.roomkey(*PRUNE)
            self.assertEqual(count(), 2)
            self.assertEqual(len(verdict(worker)["cuts"]), 1)
