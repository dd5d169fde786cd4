"""Under load: workers that die, workers that are told to go, and not one request lost."""
import contextlib
import os
import signal
import sqlite3
import time

from cases import Case
from clinic import JANE, SARAH
from load import Load
from stacks import Demo
from support import SHORT, wait_until

SECONDS = 4 if SHORT else 20


def requests(demo):
    """Token requests of both people, in turn; made beforehand, so that the load is nginx's."""
    made = [demo.request("GET", f"/api/appointments/{route}/47/", user)
            for route in ("video-token", "video-token-refresh") for user in (JANE, SARAH)]
    made.append(demo.request("GET", "/api/appointments/47/", JANE))
    counter = iter(range(10**9))
    return lambda: made[next(counter) % len(made)]


class UnderLoad(Case):
    def all_well(self, load):
        self.assertEqual(load.faults, [])
        wrong = [answer for answer in load.answers if answer.status != 200]
        self.assertEqual(wrong[:3], [], f"{len(wrong)} of {len(load.answers)} failed")

    def each_token_has_its_event(self, demo, answers):
        demo.roomkey("audit", "verify")
        tokens = [answer for answer in answers if "access_token" in answer.json]
        events = {event["request_id"]: event for event in demo.granted()}
        for answer in tokens:
            event = events.get(answer["X-Request-Id"])
            self.assertIsNotNone(event, "a token left without its event")
            self.assertEqual(event["expires_at"], answer.json["expires_at"])
        self.assertGreaterEqual(len(demo.granted()), len(tokens))
        return len(tokens)

    def test_workers_killed_every_half_second_fail_no_request(self):
        with Demo() as demo:
            killed = 0
            with Load(demo, requests(demo)) as load:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    time.sleep(0.5)
                    wait_until(lambda: len(demo.workers()) == 2, "multiwatch starts another worker")
                    os.kill(demo.workers()[killed % 2], signal.SIGKILL)
                    killed += 1
            self.all_well(load)
            self.assertGreater(killed, SECONDS)
            tokens = self.each_token_has_its_event(demo, load.answers)
            print(f"     {len(load.answers)} requests, {tokens} tokens, {killed} workers killed")

    def test_workers_told_to_go_finish_what_they_have_in_hand(self):
        with Demo() as demo:
            token = requests(demo)
            room = demo.request("POST", "/api/appointments/video-room/47/", JANE)
            counter = iter(range(10**9))
            told = 0

            def all_started():
                """Who is told before that has nothing in hand, and no goodbye to say."""
                at_first = len(demo.workers("token")) + len(demo.workers("room"))
                return demo.log().count("event=started") == at_first + told
            wait_until(all_started, "each worker starts")
            with Load(demo, lambda: room if next(counter) % 2 else token()) as load:
                end = time.monotonic() + SECONDS / 4
                while time.monotonic() < end:
                    for pool in ("token", "room"):
                        before = demo.workers(pool)
                        os.kill(before[0], signal.SIGTERM)
                        told += 1
                        wait_until(lambda: before[0] not in demo.workers(pool), "the worker goes")
                        wait_until(all_started, "another one starts")
            self.all_well(load)
            # They said goodbye, so they left by the front door, with status 0.
            wait_until(lambda: demo.log().count("event=stopped") == told, "a goodbye of each")
            self.assertNotIn("exited with exit code", demo.log())
            self.each_token_has_its_event(demo, load.answers)

    def test_a_restore_under_load_loses_no_event(self):
        with Demo() as demo:
            backup = os.path.join(demo.dir, "backup.db")
            demo.roomkey("db", "backup", backup)
            with Load(demo, requests(demo)) as load:
                for _ in range(2):
                    time.sleep(1.2)  # the kept file's name has the second in it
                    demo.roomkey("db", "restore", backup)
                time.sleep(0.5)
            self.all_well(load)
            stores = [os.path.join(demo.dir, name) for name in os.listdir(demo.dir)
                      if name == "roomkey.db" or name.startswith("roomkey.db.before-restore-")]
            self.assertEqual(len(stores), 3)
            events = set()
            for store in stores:
                with contextlib.closing(sqlite3.connect(store)) as file:
                    events.update(row[0] for row in file.execute(
                        "SELECT request_id FROM audit WHERE outcome = 'granted'"))
            tokens = {answer["X-Request-Id"] for answer in load.answers
                      if "access_token" in answer.json}
            self.assertGreater(len(tokens), 0)
            self.assertEqual(tokens - events, set(), "tokens left and their events are gone")
            demo.roomkey("audit", "verify")

    def test_both_pools_killed_at_once_are_back_by_themselves(self):
        with Demo() as demo:
            for _ in range(5):
                for pool in ("token", "room"):
                    for pid in demo.workers(pool):
                        os.kill(pid, signal.SIGKILL)
                self.given(demo.token())
                self.given(demo.get("/api/appointments/video-status/47/", SARAH))
