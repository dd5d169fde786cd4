"""Rooms that roomkey makes at Twilio."""
import json
import time

from clinic import ADMIN, CANCELLED, JANE, MANAGER, SAM, SARAH, SERVICE, appointment
from live_support import (CALLBACK, LONGEST, PAUSE, ROOM, LiveCase, as_of_earlier, later, next_room, next_roomless,
                          rest_demo, room_of, settings, timed, twilio)
from load import at_once
from workers import Worker


def creations():
    return [one["form"] for one in twilio().seen("POST") if one["path"] == "/v1/Rooms"]


class RestRooms(LiveCase):
    @staticmethod
    def make_demo():
        return rest_demo()

    def test_are_made_for_two_at_once_and_as_configured(self):
        answer = self.room(number := next_roomless())
        self.assertEqual(answer.status, 201, answer)
        name = answer.json["room_name"]
        [form] = creations()
        self.assertEqual(form, {
            "UniqueName": name, "Type": "group", "MaxParticipants": "2", "EmptyRoomTimeout": "15",
            "UnusedRoomTimeout": "30", "MediaRegion": "au1", "StatusCallback": CALLBACK,
            "StatusCallbackMethod": "POST"})
        [made] = twilio().rooms(name)
        self.assertEqual((answer.json["room_sid"], answer.json["status"]),
                         (made["sid"], "in-progress"))
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["source"]),
                         (made["sid"], "in-progress", "provider"))
        again = self.room(number, JANE)
        self.assertEqual((again.status, again.json["room_sid"]), (200, made["sid"]))
        self.assertEqual(len(creations()), 1)

    def test_are_made_with_the_token_for_who_only_booked(self):
        number = next_roomless()
        put = json.dumps({"patient_id": JANE, "psychologist_id": SARAH, "duration_minutes": 60,
                          "appointment_date": "2030-01-01T09:00:00Z"}).encode()
        answer = self.demo.ask("PUT", f"/api/appointments/{number}/", SERVICE, body=put)
        self.assertEqual((answer.status, creations()), (200, []))
        jane = self.given(self.demo.token(number, JANE))
        [form] = creations()
        self.assertEqual(form["UniqueName"], jane["room_name"])
        refresh = f"/api/appointments/video-token-refresh/{number}/"
        for answer in (self.demo.get(refresh, SARAH), self.demo.post(refresh, SARAH)):
            self.assertEqual(self.given(answer)["room_name"], jane["room_name"])
        self.assertEqual(len(creations()), 1)
        tokens = [e["action"] for e in self.demo.granted("--appointment", number)]
        self.assertEqual(tokens, ["video_room", "video_token"] + ["video_token_refresh"] * 2)
        self.refused(self.demo.token(number, SAM), 403, "permission_denied")

    def test_a_token_is_given_though_twilio_is_away(self):
        self.room(number := next_roomless())
        later(self.demo, number, 60)
        twilio().tell(fault={"mode": "away"})
        self.given(self.demo.token(number, JANE))

    def test_leave_region_and_callback_to_twilio_where_there_are_none(self):
        without = settings(TWILIO_ROOMS="rest", TWILIO_MEDIA_REGION=None)
        with Worker(**without) as worker:
            worker.fill({"appointments": [appointment(701, room=False)]})
            self.assertEqual(worker.post(ROOM.format(701), JANE).json["status"], "in-progress")
        [form] = creations()
        self.assertEqual(set(form), {"UniqueName", "Type", "MaxParticipants", "EmptyRoomTimeout",
                                     "UnusedRoomTimeout"})

    def test_16_at_once_make_one(self):
        number = next_roomless()
        answers = at_once(16, lambda i: self.room(number, [JANE, SARAH, MANAGER, ADMIN][i % 4]))
        faults = [answer for answer in answers if isinstance(answer, Exception)]
        self.assertEqual(faults, [])
        self.assertEqual(sorted(answer.status for answer in answers), [200] * 15 + [201])
        self.assertEqual(len({answer.json["room_name"] for answer in answers}), 1)
        self.assertEqual(len(creations()), 1)
        [made] = twilio().rooms(answers[0].json["room_name"])
        told = {answer.json["room_sid"] for answer in answers} - {None}
        self.assertEqual(told, {made["sid"]})

    def test_the_room_that_is_there_already_will_do(self):
        made = twilio().create(room_of(number := next_room()))
        answer = self.room(number)  # 53113, Room exists
        self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                         (200, made["sid"], "in-progress"))
        self.assertEqual([one["status"] for one in twilio().seen()], [400, 200])

    def test_are_made_by_whoever_asks_once_twilio_is_back(self):
        numbers = [next_roomless(), next_roomless()]
        twilio().tell(fault={"mode": "away"})
        for number in numbers:
            answer, spent = timed(lambda: self.room(number))
            self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                             (201, None, "pending"))
            self.assertLess(spent, LONGEST)
            self.given(self.demo.token(number))
        twilio().tell(fault=None)
        for number in numbers:
            self.assertEqual(self.status(number)["status"], "pending")  # asked a moment ago
        time.sleep(PAUSE + 0.5)
        self.assertEqual(self.status(numbers[0])["status"], "in-progress")
        self.assertEqual(self.room(numbers[1]).json["status"], "in-progress")
        self.assertEqual(len(creations()), 2)

    def test_are_made_again_when_the_session_is_over(self):
        first = self.room(number := next_roomless()).json
        twilio().tell(end=first["room_sid"])
        later(self.demo, number)
        as_of_earlier(self.demo, number)
        self.assertEqual(self.status(number)["status"], "completed")
        later(self.demo, number)
        second = self.room(number).json
        self.assertEqual((second["room_name"], second["status"]),
                         (first["room_name"], "in-progress"))
        self.assertNotEqual(second["room_sid"], first["room_sid"])

    def test_are_not_made_for_a_closed_appointment_by_looking_at_it(self):
        self.assertEqual(self.status(CANCELLED)["status"], "pending")
        self.assertEqual(creations(), [])

    def test_a_status_takes_no_longer_for_them_while_twilio_is_slow(self):
        twilio().tell(fault={"mode": "slow", "seconds": 20})
        seen, spent = timed(lambda: self.status(next_room()))
        self.assertEqual((seen["status"], seen["source"]), ("pending", "store"))
        self.assertLess(spent, LONGEST)
