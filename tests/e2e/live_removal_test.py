"""People put out of a room, and let in again."""
import itertools
import json

from cases import each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH, SERVICE
from live_support import (JANE_THERE, SARAH_THERE, LiveCase, next_room, next_roomless, room_of,
                          twilio)


class Removal(LiveCase):
    def call_token(self, number, user):
        body = json.dumps({"callId": room_of(number)}).encode()
        return self.demo.post("/api/video-call/token", user, body=body)

    def joins(self, number, user):
        return self.given(self.demo.get(f"/api/appointments/{number}/", user))["can_join"]

    def ways_in(self, number, user):
        return [self.demo.token(number, user),
                self.demo.get(f"/api/appointments/video-token-refresh/{number}/", user),
                self.call_token(number, user)]

    def is_out(self, number, user):
        for answer in self.ways_in(number, user):
            self.refused(answer, 403, "removed")
        self.assertIs(self.joins(number, user), False)

    def may_come(self, number, user):
        for answer in self.ways_in(number, user):
            self.given(answer)
        self.assertIs(self.joins(number, user), True)

    def put_out(self):
        """The paths on which Twilio was told to put somebody out, and those it heeded."""
        told = [one for one in twilio().seen("POST") if one["form"] == {"Status": "disconnected"}]
        return [one["path"] for one in told if one["status"] == 202]

    def test_who_is_put_out_gets_no_token_until_let_in_again(self):
        twilio().create(name := room_of(47))
        jane, sarah = twilio().join(name, JANE_THERE), twilio().join(name, SARAH_THERE)
        self.may_come(47, JANE)
        answer = self.change("remove", 47, JANE_THERE)
        self.assertEqual(self.given(answer), {
            "message": "Participant removed", "appointment_id": 47, "identity": JANE_THERE,
            "user_id": JANE, "at_provider": "removed"})
        self.assertEqual(len(self.put_out()), 1)
        self.assertEqual([twilio().status(one) for one in (jane, sarah)],
                         ["disconnected", "connected"])
        self.is_out(47, JANE)
        self.may_come(47, SARAH)
        self.given(self.demo.token(next_room(), JANE))  # of this appointment alone
        self.given(self.change("remove", 47, JANE_THERE))  # once more changes nothing

        self.assertEqual(self.given(self.change("readmit", 47, JANE_THERE)), {
            "message": "Participant readmitted", "appointment_id": 47, "identity": JANE_THERE,
            "user_id": JANE})
        self.may_come(47, JANE)
        self.given(self.change("readmit", 47, JANE_THERE))
        self.assertEqual(self.changes(47), [("participant_remove", SARAH, "user 2"),
                                            ("participant_readmit", SARAH, "user 2")])
        self.demo.roomkey("audit", "verify")

    @each([("the psychologist by identity", SARAH, False), ("the psychologist by SID", SARAH, True),
           ("the manager by identity", MANAGER, False), ("the manager by SID", MANAGER, True),
           ("the admin by identity", ADMIN, False), ("the admin by SID", ADMIN, True)])
    def test_may_be_done_by(self, user, by_sid):
        twilio().create(name := room_of(number := next_room()))
        jane = twilio().join(name, JANE_THERE)
        twilio().tell(plain_paths=True)  # as Twilio says of itself
        who = jane["sid"] if by_sid else JANE_THERE
        removed = self.given(self.change("remove", number, who, user))
        self.assertEqual((removed["identity"], removed["user_id"]), (JANE_THERE, JANE))
        self.assertEqual(twilio().status(jane), "disconnected")
        self.assertEqual([path.rsplit("/", 1)[1] for path in self.put_out()][:1], [jane["sid"]])
        self.refused(self.demo.token(number, JANE), 403, "removed")
        self.given(self.change("readmit", number, who, user))
        self.given(self.demo.token(number, JANE))
        self.assertEqual(self.changes(number), [("participant_remove", user, "user 2"),
                                                ("participant_readmit", user, "user 2")])

    @each([("himself", SARAH, SARAH_THERE), ("whom the office removed", ADMIN, JANE_THERE)])
    def test_a_psychologist_does_not_readmit(self, by, who):
        number = next_room()
        self.given(self.change("remove", number, who, by))
        self.refused(self.change("readmit", number, who), 403, "permission_denied")
        self.given(self.change("readmit", number, who, MANAGER))

    @each([("the patient", JANE), ("a stranger", SAM), ("a service", SERVICE)])
    def test_may_not_be_done_by(self, user):
        twilio().create(name := room_of(number := next_room()))
        sarah = twilio().join(name, SARAH_THERE)
        for what in ("remove", "readmit"):
            self.refused(self.change(what, number, SARAH_THERE, user), 403, "permission_denied")
        # Of this room: what other tests left to be done is done meanwhile.
        self.assertEqual((twilio().seen(part=name), twilio().status(sarah)), ([], "connected"))
        self.given(self.demo.token(number, SARAH))
        self.assertEqual(self.changes(number), [])

    def test_nobody_else_is_found(self):
        twilio().create(name := room_of(number := next_room()))
        twilio().join(name, "3-sam.stranger@example.com")
        self.status(number)
        self.assertEqual([one["path"].count("/") for one in twilio().seen("POST")], [5])  # put out
        others = ("3-sam.stranger@example.com", "2-jane@example.com", "02-jane.doe@example.com",
                  JANE_THERE.upper(), "2", "2-", "PA" + "0" * 32, "RM" + "0" * 32, "*", " ")
        for who, what in itertools.product(others, ("remove", "readmit")):
            with self.subTest(who=who, what=what):
                self.refused(self.change(what, number, who), 404, "participant_not_found")
        self.refused(self.change("remove", 999999, JANE_THERE), 404, "appointment_not_found")
        self.refused(self.change("remove", next_roomless(), JANE_THERE), 404, "room_not_found")
        self.assertEqual(len(twilio().seen("POST")), 1)

    def test_holds_for_who_was_never_there(self):
        number = next_room()  # of which Twilio knows nothing
        self.given(self.change("remove", number, JANE_THERE))
        self.is_out(number, JANE)
        self.given(self.change("readmit", number, JANE_THERE))
        self.may_come(number, JANE)
