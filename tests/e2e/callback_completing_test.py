"""An appointment that is completed when its room ends."""
import random

from callback_support import (JANE_THERE, NINE, SARAH_THERE, CallbackCase, Session, completing_demo,
                              delivery, next_number, tell, tell_all)
from cases import each
from clinic import CANCELLED, JANE, SARAH


class Completing(CallbackCase):
    """ROOMKEY_COMPLETE_ON_ROOM_END=on"""
    demo = property(lambda self: completing_demo())

    def appointment_status(self, number):
        return self.given(self.demo.get(f"/api/appointments/{number}/", JANE))["status"]

    def changed(self, number):
        return [event for event in self.demo.events("--appointment", number)
                if event["action"] == "room_ended"]

    def stays_open(self, number):
        self.assertEqual((self.appointment_status(number), self.changed(number)), ("scheduled", []))
        self.given(self.demo.token(number))

    def test_an_ended_room_in_which_both_were_completes_the_appointment(self):
        session = Session(next_number())
        *events, ended = session.story()
        tell_all(self.demo, *events)
        self.stays_open(session.number)
        answer = tell(self.demo, ended)
        self.given(answer)
        self.assertEqual(self.appointment_status(session.number), "completed")
        [event] = self.changed(session.number)
        self.assertEqual(
            [event[key] for key in ("outcome", "user_id", "request_id", "reason", "expires_at")],
            ["changed", None, answer["X-Request-Id"], None, None])
        for user in (JANE, SARAH):
            for route in ("video-token", "video-token-refresh"):
                self.refused(self.demo.get(f"/api/appointments/{route}/{session.number}/", user),
                             409, "appointment_closed", "Appointment is completed")
        self.assertEqual(self.status(session)["status"], "completed")
        tell_all(self.demo, *session.story())
        self.assertEqual(len(self.changed(session.number)), 1)
        self.demo.roomkey("audit", "verify")

    def test_in_any_order_from_8_it_is_completed_once(self):
        session = Session(next_number())
        events = session.story() * 8
        random.shuffle(events)
        self.deliver([delivery(self.demo, params) for params in events])
        self.assertEqual(self.appointment_status(session.number), "completed")
        self.assertEqual(len(self.changed(session.number)), 1)

    @each((who, who, keep) for who, keep in (("the patient", JANE_THERE),
                                             ("the psychologist", SARAH_THERE), ("nobody", None)))
    def test_an_ended_room_is_not_enough_where_there_was_only(self, who, keep):
        session = Session(next_number())
        tell_all(self.demo, *(params for params in session.story()
                              if params.get("ParticipantIdentity", keep) == keep))
        self.assertEqual(self.status(session)["status"], "completed")
        self.stays_open(session.number)

    def test_who_is_told_of_after_the_end_counts_too(self):
        session = Session(next_number())
        events = session.story()
        late = [params for params in events if params.get("ParticipantIdentity") == SARAH_THERE]
        tell_all(self.demo, *(params for params in events if params not in late))
        self.stays_open(session.number)
        tell_all(self.demo, late[1])
        self.assertEqual(self.appointment_status(session.number), "completed")

    def test_the_end_of_an_older_session_is_no_end(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        *events, ended = first.story()
        tell_all(self.demo, *events, *second.story()[:5], ended)
        self.assertEqual(self.status(number)["room_sid"], second.sid)
        self.stays_open(number)

    def test_a_straggler_of_an_older_session_does_not_close_what_was_opened_again(self):
        number = next_number()
        first, second = Session(number), Session(number, NINE + 7200)
        tell_all(self.demo, *first.story()[:9], *second.story())
        self.assertEqual(self.appointment_status(number), "completed")
        self.demo.roomkey("appointment", "set", number, "--status", "confirmed")
        tell_all(self.demo, *first.story())
        self.assertEqual(self.appointment_status(number), "confirmed")
        self.assertEqual(len(self.changed(number)), 1)
        self.given(self.demo.token(number))

    def test_a_cancelled_appointment_stays_cancelled(self):
        session = Session(CANCELLED)
        tell_all(self.demo, *session.story())
        self.assertEqual(self.status(session)["status"], "completed")
        self.assertEqual((self.appointment_status(CANCELLED), self.changed(CANCELLED)),
                         ("cancelled", []))

    def test_a_forged_end_completes_nothing(self):
        session = Session(next_number())
        *events, ended = session.story()
        tell_all(self.demo, *events)
        self.refused(tell(self.demo, ended, signature="A" * 27 + "="), 403, "bad_signature")
        self.stays_open(session.number)
