"""Guests at the door: the code and the device that it is bound to, and what they are told."""
import json
import unittest

import stores
from cases import each
from clinic import ADMIN, JANE, MANAGER, SAM, SARAH
from guests_support import GUEST, TOKEN, GuestCase, next_number
from load import at_once
from stacks import Demo, made_up_settings
from support import wait_until
from tokens import opened


class AtTheDoor(GuestCase):
    def test_a_guest_gets_the_answer_of_video_token_under_a_name_of_his_own(self):
        number = next_number()
        made = self.invite(number)
        answer = self.given(self.enter(made["code"]))
        jane = self.given(self.demo.token(number))
        self.assertEqual(set(answer), set(jane) | {"device"})
        for same in ("room_name", "appointment_id", "provider", "connect", "region"):
            self.assertEqual(answer[same], jane[same])
        self.assertEqual(answer["user_identity"], f"guest-{made['guest_id']}")
        claims = opened(answer["access_token"], self.demo.settings["TWILIO_API_SECRET"])[1]
        self.assertEqual(claims["grants"], {"identity": f"guest-{made['guest_id']}",
                                            "video": {"room": answer["room_name"]}})
        self.assertNotIn("example.com", json.dumps(answer))
        one, = self.listed(number)
        self.assertEqual(one["state"], "used")
        self.assertIsNotNone(one["last_used_at"])
        event = self.demo.granted("--appointment", number)[0]
        self.assertEqual((event["action"], event["user_id"], event["reason"],
                          event["expires_at"], event["outcome"]),
                         ("guest_token", None, f"guest {made['guest_id']}",
                          answer["expires_at"], "granted"))

    def test_the_first_token_binds_the_code_and_unbind_frees_it(self):
        number = next_number()
        made = self.invite(number)
        device = self.given(self.enter(made["code"], device="chosen-by-the-client"))["device"]
        self.assertNotEqual(device, "chosen-by-the-client")
        again = self.given(self.enter(made["code"], device=device))
        self.assertNotIn("device", again)
        for more in ({}, {"device": ""}, {"device": None}, {"device": device[:-1]},
                     {"device": "chosen-by-the-client"}, {"device": made["code"]}):
            self.refused(self.enter(made["code"], **more), 403, "guest_elsewhere",
                         "This link is in use on another device")
        self.given(self.demo.post(GUEST.format(number, made["guest_id"], "unbind"), ADMIN))
        new = self.given(self.enter(made["code"]))["device"]
        self.assertNotEqual(new, device)
        self.refused(self.enter(made["code"], device=device), 403, "guest_elsewhere")

    def test_of_many_who_come_first_at_once_one_gets_in(self):
        code = self.invite(next_number())["code"]
        asked = self.demo.request("POST", TOKEN, body=json.dumps({"code": code}).encode())
        answers = at_once(12, lambda _: self.demo.raw(asked))
        self.assertEqual(sorted(one.status for one in answers), [200] + [403] * 11)

    def test_what_is_no_code_is_one_and_the_same_answer_and_no_event(self):
        number = next_number()
        revoked, expiring = self.invite(number), self.invite(number)
        self.given(self.demo.post(GUEST.format(number, revoked["guest_id"], "revoke"), SARAH))
        stores.change(self.demo, "UPDATE guests SET expires_at = 1 WHERE id = ?", expiring["guest_id"])
        before = len(self.demo.events())
        answers = [self.enter(code) for code in
                   (revoked["code"], expiring["code"], "", "x", revoked["code"][:-1], "x" * 3000,
                    "\u00e9" * 43, "' OR 1=1 --")]
        for answer in answers:
            self.refused(answer, 404, "guest_not_found", "Guest not found")
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.assertEqual(len(self.demo.events()), before)
        self.assertEqual([one["state"] for one in self.listed(number)], ["revoked", "expired"])

    @each([("none", b""), ("no object", b"[]"), ("no code", b"{}"), ("a number", b'{"code": 1}'),
           ("a device that is a number", b'{"code": "x", "device": 1}'), ("no JSON", b"code=x")])
    def test_a_body_that_is(self, body):
        self.refused(self.demo.post(TOKEN, body=body), 400, "bad_request")

    def test_the_appointment_s_state_and_people_count(self):
        number = next_number()
        first, second = self.invite(number), self.invite(number)
        device = self.given(self.enter(first["code"]))["device"]
        self.demo.roomkey("appointment", "set", number, "--status", "cancelled")
        self.refused(self.enter(first["code"], device=device), 409, "appointment_closed")
        refused = [event for event in self.demo.events("--appointment", number)
                   if event["outcome"] == "refused"]
        self.assertEqual([(one["action"], one["reason"]) for one in refused],
                         [("guest_token", f"guest {first['guest_id']}: appointment_closed")])
        self.demo.roomkey("appointment", "set", number, "--status", "scheduled")
        self.given(self.enter(first["code"], device=device))
        self.demo.roomkey("appointment", "set", number, "--patient", SAM)
        for one in (first, second):  # who was invited to Jane's session does not come to Sam's
            self.refused(self.enter(one["code"], device=device), 404, "guest_not_found")

    def test_revoked_is_out_from_this_moment_on(self):
        number, made, device = self.entered()
        path = GUEST.format(number, made["guest_id"], "revoke")
        for _ in range(2):
            answer = self.given(self.demo.post(path, MANAGER))
            self.assertEqual((answer["guest_id"], answer["state"]), (made["guest_id"], "revoked"))
        self.refused(self.enter(made["code"], device=device), 404, "guest_not_found")
        self.assertEqual([event["action"] for event in self.demo.events("--appointment", number)],
                         ["guest_add", "guest_token", "guest_revoke"])

    def test_no_log_and_no_audit_holds_a_code_or_device(self):
        number, made, device = self.entered()
        self.enter(made["code"])
        self.demo.get(f"{TOKEN}?code={made['code']}")
        self.demo.post(TOKEN + made["code"], body=b"{}")
        self.demo.post(TOKEN, body=json.dumps({"code": made["code"], "device": 1}).encode(),
                       headers={"Referer": f"https://app.clinic.example/guest/{made['code']}"})
        wait_until(lambda: "guest_token" in (self.demo.dir / "log/token.log").read_text(), "a line")
        said = self.demo.roomkey("--json", "audit", "export") + "".join(
            file.read_text(errors="replace") for file in (self.demo.dir / "log").iterdir()
            if file.name != "nginx-access.log")
        for secret in (made["code"], device):
            self.assertNotIn(secret, said)


