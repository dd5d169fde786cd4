"""What becomes of it all while Twilio is away, slow or out of its mind."""
import itertools
import threading

from cases import each
from clinic import JANE, SARAH
from live_support import (JANE_THERE, LONGEST, STATUS, LiveCase, later, next_room, room_of, timed,
                          twilio)
from load import at_once

FAULTS = [
    ("answers with 500", {"mode": "status", "status": 500}),
    ("has had too many requests", {"mode": "status", "status": 429}),
    ("answers with HTML", {"mode": "raw", "body": "<html>Bad gateway</html>"}),
    ("answers with nothing", {"mode": "raw", "body": ""}),
    ("lies about the account", {"mode": "lying", "changes": {"account_sid": "AC" + "0" * 32}}),
    ("is away", {"mode": "away"}),
    ("is slow", {"mode": "slow", "seconds": 20}),
]


class Faults(LiveCase):
    @each(FAULTS)
    def test_status_tokens_and_removal_do_without_twilio_when_it(self, fault):
        untold, told = next_room(), next_room()
        twilio().create(name := room_of(told))
        jane = twilio().join(name, JANE_THERE)
        self.assertTrue(self.status(told)["patient_connected"])
        before = len(twilio().seen())
        twilio().tell(fault=fault)
        done = threading.Event()
        tokens = []

        def take_tokens(_):
            for user in itertools.cycle((JANE, SARAH)):
                tokens.append(timed(lambda: self.demo.token(untold, user)))
                if done.wait(0.1):
                    return
        taker = threading.Thread(target=take_tokens, args=(0,))
        taker.start()
        try:
            (status, spent), (removal, took) = at_once(2, lambda i: timed(
                lambda: self.change("remove", told, JANE_THERE) if i else
                self.demo.get(STATUS.format(untold), JANE)))
        finally:
            done.set()
            taker.join()
        seen = self.given(status)
        self.assertEqual((seen["status"], seen["room_sid"], seen["source"]),
                         ("pending", None, "store"))
        self.assertLess(spent, LONGEST)
        self.assertEqual({answer.status for answer, _ in tokens}, {200})
        self.assertLess(max(took for _, took in tokens), 1)

        self.assertEqual(self.given(removal)["at_provider"], "pending")
        self.assertLess(took, LONGEST)
        self.assertEqual(self.changes(told), [("participant_remove", SARAH, "user 2")])
        self.refused(self.demo.token(told, JANE), 403, "removed")
        self.assertEqual(twilio().status(jane), "connected")
        if fault["mode"] != "away":  # then Twilio was asked, and the fault alone kept it
            self.assertEqual(twilio().questions(untold), 1)
            self.assertGreater(len(twilio().seen()), before + 1)
        if fault["mode"] != "slow":
            later(self.demo, told)
            kept = self.status(told, SARAH)  # what was known last, of which Twilio denies nothing
            self.assertEqual((kept["status"], kept["patient_connected"]), ("in-progress", True))

    def test_slow_about_who_is_there_it_is_not_waited_for_twice(self):
        twilio().create(room_of(number := next_room()))
        twilio().tell(fault={"mode": "slow", "seconds": 20, "path": "/Participants"})
        seen, spent = timed(lambda: self.status(number))
        self.assertEqual(seen["source"], "store")
        self.assertLess(spent, LONGEST)
