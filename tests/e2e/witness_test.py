"""The audit's MACs and its witness: recomputed here from the store alone, and against a forger."""
import contextlib
import hmac
import http.server
import json
import secrets
import subprocess
import threading

import stores
from audit_test import recomputed
from cases import Case
from clinic import SAM
from support import BIN
from workers import Worker


def macs(stack):
    return [mac for (mac,) in stores.rows(stack, "SELECT mac FROM audit ORDER BY id")]


def keyed(**changes):
    return Worker(ROOMKEY_AUDIT_KEY=secrets.token_hex(32), **changes)


@contextlib.contextmanager
def sink(status=204):
    """An address that takes lines; yields it and what came."""
    came = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.headers["Content-Type"], body.decode()))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/roomkey?token=hidden", came
        finally:
            server.shutdown()
            thread.join()


class Macs(Case):
    def test_each_event_has_the_hmac_that_python_computes(self):
        with keyed() as worker:
            self.given(worker.token())
            self.refused(worker.token(user=SAM), 403, "permission_denied")
            worker.roomkey("user", "set", SAM, "--name", "S\u00e4m")
            key = bytes.fromhex(worker.settings["ROOMKEY_AUDIT_KEY"])
            chain, kept, _ = recomputed(worker)
            self.assertEqual(chain, kept)
            made = [hmac.digest(key, one, "sha256") for one in chain]
            verdict = json.loads(worker.roomkey("--json", "audit", "verify"))
            first = verdict["macs_from"]
            self.assertEqual(macs(worker), [None] * (first - 1) + made[first - 1:])
            self.assertEqual(verdict["macs_right"], len(chain) - first + 1)
            told = worker.events()[first - 1]
            self.assertEqual((told["action"], told["reason"]), (
                "audit_key", hmac.new(key, b"roomkey audit key", "sha256").hexdigest()[:16]))
            self.assertEqual([e["action"] for e in worker.events()].count("audit_key"), 1)

    def test_without_the_key_nothing_is_written_and_verify_says_what_it_could_not_check(self):
        with keyed() as worker:
            self.given(worker.token())
            del worker.settings["ROOMKEY_AUDIT_KEY"]
            self.assertIn("not checked: ROOMKEY_AUDIT_KEY is not set",
                          worker.roomkey("audit", "verify"))
            done = subprocess.run([BIN / "roomkey", "user", "set", str(SAM), "--name", "x"],
                                  env=worker.settings | {"ROOMKEY_DB": str(worker.db)},
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("its audit is keyed and takes no event without ROOMKEY_AUDIT_KEY",
                          done.stderr)
            worker.stop()
            worker.start()
            self.refused(worker.token(), 503, "store_unavailable")

    @stores.of_sqlite("a backup is restored into a file only")
    def test_a_backup_and_its_restore_keep_the_macs(self):
        with keyed() as worker:
            self.given(worker.token())
            said = worker.roomkey("db", "backup", worker.dir / "store/b.db")
            self.assertIn("head " + json.loads(worker.roomkey("--json", "audit", "verify"))["head"],
                          said)
            self.given(worker.token())
            worker.roomkey("db", "restore", worker.dir / "store/b.db")
            verdict = json.loads(worker.roomkey("--json", "audit", "verify"))
            self.assertEqual(verdict["macs_unchecked"], 0)
            self.assertGreater(verdict["macs_right"], 2)


def rewrite(stack, number):
    """The audit as a forger without the key makes it: one event changed, all after it hashed anew."""
    stores.forge(stack, f"UPDATE audit SET user_id = 3 WHERE id = {number}")
    chain, _, _ = recomputed(stack)
    for event, made in enumerate(chain, 1):
        stores.forge(stack, "UPDATE audit SET mac = NULL, hash ="
                     f" {stores.literal(made)} WHERE id = {event}")
    stores.forge(stack, f"UPDATE audit_head SET hash = {stores.literal(chain[-1])}")


class Witness(Case):
    def test_an_audit_written_anew_shows_against_the_witness(self):
        with Worker() as worker:
            lines = worker.dir / "witness.jsonl"
            worker.settings["ROOMKEY_AUDIT_SINK"] = str(lines)
            for _ in range(3):
                self.given(worker.token())
                self.assertIn("told the witness: event", worker.roomkey("audit", "witness"))
                self.assertEqual(worker.roomkey("audit", "witness"), "", "nothing new")
            told = [json.loads(line) for line in lines.read_text().splitlines()]
            self.assertEqual(len(told), 3)
            self.assertEqual(list(told[0]), ["event", "hash", "at", "mac"])
            self.assertIn("as witnessed: 3 lines",
                          worker.roomkey("audit", "verify", "--against", lines))
            worker.stop()
            rewrite(worker, told[1]["event"])
            worker.roomkey("audit", "verify")
            done = subprocess.run([BIN / "roomkey", "audit", "verify", "--against", lines],
                                  env=worker.settings | {"ROOMKEY_DB": str(worker.db)},
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"line 2: event {told[1]['event']} is not the one that was witnessed",
                          done.stderr)

    def test_an_address_is_posted_to_once_for_each_head_and_again_where_it_refuses(self):
        with Worker() as worker, sink() as (url, came), sink(500) as (bad, _):
            self.given(worker.token())
            env = worker.settings | {"ROOMKEY_DB": str(worker.db), "ROOMKEY_AUDIT_SINK": bad}
            done = subprocess.run([BIN / "roomkey", "audit", "witness"], env=env,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("it answered 500", done.stderr)
            self.assertNotIn("hidden", done.stderr)
            worker.settings |= {"ROOMKEY_AUDIT_SINK": url, "STATE_DIRECTORY": str(worker.dir)}
            for _ in range(2):
                worker.roomkey("audit", "witness")
            [(kind, body)] = came
            self.assertEqual(kind, "application/json")
            head = json.loads(worker.roomkey("--json", "audit", "verify"))["head"]
            self.assertEqual(json.loads(body)["hash"], head)
            self.given(worker.token())
            worker.roomkey("audit", "witness")
            self.assertEqual(len(came), 2)
            self.assertEqual((worker.dir / "audit.witnessed").exists(), stores.ON_POSTGRESQL)
            stores.forge(worker, "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
            stores.forge(worker, "UPDATE audit_head SET id = id - 1,"
                         " hash = (SELECT hash FROM audit ORDER BY id DESC LIMIT 1)")
            done = subprocess.run([BIN / "roomkey", "audit", "witness"], capture_output=True,
                                  env=worker.settings | {"ROOMKEY_DB": str(worker.db)}, text=True,
                                  check=False)
            self.assertIn("which the witness knows, is not in the audit any more", done.stderr)

    def test_without_a_sink_there_is_nothing_to_do(self):
        with Worker() as worker:
            self.assertIn("nothing to do", worker.roomkey("audit", "witness"))
            worker.settings["ROOMKEY_AUDIT_SINK"] = "relative"
            worker.roomkey("audit", "witness", status=78)


