"""What video-status makes of callbacks in order, out of order, repeated and shuffled."""
import random
import secrets

from callback_support import (JANE_THERE, NINE, PARTICIPANT, PARTICIPANTS, SARAH_THERE, UNTOLD,
                              CallbackCase, Session, delivery, kept, next_number, person, tell_all,
                              whole_store)
from cases import each
from clinic import JANE, SARAH, utc


class InOrder(CallbackCase):
    def test_a_session_told_in_order_is_what_both_see(self):
        session = Session(next_number())
        jane, sarah = person("a", JANE_THERE, 5), person("b", SARAH_THERE, 60)
        lost = person("a", JANE_THERE, 5, 605, 600)
        back = person("c", JANE_THERE, 660)
        sarah_left = person("b", SARAH_THERE, 60, 3000, 2940)
        back_left = person("c", JANE_THERE, 660, 3010, 2350)
        # After event: people in the room's order, how many are there, Jane, Sarah, as of.
        wanted = [([], 0, False, False, 0), ([jane], 1, True, False, 5), None, None,
                  ([jane, sarah], 2, True, True, 60), None, None,
                  ([lost, sarah], 1, False, True, 605),
                  ([lost, sarah, back], 2, True, True, 660), None,
                  ([lost, sarah_left, back], 1, True, False, 3000),
                  ([lost, sarah_left, back_left], 0, False, False, 3010),
                  ([lost, sarah_left, back_left], 0, False, False, 3020)]
        before = self.status(session)
        self.assertEqual((before["status"], before["source"], before["room_sid"]),
                         ("pending", "store", None))
        self.assertEqual(len(session.story()), len(wanted))
        for number, (params, state) in enumerate(zip(session.story(), wanted)):
            tell_all(self.demo, params)
            if state is not None:  # None: of a track, nothing changes
                people, count, patient, psychologist, as_of = state
            over = params["StatusCallbackEvent"] == "room-ended"
            with self.subTest(number):
                for user in (JANE, SARAH):
                    self.assertEqual(self.status(session, user), {
                        "appointment_id": session.number, "room_name": session.room,
                        "room_sid": session.sid, "status": "completed" if over else "in-progress",
                        "participants_count": count, "participants": people,
                        "duration": 3020 if over else None, "created_at": utc(NINE),
                        "region": "au1", "patient_connected": patient,
                        "psychologist_connected": psychologist, "source": "callback",
                        "as_of": utc(NINE + as_of)})
        self.assertEqual(kept(self.demo, session)[0], [(12,)])
        self.assertEqual(len(kept(self.demo, session)[1]), 8)

    def test_it_speaks_of_its_own_appointment_only(self):
        session = Session(next_number())
        other = self.status(UNTOLD)
        tell_all(self.demo, *session.story()[:5])
        self.assertEqual(self.status(UNTOLD), other)
        self.assertEqual(other["status"], "pending")

    def test_off_by_default_an_ended_room_closes_no_appointment(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        self.given(self.demo.token(session.number))
        self.assertEqual(self.demo.events("--appointment", session.number)[0]["action"],
                         "video_token")

    def test_it_was_the_room_pool_that_did_it(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story()[:2])
        for path in (PARTICIPANTS.format(session.number),
                     PARTICIPANT.format(session.number, JANE_THERE)):
            self.given(self.demo.get(path, JANE))
        token, room = ((self.demo.dir / "log" / f"{pool}.log").read_text()
                       for pool in ("token", "room"))
        for name in ("twilio_status_callback", "video_participants", "video_participant"):
            self.assertIn(f"route={name} ", room)
            self.assertNotIn(f"route={name} ", token)
        self.assertRegex(room, f"appointment_id={session.number} route=twilio_status_callback")


class OutOfOrder(CallbackCase):
    def ordered(self):
        """A session told in order, once: what all others must come to."""
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        return kept(self.demo, session), self.without_names(session)

    def test_200_shuffled_and_repeated_deliveries_from_8_end_as_one_told_in_order(self):
        wanted = self.ordered()
        for _ in range(3):
            session, seed = Session(next_number()), secrets.randbits(32)
            events = session.story()
            deliveries = [events[i % len(events)] for i in range(200)]
            random.Random(seed).shuffle(deliveries)
            with self.subTest(seed=seed):
                self.deliver([delivery(self.demo, params) for params in deliveries])
                self.assertEqual((kept(self.demo, session), self.without_names(session)), wanted)

    def test_told_backwards_it_ends_the_same(self):
        wanted = self.ordered()
        session = Session(next_number())
        tell_all(self.demo, *reversed(session.story()))
        self.assertEqual((kept(self.demo, session), self.without_names(session)), wanted)

    def test_a_second_delivery_changes_nothing(self):
        session = Session(next_number())
        tell_all(self.demo, *session.story())
        before = whole_store(self.demo)
        tell_all(self.demo, *session.story())
        self.assertEqual(whole_store(self.demo), before)

    def test_an_older_event_that_comes_late_does_not_undo_a_newer_one(self):
        session = Session(next_number())
        events = session.story()
        tell_all(self.demo, events[0], events[7])  # Jane has left; that she came is still to come
        left = self.status(session)
        self.assertEqual(left["participants"], [person("a", JANE_THERE, 5, 605, 600)])
        tell_all(self.demo, events[1])
        self.assertEqual(self.status(session), left)

    def test_a_new_room_sid_is_a_new_session_and_the_newest_counts(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *first.story())
        self.assertEqual(self.status(number)["status"], "completed")
        tell_all(self.demo, *second.story()[:2])
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["created_at"], seen["duration"]),
                         (second.sid, "in-progress", utc(NINE + 7200), None))
        self.assertEqual(seen["participants"], [person("a", JANE_THERE, 5, start=NINE + 7200)])
        self.assertTrue(seen["patient_connected"])
        tell_all(self.demo, *first.story(), first.person(13, "connected", 3021, SARAH_THERE, "d"))
        self.assertEqual(self.status(number), seen)
        self.refused(self.demo.get(PARTICIPANT.format(number, SARAH_THERE), JANE), 404,
                     "participant_not_found")

    def test_an_older_session_that_is_told_last_does_not_take_over(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *second.story()[:5])
        seen = self.status(number)
        tell_all(self.demo, *first.story())
        self.assertEqual(self.status(number), seen)
        self.assertEqual(seen["room_sid"], second.sid)

    def test_two_sessions_shuffled_together_end_with_the_newest(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        events = (first.story() + second.story()[:9]) * 4
        random.shuffle(events)
        self.deliver([delivery(self.demo, params) for params in events])
        seen = self.status(number)
        self.assertEqual((seen["room_sid"], seen["status"], seen["participants_count"]),
                         (second.sid, "in-progress", 2))

    @each((("an earlier number", 4, [person("b", SARAH_THERE, 60, 3020, 2960)]),
           ("a later number", 13, [])))
    def test_a_completed_session_is_not_revived_by_a_straggler_with(self, sequence, sarah):
        session = Session(next_number())
        events = session.story()
        tell_all(self.demo, *events[:2], events[12])
        before = self.status(session)
        self.assertEqual((before["status"], before["participants_count"]), ("completed", 0))
        tell_all(self.demo, session.person(sequence, "connected", 60, SARAH_THERE, "b"),
                 session.track(20, "added", 70), session.event(0, "room-created", 0))
        after = self.status(session)
        self.assertEqual((after["status"], after["duration"], after["participants_count"],
                          after["patient_connected"], after["psychologist_connected"]),
                         ("completed", 3020, 0, False, False))
        self.assertEqual(after["participants"], [person("a", JANE_THERE, 5, 3020, 3015)] + sarah)
        connected = self.demo.get(PARTICIPANTS.format(session.number) + "?status=connected", JANE)
        self.assertEqual(self.given(connected)["participants"], [])
