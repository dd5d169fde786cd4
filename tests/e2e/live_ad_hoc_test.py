"""Rooms that the first who comes makes, and who Twilio says is there."""
import calendar
import threading
import time

import stores
from clinic import ADMIN, JANE, SARAH
from live_support import (JANE_THERE, PARTICIPANTS, PAUSE, SARAH_THERE, STATUS, LiveCase, later,
                          next_room, next_roomless, room_of, twilio)
from load import Load, at_once
from support import PATIENCE


class AdHoc(LiveCase):
    def test_no_room_is_made(self):
        answer = self.room(next_roomless())
        self.assertEqual((answer.status, answer.json["room_sid"], answer.json["status"]),
                         (201, None, "pending"))
        seen = self.status(next_room())
        self.assertEqual((seen["status"], seen["source"]), ("pending", "store"))
        self.assertEqual(twilio().seen("POST"), [])

    def test_the_status_is_what_twilio_says(self):
        made = twilio().create(name := room_of(number := next_room()))
        gone = twilio().join(name, JANE_THERE, "disconnected")
        there = twilio().join(name, JANE_THERE)
        lost = twilio().join(name, SARAH_THERE, "disconnected")
        seen = self.status(number)
        known = {"room_sid": made["sid"], "status": "in-progress", "source": "provider",
                 "participants_count": 1, "created_at": made["date_created"], "duration": None,
                 "patient_connected": True, "psychologist_connected": False}
        self.assertEqual(seen, seen | known)
        as_of = calendar.timegm(time.strptime(seen["as_of"], "%Y-%m-%dT%H:%M:%SZ"))
        self.assertLess(abs(time.time() - as_of), PATIENCE)
        people = {one["sid"]: one for one in seen["participants"]}
        self.assertEqual(people[there["sid"]], {
            "sid": there["sid"], "identity": JANE_THERE, "user_id": JANE, "role": "patient",
            "status": "connected", "duration": None,
            "connected_at": there["start_time"], "disconnected_at": None})
        self.assertEqual(people[lost["sid"]], {
            "sid": lost["sid"], "identity": SARAH_THERE, "user_id": SARAH, "role": "psychologist",
            "status": "disconnected", "duration": 0,
            "connected_at": lost["start_time"], "disconnected_at": lost["end_time"]})
        self.assertEqual(set(people), {gone["sid"], there["sid"], lost["sid"]})

        twilio().join(name, SARAH_THERE)
        self.assertFalse(self.status(number)["psychologist_connected"])  # asked a moment ago
        later(self.demo, number)
        self.assertTrue(self.status(number, SARAH)["psychologist_connected"])
        listed = self.given(self.demo.get(PARTICIPANTS.format(number) + "?status=connected", ADMIN))
        self.assertEqual([one["identity"] for one in listed["participants"]],
                         [JANE_THERE, SARAH_THERE])

    def test_who_is_about_to_come_back_is_told_as_reconnecting_and_not_connected(self):
        twilio().create(name := room_of(number := next_room()))
        twilio().join(name, JANE_THERE, "reconnecting")
        twilio().join(name, SARAH_THERE)
        seen = self.status(number)
        self.assertEqual({one["identity"]: one["status"] for one in seen["participants"]},
                         {JANE_THERE: "reconnecting", SARAH_THERE: "connected"})
        self.assertEqual((seen["participants_count"], seen["patient_connected"],
                          seen["psychologist_connected"]), (1, False, True))

    def test_a_room_that_ended_is_completed_after_the_next_question(self):
        made = twilio().create(name := room_of(number := next_room()))
        twilio().join(name, JANE_THERE)
        self.assertEqual(self.status(number)["status"], "in-progress")
        twilio().tell(end=made["sid"])
        self.assertEqual(self.status(number)["status"], "in-progress")
        later(self.demo, number)
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["participants_count"],
                          seen["patient_connected"]), (made["sid"], "completed", 0, False))
        self.assertIsInstance(seen["duration"], int)
        self.assertEqual([one["status"] for one in seen["participants"]], ["disconnected"])

    def test_40_who_poll_at_once_cost_one_question_in_5_seconds(self):
        number = next_room()
        twilio().create(room_of(number))
        time.sleep(1 - (time.time() + 0.05) % 1)  # over the change of a second
        answers = at_once(40, lambda i: self.demo.get(STATUS.format(number), [JANE, SARAH][i % 2]))
        self.assertEqual([a for a in answers if isinstance(a, Exception) or a.status != 200], [])
        self.assertEqual(twilio().questions(number), 1)
        started = time.monotonic()
        with Load(self.demo, lambda: self.demo.request("GET", STATUS.format(number), JANE)) as load:
            while twilio().questions(number) < 2 and time.monotonic() - started < 8:
                time.sleep(0.1)
            # The pause is counted in whole seconds, so up to one is lost.
            self.assertGreater(time.monotonic() - started, PAUSE - 1.5)
            self.assertEqual(twilio().questions(number), 2)
        self.assertEqual(load.faults, [])
        self.assertEqual({answer.status for answer in load.answers}, {200})

    def test_who_came_a_second_earlier_and_had_to_wait_does_not_ask_again(self):
        asked = []
        for _ in range(3):
            twilio().create(room_of(number := next_room()))
            polls = [threading.Thread(target=self.status, args=(number,)) for _ in range(2)]
            time.sleep(1.7 - time.time() % 1)
            with stores.held(self.demo):  # both wait for their turn, one since long
                polls[0].start()
                time.sleep(0.4)
                polls[1].start()
                time.sleep(0.2)
            for poll in polls:
                poll.join()
            asked.append(twilio().questions(number))
        self.assertEqual(asked, [1, 1, 1])