class Limits(GuestCase):
    def test_who_tries_codes_is_held_up_by_address_and_nobody_else_is(self):
        with Demo(made_up_settings(), rate_limit="on") as demo:
            answers = [self.enter("x" * 43, demo) for _ in range(120)]
            self.assertEqual(answers[0].status, 404)
            held = [one for one in answers if one.status == 429]
            self.assertGreater(len(held), 20)
            self.refused(held[0], 429, "rate_limited")
            self.given(demo.token())


class WithPseudonyms(GuestCase):
    def test_a_guest_has_a_pseudonym_as_well(self):
        with Demo(made_up_settings(ROOMKEY_IDENTITY="pseudonym",
                                   ROOMKEY_IDENTITY_SECRET="k" * 40)) as demo:
            made = self.invite(47, demo=demo)
            answer = self.given(self.enter(made["code"], demo))
            self.assertRegex(answer["user_identity"], r"^p-[a-z2-7]{26}$")
            self.assertNotIn("Ines", json.dumps(answer))


class AtTheWaitingRoom(GuestCase):
    def test_a_guest_waits_is_shown_let_in_and_denied(self):
        with Demo(made_up_settings(ROOMKEY_WAITING_ROOM="admit")) as demo:
            made = self.invite(47, demo=demo)
            waits = self.enter(made["code"], demo)
            self.assertEqual((waits.status, waits.code), (403, "waiting"))
            path = "/api/appointments/video-waiting/47/"
            one, = (one for one in self.given(demo.get(path, SARAH))["waiting"]
                    if "guest_id" in one)  # the demo's Jane waits as well
            self.assertEqual((one["guest_id"], one["name"], one["here"]),
                             (made["guest_id"], "Ines Dolmetsch", True))
            who = f"{path}guest-{made['guest_id']}"
            let_in = self.given(demo.post(f"{who}/admit/", SARAH))
            self.assertEqual(let_in, {"appointment_id": 47, "guest_id": made["guest_id"],
                                      "state": "admitted"})
            device = self.given(self.enter(made["code"], demo))["device"]
            self.given(demo.post(f"{who}/deny/", SARAH))
            denied = self.enter(made["code"], demo, device=device)
            self.refused(denied, 403, "denied")
            self.refused(demo.post(f"{path}guest-999/admit/", SARAH), 404,
                         "participant_not_found")
            events = [(one["action"], one["reason"]) for one in demo.events("--appointment", 47)
                      if one["user_id"] != JANE]
            guest = f"guest {made['guest_id']}"
            self.assertEqual(events, [("guest_add", guest), ("guest_token", f"{guest}: waiting"),
                                      ("visitor_admit", guest), ("guest_token", guest),
                                      ("visitor_deny", guest), ("guest_token", f"{guest}: denied"),
                                      ("visitor_admit", "participant_not_found")])


if __name__ == "__main__":
    unittest.main()
