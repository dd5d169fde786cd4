"""The audit, recomputed here from what stands in the store alone."""
import hashlib
import json
import sqlite3

import stores
from cases import Case, each
from clinic import JANE, SAM, SARAH
from workers import Worker

FIELDS = "id, at, request_id, user_id, appointment_id, action, outcome, reason, expires_at"


def field(value):
    """`<bytes>:<content>,`, or `-,` where there is none."""
    if value is None:
        return b"-,"
    content = str(value).encode()
    return b"%d:%s," % (len(content), content)


def recomputed(stack):
    """The hashes that the events' own fields make, and those that stand beside them."""
    rows = stores.rows(stack, f"SELECT {FIELDS}, hash FROM audit ORDER BY id")
    head = stores.rows(stack, "SELECT id, hash FROM audit_head")
    made, chain = bytes(32), []
    for *values, _ in rows:
        made = hashlib.sha256(made + b"".join(map(field, values))).digest()
        chain.append(made)
    return chain, [row[-1] for row in rows], head


def work(worker):
    """Some of each kind of event."""
    for user in (JANE, SARAH, SAM):
        worker.token(user=user)
        worker.token(9999, user)
        worker.post("/api/appointments/video-room/501/", user)
    worker.roomkey("user", "set", SAM, "--name", "S\u00e4m: 3,4")


# What a forger with the store in hand might do; the triggers are put back behind it.
FORGERIES = [
    ("a changed user", "UPDATE audit SET user_id = 3 WHERE id = 5"),
    ("a changed time", "UPDATE audit SET at = at + 1 WHERE id = 2"),
    ("a changed outcome", "UPDATE audit SET outcome = 'granted' WHERE id = 3"),
    ("a reason put in", "UPDATE audit SET reason = '' WHERE reason IS NULL AND id = 2"),
    ("an event taken out", "DELETE FROM audit WHERE id = 4"),
    ("the first event taken out", "DELETE FROM audit WHERE id = 1"),
    ("the end cut off", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"),
    ("the whole audit taken out", "DELETE FROM audit"),
    ("two events swapped", "UPDATE audit SET id = CASE id WHEN 2 THEN -3 ELSE -2 END"
     " WHERE id IN (2, 3); UPDATE audit SET id = -id WHERE id < 0"),
    ("an event put in at the end", "INSERT INTO audit SELECT id + 1, at, request_id, user_id,"
     " appointment_id, action, outcome, reason, expires_at, hash, mac FROM audit"
     " ORDER BY id DESC LIMIT 1"),
    ("a text moved to the next field", "UPDATE audit SET action = action || outcome WHERE id = 2"),
]
REPLACED = ("INSERT INTO audit SELECT * FROM audit LIMIT 1 ON CONFLICT (id) DO UPDATE SET reason = 'x'"
            if stores.ON_POSTGRESQL else "REPLACE INTO audit SELECT * FROM audit LIMIT 1")


class Audit(Case):
    def test_repeated_refusals_are_folded_and_told_when_the_worker_stops(self):
        with Worker() as worker:
            for _ in range(4):
                self.refused(worker.token(9999, JANE), 404, "appointment_not_found")
            self.refused(worker.token(47, SAM), 403, "permission_denied")
            self.given(worker.token(47, JANE))
            worker.stop()
            events = [json.loads(line) for line in
                      worker.roomkey("--json", "audit", "list").splitlines()]
            reasons = [(event["user_id"], event["reason"]) for event in events[-4:]]
            self.assertEqual(reasons, [
                (JANE, "appointment_not_found"), (SAM, "permission_denied"), (JANE, None),
                (JANE, "appointment_not_found (3 more)")])
            worker.roomkey("audit", "verify")

    def test_the_chain_recomputed_from_the_file_is_the_one_that_verify_sees(self):
        with Worker() as worker:
            work(worker)
            verdict = json.loads(worker.roomkey("--json", "audit", "verify"))
            chain, kept, head = recomputed(worker)
            self.assertGreater(len(chain), 9)
            self.assertEqual(chain, kept)
            self.assertEqual(head, [(len(chain), chain[-1])])
            self.assertEqual(verdict, {"ok": True, "events": len(chain), "head": chain[-1].hex(),
                                       "fault": "", "cuts": [], "macs_from": None, "macs_right": 0,
                                       "macs_unchecked": 0})
            sound = worker.roomkey("db", "verify")
            self.assertIn(chain[-1].hex(), sound)

    @each(FORGERIES)
    def test_verify_sees(self, sql):
        with Worker() as worker:
            work(worker)
            worker.stop()
            stores.forge(worker, sql)
            worker.roomkey("audit", "verify", status=1)
            verdict = json.loads(worker.roomkey("--json", "audit", "verify", status=1))
            self.assertFalse(verdict["ok"])
            self.assertTrue(verdict["fault"])
            worker.roomkey("db", "verify", status=1)

    @each([("UPDATE", "UPDATE audit SET reason = 'x'"), ("DELETE", "DELETE FROM audit"),
           ("an event in another's place", REPLACED),
           ("a gap", "INSERT INTO audit SELECT id + 99, at, request_id, user_id, appointment_id,"
            " action, outcome, reason, expires_at, hash, mac FROM audit"),
           ("DELETE of the head", "DELETE FROM audit_head")])
    def test_the_store_itself_refuses(self, sql):
        with Worker() as worker:
            work(worker)
            with self.assertRaisesRegex(sqlite3.IntegrityError, "append-only"):
                stores.change(worker, sql)
            worker.roomkey("audit", "verify")
