"""Guests: invited by a link, shown and put out again, by whoever may."""
import hashlib
import json
import unittest

import stores
from cases import each
from clinic import CANCELLED, IN_PERSON, JANE, MANAGER, SAM, SARAH, SERVICE
from guests_support import GUEST, GUESTS, TOKEN, WANTED, GuestCase, next_number
from load import at_once


class Invitations(GuestCase):
    def test_the_answer_has_the_code_this_once_and_the_store_its_digest(self):
        number = next_number()
        made = self.invite(number)
        self.assertEqual(set(made), {"guest_id", "code", "link", "name", "kind", "expires_at"})
        self.assertEqual((made["name"], made["kind"]), ("Ines Dolmetsch", "interpreter"))
        self.assertEqual(made["link"], f"https://app.clinic.example/guest/#{made['code']}")
        self.assertRegex(made["code"], r"^[A-Za-z0-9_-]{43}$")
        one, = self.listed(number)
        self.assertEqual((one["state"], one["last_used_at"]), ("invited", None))
        self.assertNotIn(made["code"], json.dumps(one))
        rows = stores.rows(self.demo, "SELECT * FROM guests")
        self.assertIn(hashlib.sha256(made["code"].encode()).hexdigest(), str(rows))
        self.assertNotIn(made["code"], str(rows))
        files = [file for file in self.demo.dir.rglob("*") if file.is_file()]
        self.assertFalse([file for file in files if made["code"].encode() in file.read_bytes()])

    def test_without_a_time_it_is_good_until_four_hours_after_the_end(self):
        number = next_number()
        seen = self.given(self.demo.get(f"/api/appointments/{number}/", SARAH))
        end = seen["session_end_time"]
        made = self.invite(number)["expires_at"]
        self.assertEqual(made[14:], end[14:])  # minutes and seconds
        self.assertEqual((int(made[11:13]) - int(end[11:13])) % 24, 4)
        later = "2099-01-01T00:00:00Z"
        self.assertEqual(self.invite(number, expires_at=later)["expires_at"], later)

    @each([("the patient", JANE), ("a stranger", SAM), ("the booking system", SERVICE)])
    def test_guests_are_not_for(self, user):
        number = next_number()
        guest = self.invite(number)["guest_id"]
        body = json.dumps(WANTED).encode()
        self.refused(self.demo.post(GUESTS.format(number), user, body=body), 403,
                     "permission_denied")
        self.refused(self.demo.get(GUESTS.format(number), user), 403, "permission_denied")
        for what in ("revoke", "unbind"):
            self.refused(self.demo.post(GUEST.format(number, guest, what), user), 403,
                         "permission_denied")
        self.assertEqual(self.listed(number, MANAGER)[0]["state"], "invited")

    @each([("no body", b""), ("a list", b"[]"), ("no name", b'{"kind": "other"}'),
           ("no kind", b'{"name": "A"}'), ("another kind", b'{"name": "A", "kind": "boss"}'),
           ("a name of blanks", b'{"name": "  ", "kind": "other"}'),
           ("two lines", b'{"name": "A\\nB", "kind": "other"}'),
           ("a name that is a number", b'{"name": 7, "kind": "other"}'),
           ("a time without offset", b'{"name": "A", "kind": "other", "expires_at": "2099-01-01T00:00:00"}'),
           ("a time that is over", b'{"name": "A", "kind": "other", "expires_at": "2020-01-01T00:00:00Z"}')])
    def test_an_invitation_is_refused_with(self, body):
        self.refused(self.demo.post(GUESTS.format(47), SARAH, body=body), 400, "bad_request")

    def test_the_order_of_refusals(self):
        self.refused(self.demo.post(GUESTS.format(999999), SARAH, body=b""), 404,
                     "appointment_not_found")
        self.refused(self.demo.post(GUESTS.format(CANCELLED), SARAH, body=b""), 409,
                     "appointment_closed")
        self.refused(self.demo.post(GUESTS.format(IN_PERSON), SARAH, body=b""), 400,
                     "not_telehealth")
        self.refused(self.demo.post(GUESTS.format(47), SARAH, body=b"x" * 5000), 413,
                     "payload_too_large")
        for path in (GUEST.format(47, "x", "revoke"), GUEST.format(47, "guest-1", "revoke"),
                     GUEST.format(47, 0, "unbind")):
            self.refused(self.demo.post(path, SARAH), 404, "not_found")
        self.refused(self.demo.post(GUEST.format(47, 10**9, "revoke"), SARAH), 404,
                     "guest_not_found")
        other = self.invite(next_number())["guest_id"]
        self.refused(self.demo.post(GUEST.format(47, other, "revoke"), SARAH), 404,
                     "guest_not_found")
        self.refused(self.demo.get(TOKEN), 405, "method_not_allowed")

    def test_eight_may_come_however_many_ask_at_once_and_one_less_makes_room(self):
        number = next_number()
        body = json.dumps(WANTED).encode()
        asked = self.demo.request("POST", GUESTS.format(number), SARAH, body=body)
        answers = at_once(16, lambda _: self.demo.raw(asked))
        self.assertEqual(sorted(one.status for one in answers), [201] * 8 + [409] * 8)
        full = self.demo.post(GUESTS.format(number), SARAH, body=body)
        self.refused(full, 409, "too_many_guests")
        guest = self.listed(number)[3]["guest_id"]
        self.given(self.demo.post(GUEST.format(number, guest, "revoke"), SARAH))
        self.invite(number)


class ByHand(GuestCase):
    def test_the_command_invites_lists_and_revokes(self):
        number = next_number()
        said = self.demo.roomkey("--json", "guest", "add", number, "--name", "Ines", "--kind",
                                 "relative")
        made = json.loads(said)
        self.given(self.enter(made["code"]))
        listed = json.loads(self.demo.roomkey("--json", "guest", "list", number))
        self.assertEqual((listed["guest_id"], listed["state"]), (made["guest_id"], "used"))
        self.demo.roomkey("guest", "revoke", made["guest_id"])
        self.refused(self.enter(made["code"]), 404, "guest_not_found")
        self.demo.roomkey("guest", "revoke", 10**9, status=1)


if __name__ == "__main__":
    unittest.main()
