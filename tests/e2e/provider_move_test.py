"""Appointments that go on at another provider, by the route and by the command."""
import json
import unittest

from cases import each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH, SERVICE
from live_support import JANE_THERE, LiveCase, next_room, room_of, twilio
from support import wait_until


class Moves(LiveCase):
    def move(self, number, user, provider="stream", **options):
        body = options.pop("body", json.dumps({"provider": provider}).encode())
        return self.demo.post(f"/api/appointments/video-provider/{number}/", user, body=body,
                              **options)

    def call_token(self, call, user):
        return self.demo.post("/api/video-call/token", user,
                              body=json.dumps({"callId": call}).encode())

    def test_both_meet_at_the_second_provider_and_who_kept_the_old_token_meets_nobody(self):
        number = next_room()
        old = room_of(number)
        twilio().create(old)
        jane = twilio().join(old, JANE_THERE)
        self.assertEqual(self.given(self.demo.token(number, JANE))["provider"], "twilio")
        twilio().tell(fault={"mode": "away"})
        moved = self.given(self.move(number, SARAH))
        self.assertEqual((moved["appointment_id"], moved["provider"]), (number, "stream"))
        tokens = [self.given(self.demo.token(number, user)) for user in (JANE, SARAH)]
        for token in tokens:
            self.assertEqual((token["provider"], token["room_name"], token["connect"]["call_id"]),
                             ("stream", moved["room_name"], moved["room_name"]))
        self.assertNotEqual(moved["room_name"], old)
        self.refused(self.call_token(old, JANE), 404, "appointment_not_found")
        twilio().tell(fault=None)
        wait_until(lambda: twilio().rooms(old)[0]["status"] == "completed", "the old room ends", 20)
        self.assertEqual(twilio().status(jane), "disconnected")
        self.assertEqual(self.given(self.move(number, ADMIN)), moved)  # once more changes nothing
        self.assertEqual([(one["action"], one["user_id"]) for one in
                          self.demo.events("--appointment", number)
                          if one["outcome"] == "changed"], [("video_provider", SARAH)])

    @each([("the patient", JANE), ("a stranger", SAM), ("the booking system", SERVICE)])
    def test_a_move_is_not_for(self, user):
        number = next_room()
        self.refused(self.move(number, user), 403, "permission_denied")
        self.assertEqual(self.given(self.demo.token(number))["room_name"], room_of(number))

    def test_a_move_names_a_provider_that_is_there(self):
        number = next_room()
        for body in (b"", b"[]", b"{}", b'{"provider": 1}', b'{"provider": "zoom"}', b"x" * 4000):
            self.refused(self.move(number, MANAGER, body=body), 400, "bad_request")
        self.refused(self.move(number, MANAGER, body=b"x" * 5000), 413, "payload_too_large")
        self.assertEqual(self.given(self.demo.token(number))["provider"], "twilio")

    def test_the_command_moves_what_is_open_and_new_rooms_stay(self):
        number = next_room()
        self.demo.roomkey("appointment", "set", number, "--provider", "stream")
        token = self.given(self.demo.token(number))
        self.assertEqual(token["provider"], "stream")
        self.demo.roomkey("appointment", "set", number, "--provider", "twilio")
        again = self.given(self.demo.token(number))
        self.assertEqual(again["provider"], "twilio")
        self.assertEqual(len({token["room_name"], again["room_name"], room_of(number)}), 3)


if __name__ == "__main__":
    unittest.main()
