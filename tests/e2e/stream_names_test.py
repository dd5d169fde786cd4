"""Whom a body of Stream's routes may name: its caller, and nobody else."""
from cases import each
from clinic import ADMIN, JANE, SAM, SARAH, SERVICE
from stream_support import (CALL, TOKEN, ZOE, ZOES, StreamCase, ask, get_token, room, sentence,
                            stream_demo)

OWN = {
    JANE: ["2", "user_2", "2-jane.doe@example.com", "user_2-jane_doe@example_com",
           "jane.doe@example.com", "jane_doe@example_com"],
    ZOE: ["8", "user_8", "8-Zo\u00eb.M@Example.com", "user_8-zo__m@example_com",
          "Zo\u00eb.M@Example.com", "zo__m@example_com"],
}
OTHERS = [
    "19", "user_19", "19-dr.sarah@example.com", "user_19-dr_sarah@example_com",
    "dr.sarah@example.com", "dr_sarah@example_com", "3", "user_3", "999", "user_999",
    # the caller's own, but for a letter
    "USER_2", "User_2", "2-Jane.Doe@example.com", "2-JANE.DOE@EXAMPLE.COM", "JANE.DOE@EXAMPLE.COM",
    "Jane.Doe@example.com", "USER_2-jane_doe@example_com", "Jane_Doe@example_com",
    "", " ", " 2", "2 ", "\t2", "2\n", "user_2 ", " user_2", "jane.doe@example.com ",
    "02", "+2", "-2", "2.0", "2e0", "0x2", "22", "user_22", "user_02", "user_", "user_user_2",
    "user-2", "2-", "-jane.doe@example.com", "19-jane.doe@example.com", "2-dr.sarah@example.com",
    "user_19-jane_doe@example_com", "3-jane.doe@example.com", "02-jane.doe@example.com",
    "user_2-jane.doe@example.com", "2-jane_doe@example_com", "jane_doe@example.com",
    "jane.doe@example_com", "jane-doe@example.com", "jane.doe@example", "jane", "Jane Doe",
    "null", "*", "%", "2'--", "2,19", "2;19", "../2",
    # what looks like them
    "\uff12", "user_\uff12", "user\uff3f2", "us\u0435r_2", "\u0662", "\u00b2",
    "jane.doe\uff20example.com", "jane\u3002doe@example.com", "j\u0430ne.doe@example.com",
    "jane.d\u00f6e@example.com", "\u200b2", "2\u200b", "2\u00a0", "\ufeff2", "\u202euser_2",
    "\u0000", "2\u0000", "\u00002", "user_2\u0000", "user_2\u000019", "jane.doe@example.com\u0000",
    "2" * 40, "user_" + "2" * 300, "user_2" + " " * 4000, "x" * 4000,
]


class Names(StreamCase):
    @each((sentence(name), user, name) for user, names in OWN.items() for name in names)
    def test_an_own_name_is_taken(self, user, name):
        number = {JANE: 47, ZOE: ZOES}[user]
        for call_id in (None, room(number)):
            body = {"userId": name} | ({"callId": call_id} if call_id else {})
            answer = self.given(get_token(stream_demo(), user, body))
            self.assertEqual(answer["userId"], f"user_{user}")
            self.assertEqual(self.opened(answer["token"])["user_id"], f"user_{user}")
        answer = self.given(ask(stream_demo(), "POST", CALL, user, body))
        self.assertEqual((answer["userId"], answer["user"]["id"]), (f"user_{user}",) * 2)

    def test_an_own_id_may_be_a_number(self):
        for body in ({"userId": JANE}, {"userId": JANE, "callId": room(47)}):
            answer = self.given(get_token(stream_demo(), JANE, body))
            self.assertEqual(answer["userId"], f"user_{JANE}")
            self.refused(get_token(stream_demo(), JANE, body | {"userId": SARAH}), 403,
                         "permission_denied")
        self.assertEqual(self.given(ask(stream_demo(), "POST", CALL, JANE, body))["userId"],
                         f"user_{JANE}")

    @each((f"number {n}: {sentence(name)}", name) for n, name in enumerate(OTHERS))
    def test_nobody_gets_anything_as(self, name):
        for path, call_id in ((TOKEN, {}), (TOKEN, {"callId": room(47)}),
                              (CALL, {"callId": room(47)})):
            answer = ask(stream_demo(), "POST", path, JANE, {"userId": name} | call_id)
            self.refused(answer, 403, "permission_denied", "Permission denied")

    @each((sentence(name), name) for name in OWN[JANE])
    def test_janes_names_are_nobody_elses(self, name):
        for user in (SARAH, SAM, ADMIN, SERVICE):
            answer = get_token(stream_demo(), user, {"userId": name})
            self.refused(answer, 403, "permission_denied")

    def test_other_members_of_the_body_name_nobody(self):
        for member in ("user_id", "userid", "UserId", "userId ", "id", "user", "userId\u0000"):
            answer = self.given(get_token(stream_demo(), JANE, {member: "19"}))
            self.assertEqual(answer["userId"], "user_2")

    def test_a_name_given_twice_is_not_heard(self):
        for body in (rb'{"userId": "2", "user\u0049d": "19"}', b'{"userId": "19", "userId": "2"}'):
            self.bad(get_token(stream_demo(), JANE, body))
