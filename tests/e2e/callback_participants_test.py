"""What video-participants and video-participant make of Twilio's callbacks."""
from urllib.parse import quote

from callback_support import (JANE_THERE, PARTICIPANT, PARTICIPANTS, SARAH_THERE, STATUS, UNTOLD,
                              CallbackCase, Session, demo_with, next_number, person, tell_all)
from cases import each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH, SERVICE, STAYS_ROOMLESS


class Participants(CallbackCase):
    @classmethod
    def setUpClass(cls):
        """Jane was lost and is back, Sarah is there."""
        cls.session = Session(next_number())
        tell_all(demo_with(), *cls.session.story()[:9])
        cls.lost, cls.sarah, cls.back = (person("a", JANE_THERE, 5, 605, 600),
                                         person("b", SARAH_THERE, 60),
                                         person("c", JANE_THERE, 660))

    def ask(self, user=JANE, query="", demo=None):
        return self.demo.get(PARTICIPANTS.format(self.session.number) + query, user)

    def one(self, who, user=JANE):
        return self.demo.get(PARTICIPANT.format(self.session.number, who), user)

    def test_the_answer_is_exact(self):
        body = self.given(self.ask())
        self.assertEqual(list(body.items()), [
            ("appointment_id", self.session.number), ("room_name", self.session.room),
            ("room_sid", self.session.sid), ("room_status", "in-progress"),
            ("participants_count", 3), ("participants", [self.lost, self.sarah, self.back]),
            ("filter", None)])
        self.assertEqual(list(body["participants"][0]), list(self.lost))

    def test_before_anyone_came_it_is_empty(self):
        body = self.given(self.demo.get(PARTICIPANTS.format(UNTOLD), JANE))
        self.assertEqual((body["room_sid"], body["room_status"], body["participants_count"],
                          body["participants"]), (None, "pending", 0, []))

    def test_the_filter_chooses(self):
        for word, wanted in (("connected", [self.sarah, self.back]), ("disconnected", [self.lost]),
                             ("reconnecting", [])):
            with self.subTest(word):
                body = self.given(self.ask(query=f"?_t=1763138954000&status={word}"))
                self.assertEqual((body["filter"], body["participants_count"], body["participants"]),
                                 (word, len(wanted), wanted))

    @each((query, query) for query in ("status=gone", "status=", "status=Connected",
                                       "status=connected&status=connected", "status=%ff"))
    def test_it_is_400_with_the_filter(self, query):
        self.refused(self.ask(query="?" + query), 400, "bad_request")

    @each((who, user, may) for who, user, may in (
        ("patient", JANE, True), ("psychologist", SARAH, True), ("manager", MANAGER, True),
        ("admin", ADMIN, True), ("stranger", SAM, False), ("service", SERVICE, False)))
    def test_they_may_be_seen_or_not_by_the(self, user, may):
        for answer in (self.ask(user), self.one(JANE_THERE, user), self.one("nobody", user)):
            if not may:
                self.refused(answer, 403, "permission_denied", "Permission denied")
            elif answer.status != 200:
                self.refused(answer, 404, "participant_not_found", "Participant not found")

    def test_the_status_of_a_told_session_is_still_for_its_people_only(self):
        for user in (ADMIN, MANAGER, SAM, SERVICE):
            self.refused(self.demo.get(STATUS.format(self.session.number), user), 403,
                         "permission_denied")

    def test_without_a_bearer_token_it_is_401(self):
        for answer in (self.ask(None), self.one(JANE_THERE, None)):
            self.refused(answer, 401, "authentication_required")

    def test_without_such_an_appointment_or_room_it_is_404(self):
        for number, code in ((9999, "appointment_not_found"), (STAYS_ROOMLESS, "room_not_found")):
            for path in (PARTICIPANTS.format(number), PARTICIPANT.format(number, JANE_THERE)):
                self.refused(self.demo.get(path, JANE), 404, code)

    def test_one_is_found_by_identity_the_last_of_that_name(self):
        for who in (JANE_THERE, JANE_THERE.replace("@", "%40"), quote(JANE_THERE, safe=""),
                    "".join(f"%{ord(c):02X}" for c in JANE_THERE)):
            with self.subTest(who):
                self.assertEqual(self.given(self.one(who)), self.back)
        self.assertEqual(self.given(self.one(SARAH_THERE)), self.sarah)

    def test_one_is_found_by_sid(self):
        for wanted in (self.lost, self.sarah, self.back):
            self.assertEqual(self.given(self.one(wanted["sid"])), wanted)

    @each((who, who) for who in ("PA" + "f" * 32, "jane.doe@example.com", "2", "2-jane",
                                 JANE_THERE.upper(), JANE_THERE + "%20", "%FF", "'", "%25"))
    def test_there_is_no_participant(self, who):
        self.refused(self.one(who), 404, "participant_not_found", "Participant not found")

    def test_paths_of_another_shape_are_no_routes(self):
        for path in (PARTICIPANT.format(self.session.number, ""),
                     PARTICIPANT.format(self.session.number, JANE_THERE) + "x/",
                     PARTICIPANT.format("047", JANE_THERE), PARTICIPANTS.format("x"),
                     PARTICIPANT.format(self.session.number, "a%2Fb")):
            with self.subTest(path):
                self.refused(self.demo.get(path, JANE), 404, "not_found")

    def test_the_final_slash_may_be_missing_and_other_methods_are_405(self):
        for path in (PARTICIPANTS.format(self.session.number),
                     PARTICIPANT.format(self.session.number, JANE_THERE)):
            self.assertEqual(self.given(self.demo.get(path[:-1], JANE)),
                             self.given(self.demo.get(path, JANE)))
            for method in ("POST", "PUT", "DELETE"):
                answer = self.demo.ask(method, path, JANE)
                self.refused(answer, 405, "method_not_allowed")
                self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS")
