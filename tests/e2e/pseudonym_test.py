"""ROOMKEY_IDENTITY=pseudonym: what goes to a provider names nobody, and people are found again."""
import base64
import functools
import hmac
import json
import re
import secrets
import unittest
from urllib.parse import urlencode

from callback_support import FORM, JANE_THERE, PARTICIPANT, ROUTE, STATUS, Session, signature_of
from cases import Case, each
from clinic import CONFIRMED, JANE, SARAH
from stacks import Demo, made_up_settings
from tokens import unb64
from workers import Worker

SECRET = secrets.token_hex(32)
CALLBACK = "https://video.clinic.example" + ROUTE
HOUSES = {"twilio": 15, "stream": 60, "livekit": 200, "jitsi": 300, "janus": CONFIRMED, "custom": 47}
TEMPLATE = {
    "algorithm": "HS256",
    "claims": {"exp": "{exp}", "room": "{room}", "who": "{identity}", "name": "{name}",
               "mail": "{email}", "id": "{user_id}", "both": "{user_id}/{email}"},
    "connect": {"room": "{room}", "display": "{name}"}}


def pseudonym(number, user, secret=SECRET):
    """As docs/configuration.md says that it is made."""
    who = f"roomkey identity v1\nappointment {number}\nuser {user}\n".encode()
    mac = hmac.new(secret.encode(), who, "sha256").digest()
    return "p-" + base64.b32encode(mac).decode().lower()[:26]


def settings(template, **changes):
    return {
        "ROOMKEY_IDENTITY": "pseudonym", "ROOMKEY_IDENTITY_SECRET": SECRET,
        "TWILIO_STATUS_CALLBACK_URL": CALLBACK,
        "LIVEKIT_URL": "wss://video.clinic.example", "LIVEKIT_API_KEY": "APIkey0047",
        "LIVEKIT_API_SECRET": secrets.token_urlsafe(32), "LIVEKIT_API_URL": "http://127.0.0.1:9",
        "JITSI_DOMAIN": "meet.clinic.example", "JITSI_APP_ID": "clinic",
        "JITSI_APP_SECRET": secrets.token_hex(32),
        "JANUS_URL": "wss://video.clinic.example/janus", "JANUS_API_URL": "http://127.0.0.1:9/janus",
        "JANUS_TOKEN_SECRET": secrets.token_hex(32), "JANUS_ADMIN_KEY": secrets.token_hex(32),
        "ROOMKEY_TOKEN_TEMPLATE_FILE": str(template), "ROOMKEY_TOKEN_KEY": secrets.token_hex(32),
    } | changes


@functools.cache
def worker():
    made = Worker()
    made.stop()
    (made.dir / "template.json").write_text(json.dumps(TEMPLATE))
    made.settings |= settings(made.dir / "template.json")
    for provider, number in HOUSES.items():
        made.roomkey("appointment", "set", number, "--provider", provider)
    (made.dir / "socket").unlink(missing_ok=True)
    made.start()
    return made


def said_in(answer):
    """All that a provider can read: header and claims of every token, and the rest as it is."""
    parts = [part for part in re.split(r'[".]', json.dumps(answer)) if part.startswith("eyJ")]
    return [json.loads(unb64(part)) for part in parts] + [answer["connect"], answer["user_identity"],
                                                          answer["room_name"]]


def leaves(value):
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    return [leaf for one in value for leaf in leaves(one)] if isinstance(value, list) else [value]


