"""Stream's tokens: what stands in them, and how long they are valid."""
import json
import time

import jwt

from cases import each
from clinic import ADMIN, CONFIRMED, JANE, MANAGER, MOST_ID, SAM, SARAH, SERVICE, utc
from stream_support import (CALL, FITTING, TOKEN, ZOE, ZOES, StreamCase, ask, get_token, more,
                            room, stream_demo, stream_worker)

PEOPLE = [("the patient", JANE), ("the psychologist", SARAH), ("a person not in ASCII", ZOE)]
WITHOUT_CALLS = [("a patient without any call", SAM), ("the admin", ADMIN),
                 ("the manager", MANAGER), ("the person with the highest id", MOST_ID)]


class Tokens(StreamCase):
    def check(self, answer, user, seconds, before, cids, stack=None):
        body = self.given(answer)
        self.assertEqual(list(body), ["token", "userId", "expires_in", "expires_at"])
        claims = self.opened(body["token"], stack)
        self.assertLessEqual(before, claims["iat"] + 5)
        self.assertLessEqual(claims["iat"] + 5, time.time())
        wanted = {"user_id": f"user_{user}", "iat": claims["iat"], "exp": claims["iat"] + seconds}
        if cids == "its own":
            cids = claims["call_cids"]
        self.assertEqual(claims, wanted if cids is None else wanted | {"call_cids": cids})
        self.assertEqual({key: type(claims[key]) for key in ("iat", "exp")},
                         {"iat": int, "exp": int})
        self.assertEqual(body, {"token": body["token"], "userId": f"user_{user}",
                                "expires_in": seconds, "expires_at": utc(claims["exp"])})

    @each(PEOPLE)
    def test_without_a_call_it_is_for_those_that_can_be_joined_now_by(self, user):
        before = int(time.time())
        answer = get_token(stream_demo(), user)
        self.check(answer, user, 3600, before, "its own")
        cids = self.opened(answer.json["token"])["call_cids"]
        self.assertEqual(len(set(cids)), len(cids))
        self.assertLessEqual(len(cids), 20)
        for cid in cids:
            self.given(get_token(stream_demo(), user, {"callId": cid.removeprefix("default:")}))

    @each([*WITHOUT_CALLS, ("a service", SERVICE)])
    def test_without_anything_to_join_there_is_none_for(self, user):
        answer = get_token(stream_demo(), user)
        self.refused(answer, 403, "no_open_appointment", "No appointment to join")

    def test_where_the_clinic_wants_it_it_is_for_no_call_in_particular(self):
        with stream_worker(STREAM_UNBOUND_TOKENS="on") as worker:
            worker.fill(more())
            for _, user in PEOPLE + WITHOUT_CALLS:
                before = int(time.time())
                self.check(get_token(worker, user), user, 3600, before, None, worker)
            self.refused(get_token(worker, SERVICE), 403, "permission_denied")
            answer = get_token(worker, JANE, {"callId": room(47)})
            self.check(answer, JANE, 5400, before, [f"default:{room(47)}"], worker)
            self.assertIn("event=lax_setting variable=STREAM_UNBOUND_TOKENS", worker.log())

    @each([("the patient", JANE), ("the psychologist", SARAH)])
    def test_for_the_call_of_an_appointment_for(self, user):
        before = int(time.time())
        answer = get_token(stream_demo(), user, {"callId": room(47)})
        self.check(answer, user, 5400, before, [f"default:{room(47)}"])

    def test_for_a_confirmed_appointment_too(self):
        before = int(time.time())
        answer = get_token(stream_demo(), SARAH, {"callId": room(CONFIRMED)})
        self.check(answer, SARAH, 5400, before, [f"default:{room(CONFIRMED)}"])

    @each([(name, name) for name in ("default", "audio_room", "Interview-2_b", "_", "0", FITTING)])
    def test_the_call_type_stands_in_the_token(self, call_type):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": room(47), "callType": call_type})
        self.check(answer, JANE, 5400, before, [f"{call_type}:{room(47)}"])

    def test_a_call_type_without_a_call_is_that_of_all_calls(self):
        before = int(time.time())
        answer = get_token(stream_demo(), ZOE, {"callType": "livestream"})
        self.check(answer, ZOE, 3600, before, [f"livestream:{room(ZOES)}"])

    def test_the_longest_call_id_and_call_type_fit(self):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": FITTING, "callType": FITTING})
        self.check(answer, JANE, 5400, before, [f"{FITTING}:{FITTING}"])

    def test_the_highest_appointment_id_has_a_call_as_well(self):
        before = int(time.time())
        answer = get_token(stream_demo(), SARAH, {"callId": room(MOST_ID)})
        self.check(answer, SARAH, 5400, before, [f"default:{room(MOST_ID)}"])

    @each([(f"{minutes} minutes", minutes, valid)
           for minutes, valid in ((15, 60), (60, 90), (200, 230), (300, 240))])
    def test_for_a_call_it_is_valid_as_long_as_the_appointment_needs(self, minutes, valid):
        before = int(time.time())
        answer = get_token(stream_demo(), JANE, {"callId": room(minutes)})
        self.check(answer, JANE, valid * 60, before, [f"default:{room(minutes)}"])

    @each((minutes, minutes) for minutes in ("1", "7", "1440"))
    def test_the_validity_without_a_call_is_configured(self, minutes):
        with stream_worker(STREAM_TOKEN_MINUTES=minutes) as worker:
            before = int(time.time())
            self.check(get_token(worker), JANE, 60 * int(minutes), before, "its own", worker)
            answer = get_token(worker, SARAH, {"callId": room(60)})
            self.check(answer, SARAH, 5400, before, [f"default:{room(60)}"], worker)

    def test_both_participants_get_other_ids_and_tokens(self):
        jane, sarah = (self.given(get_token(stream_demo(), user, {"callId": room(47)}))
                       for user in (JANE, SARAH))
        self.assertEqual((jane["userId"], sarah["userId"]), ("user_2", "user_19"))
        self.assertNotEqual(jane["token"], sarah["token"])
        self.assertEqual(*(self.opened(answer["token"])["call_cids"] for answer in (jane, sarah)))

    def test_no_other_secret_opens_it(self):
        token = self.given(get_token(stream_demo()))["token"]
        for name in ("ROOMKEY_JWT_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"):
            with self.subTest(name), self.assertRaises(jwt.InvalidSignatureError):
                jwt.decode(token, stream_demo().settings[name], algorithms=["HS256"])

    def test_it_is_no_bearer_token_even_where_both_secrets_are_one(self):
        for changes in ({}, {"STREAM_API_SECRET": "f" * 64, "ROOMKEY_JWT_SECRET": "f" * 64}):
            with self.subTest(changes), stream_worker(**changes) as worker:
                token = self.given(get_token(worker))["token"]
                answer = worker.post(TOKEN, token=token, body=b"{}")
                self.refused(answer, 401, "invalid_token")

    def test_with_and_without_the_final_slash_and_with_a_query_it_is_the_same(self):
        for path in (TOKEN, TOKEN + "/", TOKEN + "?_t=1763138954000", TOKEN + "/?callId=x&callId="):
            answer = ask(stream_demo(), "POST", path, JANE, {"callId": room(47)})
            self.assertEqual(self.opened(self.given(answer)["token"])["call_cids"],
                             [f"default:{room(47)}"])
        for path in (CALL, CALL + "/", CALL + "/?_t=1763138954000&callId=x"):
            answer = ask(stream_demo(), "POST", path, JANE, {"callId": room(47)})
            self.assertEqual(self.given(answer)["callId"], room(47))

    def test_a_chunked_body_is_a_body(self):
        demo = stream_demo()
        body = json.dumps({"callId": room(47)}).encode()
        answer = demo.raw(demo.request("POST", TOKEN, JANE, headers={
            "Content-Length": None, "Transfer-Encoding": "chunked"}) +
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        self.assertEqual(self.opened(self.given(answer)["token"])["call_cids"],
                         [f"default:{room(47)}"])
