"""A token on its way to the browser: fields, claims, validity."""
import re
import time

from cases import Case, each
from clinic import FRESH, JANE, SAM, SARAH, utc
from stacks import shared_demo
from support import BROWSER, ORIGIN
from tokens import opened
from workers import Worker

FIELDS = ["access_token", "room_name", "user_identity", "expires_in", "expires_at",
          "appointment_id", "appointment_duration_minutes", "token_valid_until", "region",
          "provider", "connect"]
ROUTES = [("video_token", "video-token"), ("video_token_refresh", "video-token-refresh")]


def browser_get(path, user):
    query = f"?_t={int(time.time() * 1000)}"
    return shared_demo().get(path + query, user, headers=BROWSER)


class Tokens(Case):
    def open(self, answer):
        return opened(answer["access_token"], shared_demo().settings["TWILIO_API_SECRET"])

    def test_a_browser_gets_exactly_the_fields_of_the_contract(self):
        answer = browser_get("/api/appointments/video-token/60/", JANE)
        body = self.given(answer)
        self.assertEqual(list(body), FIELDS)
        self.assertEqual(answer.all("Access-Control-Allow-Origin"), [ORIGIN])
        self.assertEqual(body["room_name"], "apt-60-1763138954-46eb915c")
        self.assertEqual(body["user_identity"], "2-jane.doe@example.com")
        self.assertEqual((body["appointment_id"], body["appointment_duration_minutes"]), (60, 60))
        self.assertEqual((body["token_valid_until"], body["expires_in"]),
                         ("90 minutes (1 hours)", 5400))
        self.assertEqual(body["region"], "au1")
        self.assertEqual(body["provider"], "twilio")
        self.assertEqual(body["connect"], {"room": body["room_name"], "region": "au1"})

    def test_patient_and_psychologist_get_one_room_and_two_tokens(self):
        jane, sarah = (self.given(shared_demo().token(60, user)) for user in (JANE, SARAH))
        self.assertEqual(jane["room_name"], sarah["room_name"])
        self.assertNotEqual(jane["access_token"], sarah["access_token"])
        self.assertEqual(sarah["user_identity"], "19-dr.sarah@example.com")
        for answer in (jane, sarah):
            _, claims = self.open(answer)
            self.assertEqual(claims["grants"], {"identity": answer["user_identity"],
                                                "video": {"room": answer["room_name"]}})

    def test_header_and_claims_are_exact(self):
        before = int(time.time())
        answer = self.given(shared_demo().token(60))
        header, claims = self.open(answer)
        settings = shared_demo().settings
        self.assertEqual(header, {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1",
                                  "twr": "au1"})
        self.assertLessEqual(before, claims["iat"])
        self.assertLessEqual(claims["iat"], time.time())
        self.assertEqual(claims, {
            "jti": f"{settings['TWILIO_API_KEY']}-{claims['iat']}",
            "iss": settings["TWILIO_API_KEY"], "sub": settings["TWILIO_ACCOUNT_SID"],
            "iat": claims["iat"], "exp": claims["iat"] + 5400,
            "grants": {"identity": "2-jane.doe@example.com",
                       "video": {"room": "apt-60-1763138954-46eb915c"}}})

    def test_expiry_in_the_answer_is_that_of_the_token(self):
        for name, route in ROUTES:
            with self.subTest(name):
                answer = self.given(shared_demo().get(f"/api/appointments/{route}/60/", JANE))
                _, claims = self.open(answer)
                self.assertEqual(answer["expires_at"], utc(claims["exp"]))
                self.assertEqual(answer["expires_in"], claims["exp"] - claims["iat"])

    def test_a_refresh_has_refreshed_at_too(self):
        body = self.given(browser_get("/api/appointments/video-token-refresh/60/", SARAH))
        self.assertEqual(list(body), [*FIELDS, "refreshed_at"])
        self.assertEqual(body["refreshed_at"], utc(self.open(body)[1]["iat"]))

    @each([("nothing", b""), ("an object", b"{}"), ("a form", b"a=1"), ("4 KiB", b"x" * 4096)])
    def test_a_refresh_may_be_posted_with(self, body):
        answer = shared_demo().post("/api/appointments/video-token-refresh/60/", SARAH, body=body)
        self.assertEqual(list(self.given(answer)), [*FIELDS, "refreshed_at"])
        self.open(answer.json)
        self.assertEqual(self.event(answer)["action"], "video_token_refresh")

    def test_a_posted_refresh_is_refused_as_any_other(self):
        path = "/api/appointments/video-token-refresh/60/"
        self.refused(shared_demo().post(path, SAM), 403, "permission_denied")
        self.refused(shared_demo().post(path, None), 401, "authentication_required")
        self.refused(shared_demo().post(path, JANE, body=b"x" * 4097), 413, "payload_too_large")

    def event(self, answer):
        return next(event for event in shared_demo().events()
                    if event["request_id"] == answer["X-Request-Id"])

    def test_validity_is_duration_and_half_an_hour_between_one_hour_and_four(self):
        for duration, minutes, text in [(15, 60, "60 minutes (1 hours)"),
                                        (60, 90, "90 minutes (1 hours)"),
                                        (200, 230, "230 minutes (3 hours)"),
                                        (300, 240, "240 minutes (4 hours)")]:
            for name, route in ROUTES:
                with self.subTest(f"{duration} minutes by {name}"):
                    path = f"/api/appointments/{route}/{duration}/"
                    body = self.given(shared_demo().get(path, JANE))
                    self.assertEqual((body["appointment_duration_minutes"], body["expires_in"],
                                      body["token_valid_until"]), (duration, minutes * 60, text))

    def test_each_token_has_its_event_with_its_request_id_and_expiry(self):
        for name, route in ROUTES:
            answer = shared_demo().get(f"/api/appointments/{route}/60/", JANE)
            events = [event for event in shared_demo().events()
                      if event["request_id"] == answer["X-Request-Id"]]
            self.assertEqual([list(e) for e in events], [[
                "id", "at", "request_id", "user_id", "appointment_id", "action", "outcome",
                "reason", "expires_at"]])
            self.assertEqual(
                [events[0][key] for key in ("user_id", "appointment_id", "action", "outcome",
                                            "reason", "expires_at")],
                [JANE, 60, name, "granted", None, answer.json["expires_at"]])

    def test_the_scheme_is_taken_in_any_case(self):
        for scheme in ("bearer", "BEARER", "bEaReR"):
            headers = {"Authorization": f"{scheme} {shared_demo().bearer(JANE)}"}
            self.given(shared_demo().token(user=None, headers=headers))

    def test_a_get_may_have_a_body(self):
        for size in (2, 60000):
            self.given(shared_demo().token(60, body=b"x" * size, headers={"Content-Length": size}))

    def test_region_is_null_without_one_and_not_stamped_when_off(self):
        for changes, region, stamp in [({"TWILIO_REGION": None}, None, None),
                                       ({"TWILIO_REGION_HEADER": "off"}, "au1", None),
                                       ({"TWILIO_REGION": "de1"}, "de1", "de1")]:
            with self.subTest(changes), Worker(**changes) as worker:
                body = self.given(worker.token())
                header, _ = opened(body["access_token"], worker.settings["TWILIO_API_SECRET"])
                self.assertEqual((body["region"], header.get("twr")), (region, stamp))

    def test_room_name_follows_the_pattern(self):
        body = shared_demo().post(f"/api/appointments/video-room/{FRESH[0]}/", JANE).json
        self.assertRegex(body["room_name"], re.compile(rf"^apt-{FRESH[0]}-\d{{10}}-[0-9a-f]{{8}}$"))