class Pseudonyms(Case):
    def get(self, path, user=JANE):
        return self.given(worker().get(path, user))

    def token(self, number, user=JANE, route="video-token"):
        return self.get(f"/api/appointments/{route}/{number}/", user)

    def tell(self, params):
        signature = signature_of(worker(), params, CALLBACK)
        self.given(worker().post(ROUTE, body=urlencode(params).encode(), CONTENT_TYPE=FORM,
                                 HTTP_X_TWILIO_SIGNATURE=signature))

    @each([(f"{route} at {provider}", provider, route) for provider in HOUSES
           for route in ("video-token", "video-token-refresh")])
    def test_no_token_of_any_provider_names_anybody(self, provider, route):
        number = HOUSES[provider]
        for user, mail, name in ((JANE, "jane.doe", "jane"), (SARAH, "dr.sarah", "sarah")):
            answer = self.token(number, user, route)
            self.assertEqual(answer["provider"], provider)
            self.assertEqual(answer["user_identity"], pseudonym(number, user))
            said = said_in(answer)
            if provider != "janus":  # whose tokens are no JWS
                self.assertGreater(len(said), 4, said)
                self.assertIn(pseudonym(number, user), leaves(said))
            for leaf in leaves(said):
                self.assertNotIn(leaf, (user, str(user), f"user_{user}"))
                for word in (mail, "example.com", name):
                    self.assertNotIn(word, str(leaf).lower())
                self.assertIsNone(re.match(rf"(user_)?{user}[-_/]", str(leaf)), leaf)

    def test_one_person_is_another_in_each_appointment_and_always_the_same_in_one(self):
        seen = [self.token(number, user)["user_identity"] for number in HOUSES.values()
                for user in (JANE, SARAH)]
        self.assertEqual(len(set(seen)), 2 * len(HOUSES))
        self.assertEqual(seen, [self.token(number, user)["user_identity"]
                                for number in HOUSES.values() for user in (JANE, SARAH)])

    def test_stream_s_own_routes_name_nobody(self):
        number = HOUSES["stream"]
        room = self.token(number)["room_name"]
        hidden = pseudonym(number, JANE)
        for path in ("/api/video-call/token/", "/api/video-call/"):
            for more in ({}, {"userId": "2"}, {"userId": hidden}):
                answer = self.given(worker().post(path, JANE, body=json.dumps(
                    {"callId": room} | more).encode()))
                self.assertEqual(answer["userId"], hidden)
                self.assertNotIn("jane", json.dumps(answer).lower())
            refused = worker().post(path, JANE, body=json.dumps(
                {"callId": room, "userId": pseudonym(number, SARAH)}).encode())
            self.refused(refused, 403, "permission_denied")

    def test_callbacks_status_and_removal_find_the_person_again(self):
        number = HOUSES["twilio"]
        session, hidden = Session(number), pseudonym(number, JANE)
        session.room = self.token(number)["room_name"]
        self.tell(session.event(0, "room-created", 0))
        self.tell(session.person(1, "connected", 5, hidden, "a"))
        status = self.get(STATUS.format(number), SARAH)
        self.assertEqual([(one["identity"], one["user_id"], one["role"])
                          for one in status["participants"]], [(hidden, JANE, "patient")])
        self.assertEqual((status["patient_connected"], status["psychologist_connected"]),
                         (True, False))
        one = self.get(PARTICIPANT.format(number, hidden), SARAH)
        self.assertEqual((one["user_id"], one["role"]), (JANE, "patient"))
        for who in (hidden, "PA" + "a" * 32, JANE_THERE):
            path = PARTICIPANT.format(number, who)
            removed = self.given(worker().post(path + "remove/", SARAH))
            self.assertEqual((removed["identity"], removed["user_id"]), (hidden, JANE))
            self.refused(worker().token(number), 403, "removed")
            self.given(worker().post(path + "readmit/", SARAH))
            self.token(number)

    def test_check_says_so_and_inspect_warns_of_a_token_that_names_somebody(self):
        said = worker().roomkey("check", "--offline")
        self.assertIn("[OK] People have pseudonyms at the providers", said)
        self.assertIn("[OK] A token for Twilio was made and taken apart", said)
        self.assertNotIn(SECRET, said)
        token = self.token(HOUSES["twilio"])["access_token"]
        self.assertNotIn("names its holder", worker().roomkey("inspect", token))
        with Worker() as by_address:
            token = self.given(by_address.token())["access_token"]
            said = by_address.roomkey("inspect", token, ROOMKEY_IDENTITY="pseudonym",
                                      ROOMKEY_IDENTITY_SECRET=SECRET)
        self.assertIn("The token names its holder", said)

    def test_the_log_holds_no_secret_and_the_audit_knows_who_it_was(self):
        self.token(HOUSES["twilio"])
        self.assertNotIn(SECRET, worker().log())
        self.assertEqual(worker().granted("--user", JANE)[-1]["user_id"], JANE)


class AChangedSecret(Case):
    def test_people_are_found_by_the_one_before_and_without_it_are_nobody(self):
        new = secrets.token_hex(32)
        with Worker(ROOMKEY_IDENTITY="pseudonym", ROOMKEY_IDENTITY_SECRET=new,
                    ROOMKEY_IDENTITY_PREVIOUS_SECRET=SECRET,
                    TWILIO_STATUS_CALLBACK_URL=CALLBACK) as changed:
            session = Session(47)
            for params in (session.event(0, "room-created", 0),
                           session.person(1, "connected", 5, pseudonym(47, JANE), "a")):
                self.given(changed.post(
                    ROUTE, body=urlencode(params).encode(), CONTENT_TYPE=FORM,
                    HTTP_X_TWILIO_SIGNATURE=signature_of(changed, params, CALLBACK)))
            self.assertEqual(self.given(changed.token())["user_identity"],
                             pseudonym(47, JANE, new))
            self.assertTrue(self.status(changed)["patient_connected"])
            changed.stop()
            (changed.dir / "socket").unlink(missing_ok=True)
            del changed.settings["ROOMKEY_IDENTITY_PREVIOUS_SECRET"]
            changed.start()
            status = self.status(changed)
            self.assertFalse(status["patient_connected"])
            self.assertEqual((status["participants"][0]["user_id"],
                              status["participants"][0]["role"]), (None, None))
            path = PARTICIPANT.format(47, pseudonym(47, JANE)) + "remove/"
            self.refused(changed.post(path, SARAH), 404, "participant_not_found")

    def status(self, changed):
        return self.given(changed.get(STATUS.format(47), SARAH))


class AtNginx(Case):
    def test_the_whole_house_runs_with_pseudonyms(self):
        with Demo(made_up_settings(ROOMKEY_IDENTITY="pseudonym",
                                   ROOMKEY_IDENTITY_SECRET=SECRET)) as demo:
            answer = self.given(demo.token())
            self.assertEqual(answer["user_identity"], pseudonym(47, JANE))
            self.assertEqual(self.given(demo.get(STATUS.format(47), JANE))["status"], "pending")


if __name__ == "__main__":
    unittest.main()
