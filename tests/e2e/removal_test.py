"""Who was removed and comes back with a token from before: put out again, at Twilio's stand-in."""
import time

from callback_support import Session, tell
from clinic import JANE, SARAH
from live_support import (JANE_THERE, SARAH_THERE, LiveCase, later, next_room, rest_demo, room_of,
                          twilio)
from support import wait_until


class Removed(LiveCase):
    @staticmethod
    def make_demo():
        return rest_demo()

    def setUp(self):
        super().setUp()
        self.number = next_room()
        made = twilio().create(room_of(self.number))
        self.session = Session(self.number, int(time.time()))
        self.session.sid = made["sid"]
        self.sequence = 0
        self.told("room-created")

    def told(self, event, **more):
        params = self.session.event(self.sequence, event, 0, **more)
        self.sequence += 1
        answer = tell(self.demo, params)
        self.assertEqual((answer.status, answer.json["status"]), (200, "received"))

    def comes(self, identity):
        """Somebody comes in, and Twilio tells of it."""
        there = twilio().join(room_of(self.number), identity)
        self.told("participant-connected", ParticipantIdentity=identity,
                  ParticipantSid=there["sid"])
        return there

    def put(self, what):
        self.given(self.change(what, self.number, JANE_THERE))

    def test_is_put_out_again_when_twilio_tells_of_it(self):
        sarah = self.comes(SARAH_THERE)
        self.assertEqual(twilio().status(first := self.comes(JANE_THERE)), "connected")
        self.put("remove")
        self.assertEqual(twilio().status(first), "disconnected")
        self.assertEqual(twilio().status(self.comes(JANE_THERE)), "disconnected")
        self.assertEqual(twilio().status(sarah), "connected")
        self.assertIn(f"event=eviction appointment_id={self.number} why=removed", self.demo.log())
        self.put("readmit")
        self.assertEqual(twilio().status(self.comes(JANE_THERE)), "connected")

    def test_is_put_out_without_anybody_asking_where_twilio_was_away_then(self):
        there = self.comes(JANE_THERE)
        twilio().tell(fault={"mode": "away"})
        self.assertEqual(self.given(self.change("remove", self.number, JANE_THERE))["at_provider"],
                         "pending")
        self.assertEqual(self.demo.token(self.number).code, "removed")
        twilio().tell(fault=None)
        wait_until(lambda: twilio().status(there) == "disconnected", "Jane to be put out")

    def test_is_put_out_with_all_others_where_the_appointment_is_cancelled(self):
        jane, sarah = self.comes(JANE_THERE), self.comes(SARAH_THERE)
        self.demo.roomkey("appointment", "set", self.number, "--status", "cancelled")
        wait_until(lambda: twilio().status(jane) == "disconnected", "the room to end")
        self.assertEqual(twilio().status(sarah), "disconnected")
        self.assertEqual(twilio().rooms(room_of(self.number))[0]["status"], "completed")

    def test_is_put_out_by_the_next_status_where_twilio_was_away_then(self):
        self.put("remove")
        back = twilio().join(room_of(self.number), JANE_THERE)
        twilio().tell(fault={"mode": "status", "status": 500})
        self.told("participant-connected", ParticipantIdentity=JANE_THERE,
                  ParticipantSid=back["sid"])
        self.assertEqual(twilio().status(back), "connected")
        wait_until(lambda: f"event=eviction_failed appointment_id={self.number}" in self.demo.log(),
                   "a warning")
        twilio().tell(fault=None)
        later(self.demo, self.number)
        seen = self.status(self.number, SARAH)
        self.assertEqual((seen["source"], seen["patient_connected"]), ("provider", False))
        self.assertEqual(twilio().status(back), "disconnected")

    def test_is_shown_by_the_command_and_gets_no_token(self):
        def shown():
            return self.demo.roomkey("appointment", "show", self.number)
        self.assertNotIn("removed", shown())
        self.put("remove")
        self.assertIn(f"\tremoved {JANE}\n", shown())
        self.assertIn(f'"removed":[{JANE}]',
                      self.demo.roomkey("--json", "appointment", "show", self.number))
        self.assertEqual(self.demo.token(self.number).code, "removed")
        self.put("readmit")
        self.assertNotIn("removed", shown())
        self.given(self.demo.token(self.number))
