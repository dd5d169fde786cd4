"""The store on PostgreSQL: the same door and the same commands."""
import contextlib
import json
import re

from cases import Case
from clinic import ADMIN, JANE, SAM, SARAH, SERVICE
from load import at_once
from postgres import PostgresWorker, cluster, needed
from stacks import Demo, Stack

setUpModule = needed


class Doors(Case):
    """One worker on a database of its own."""

    def setUp(self):
        self.worker = PostgresWorker()
        self.addCleanup(self.worker.close)

    def test_a_token_has_its_event(self):
        answer = self.given(self.worker.token())
        self.assertEqual(answer["room_name"], "apt-47-1763138954-46eb915c")
        self.assertEqual(len(self.worker.granted()), 1)
        self.refused(self.worker.token(user=SAM), 403, "permission_denied")
        self.refused(self.worker.token(48), 404, "appointment_not_found")
        self.assertIn('"ok"', self.worker.get("/readyz").body.decode())
        metrics = self.worker.get("/metrics").body.decode()
        self.assertIn("roomkey_store_up 1", metrics)
        self.assertIn("roomkey_audit_events_total", metrics)
        self.assertNotIn("roomkey_store_file_bytes", metrics)
        self.assertIn("is sound", self.worker.roomkey("db", "verify", ROOMKEY_DB_ALONE="allow"))

    def test_many_at_once_make_one_chain(self):
        other = PostgresWorker(self.worker.db, ROOMKEY_JWT_SECRET=self.worker.secret)
        self.addCleanup(other.close)
        doors = (self.worker, other)
        answers = at_once(24, lambda i: doors[i % 2].token(user=(JANE, SARAH)[i % 3 == 0]))
        self.assertEqual([answer.status for answer in answers], [200] * 24)
        events = self.worker.granted()
        self.assertEqual(len({event["request_id"] for event in events}), 24)
        self.assertIn("is sound", self.worker.roomkey("db", "verify"))

    def test_the_booking_system_writes_to_it(self):
        user = {"email": "new@example.com", "name": "Nü", "role": "patient"}
        self.assertEqual(self.worker.ask("PUT", "/api/users/77/", SERVICE, body=json.dumps(user).encode()).status, 201)
        room = self.worker.post("/api/appointments/video-room/501/", ADMIN)
        self.assertEqual(room.status, 201, room)
        self.assertEqual(self.worker.post("/api/appointments/video-room/501/", ADMIN).status, 200)
        self.assertIn("Nü", self.worker.roomkey("user", "show", 77))


class OnItsOwn(Case):
    def test_the_demo_runs_on_a_server_that_it_starts_and_ends_itself(self):
        demo = Demo(start=False)
        self.addCleanup(demo.close)
        demo.variables["DEMO_STORE"] = "postgresql"
        self.assertIn("verified with the API secret: yes", demo.start())
        demo.db = demo.settings["ROOMKEY_DB"]
        self.assertTrue(demo.db.startswith("postgresql://"))
        self.given(demo.token())
        self.assertEqual(len(demo.granted()), 2)
        demo.stop()
        self.assertEqual(demo.processes(), [])
        demo.start()
        self.assertEqual(len(demo.granted()), 3)


class Commands(Case):
    def setUp(self):
        self.stack = Stack()
        self.stack.settings = {"ROOMKEY_DB_ALONE": "allow", "ROOMKEY_ROOMS": "asked"}
        self.stack.stop = lambda: None
        self.addCleanup(self.stack.close)

    def head(self, **changes):
        return json.loads(self.stack.roomkey("--json", "db", "verify", **changes))["audit_head"]

    def test_there_and_back_with_every_hash(self):
        worker = PostgresWorker(ROOMKEY_AUDIT_KEY="5f" * 32)
        with contextlib.closing(worker):
            for _ in range(3):
                self.given(worker.token())
            address = worker.db
        file, back = self.stack.dir / "copy.db", cluster().address(cluster().empty())
        said = self.stack.roomkey("db", "copy", "--to", file, ROOMKEY_DB=address)
        self.assertRegex(said, r"copied to SQLite and verified on both sides: \d+ rows\n")
        self.stack.roomkey("db", "copy", "--to", back, ROOMKEY_DB=file)
        self.assertEqual(len({self.head(ROOMKEY_DB=store) for store in (address, file, back)}), 1)
        lists = {self.stack.roomkey("--json", what, "list", ROOMKEY_DB=store)
                 for store in (address, file, back) for what in ("audit",)}
        self.assertEqual(len(lists), 1)
        fault = self.stack.roomkey("db", "copy", "--to", back, ROOMKEY_DB=file, status=1)
        self.assertEqual(fault, "")

    def test_a_backup_is_a_sealed_file(self):
        address = cluster().address(cluster().filled())
        folder = self.stack.dir / "backups"
        self.assertIn("backed up and verified", self.stack.roomkey("db", "backup", "--keep", 2, folder, ROOMKEY_DB=address))
        (file,) = folder.iterdir()
        self.assertTrue(re.search(rb"\nroomkey-backup sha256=[0-9a-f]{64}\n\Z", file.read_bytes()))
        self.assertEqual(self.head(ROOMKEY_DB=file), self.head(ROOMKEY_DB=address))
        self.stack.roomkey("db", "restore", file)  # into SQLite
        empty = cluster().address(cluster().empty())
        self.stack.roomkey("db", "restore", file, ROOMKEY_DB=empty, status=1)
        self.stack.roomkey("db", "copy", "--to", empty, ROOMKEY_DB=file)
        self.assertEqual(self.head(ROOMKEY_DB=empty), self.head(ROOMKEY_DB=address))

    def test_old_events_go(self):
        address = cluster().address(cluster().filled())
        self.stack.roomkey("audit", "prune", "--before", "2020-01-01T00:00:00Z", "--by", "Ada",
                           "--reason", "policy", ROOMKEY_DB=address)
        self.assertIn("is sound", self.stack.roomkey("db", "verify", ROOMKEY_DB=address))
