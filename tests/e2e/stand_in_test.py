"""The stand-in for Twilio's REST API answers as twilio_documents.py and, where they are at hand,
Twilio's own OpenAPI documents say. What other tests learn from it is worth as much as that."""
import base64
import json
import os
import secrets
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

from cases import Case, each
from support import PATIENCE, ROOT
from twilio_documents import PATHS, VECTORS, faults


class TwilioStandIn:
    """Asks the stand-in, and holds every good answer to the document that describes it."""

    def __init__(self):
        self.account, self.key = "AC" + secrets.token_hex(16), "SK" + secrets.token_hex(16)
        self.secret = secrets.token_urlsafe(24)
        self.process = subprocess.Popen(
            ["/usr/bin/python3", ROOT / "tests/support/twilio_stand_in.py"], text=True,
            stdout=subprocess.PIPE, env=os.environ | {
                "TWILIO_ACCOUNT_SID": self.account, "TWILIO_API_KEY": self.key,
                "TWILIO_API_SECRET": self.secret})
        self.port, self.control_port = map(int, self.process.stdout.readline().split())

    def close(self):
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(PATIENCE)

    def send(self, port, method, path, body=None, secret=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, method=method)
        text = f"{self.key}:{secret or self.secret}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(text).decode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def control(self, **given):
        return self.send(self.control_port, "POST", "/_control", json.dumps(given).encode())[1]

    def seen(self):
        return self.send(self.control_port, "GET", "/_control")[1]

    def ask(self, method, path, secret=None, **form):
        body = urllib.parse.urlencode(form).encode() if method == "POST" else None
        return self.send(self.port, method, path, body, secret)

    def breaches(self, method, path, **form):
        """What the documents have against the question and the answer; and the answer."""
        status, answer = self.ask(method, path, **form)
        return faults(method, path, form, status, answer), answer


class StandIn(Case):
    @classmethod
    def setUpClass(cls):
        cls.twilio = TwilioStandIn()

    @classmethod
    def tearDownClass(cls):
        assert cls.twilio.close() == 0, "the stand-in did not end well"

    def setUp(self):
        self.twilio.control(reset=True)

    def conforms(self, method, path, **form):
        found, answer = self.twilio.breaches(method, path, **form)
        self.assertEqual(found, [], f"{method} {path}: {answer}")
        return answer

    def refused(self, status, code, answer):
        self.assertEqual((answer[0], answer[1]["code"], answer[1]["status"]),
                         (status, code, status), answer)
        self.assertEqual(set(answer[1]), {"code", "message", "more_info", "status"})

    def room(self, name="apt-47"):
        return self.conforms("POST", "/v1/Rooms", UniqueName=name, Type="group",
                             MaxParticipants=2, MediaRegion="au1", EmptyRoomTimeout=15,
                             UnusedRoomTimeout=30, StatusCallbackMethod="POST",
                             StatusCallback="https://video.clinic.example/callback")

    def join(self, room, identity="2-jane.doe@example.com", **more):
        given = {"room": room["sid"], "identity": identity} | more
        return self.twilio.control(join=given)["participant"]

    def test_a_room_is_made_found_listed_and_ended(self):
        room = self.room()
        self.assertEqual((room["unique_name"], room["media_region"]), ("apt-47", "au1"))
        for name in (room["sid"], "apt-47"):
            self.assertEqual(self.conforms("GET", f"/v1/Rooms/{name}"), room)
        self.assertEqual(self.conforms("GET", "/v1/Rooms?PageSize=1")["rooms"], [room])
        ended = self.conforms("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
        self.assertEqual(ended["status"], "completed")
        self.assertEqual(self.conforms("GET", f"/v1/Rooms/{room['sid']}"), ended)
        self.refused(404, 20404, self.twilio.ask("GET", "/v1/Rooms/apt-47"))
        self.assertEqual(self.conforms("GET", "/v1/Rooms?Status=completed")["rooms"], [ended])
        self.assertEqual(self.conforms("GET", "/v1/Rooms")["rooms"], [])

    def test_a_name_belongs_to_one_room_in_progress(self):
        first = self.room()
        again = self.twilio.ask("POST", "/v1/Rooms", UniqueName="apt-47")
        self.refused(400, 53113, again)
        self.conforms("POST", f"/v1/Rooms/{first['sid']}", Status="completed")
        self.assertNotEqual(self.room()["sid"], first["sid"])

    def test_participants_come_and_go(self):
        room = self.room()
        path = f"/v1/Rooms/{room['sid']}/Participants"
        one = self.join(room)
        self.assertEqual(self.conforms("GET", f"{path}?PageSize=100")["participants"], [one])
        self.assertEqual(self.conforms("GET", f"{path}/{one['sid']}"), one)
        self.assertEqual(self.conforms("GET", f"{path}/2-jane.doe%40example.com"), one)
        gone = self.conforms("POST", f"{path}/{one['sid']}", Status="disconnected")
        self.assertEqual(gone["status"], "disconnected")
        self.assertEqual(self.conforms("GET", path)["participants"], [])
        found = self.conforms("GET", f"{path}?Status=disconnected&Identity=2-jane.doe%40example.com")
        self.assertEqual(found["participants"], [gone])
        self.refused(404, 20404, self.twilio.ask("GET", f"{path}/2-jane.doe%40example.com"))
        self.refused(400, 20001, self.twilio.ask("POST", f"{path}/{one['sid']}", Status="away"))

    def test_an_identity_is_in_a_room_once(self):
        room = self.room()
        first, second = self.join(room), self.join(room)
        path = f"/v1/Rooms/{room['sid']}/Participants"
        self.assertEqual(self.conforms("GET", path)["participants"], [second])
        self.assertEqual(self.conforms("GET", f"{path}/{first['sid']}")["status"], "disconnected")

    def test_whoever_was_in_a_room_that_ended_is_disconnected(self):
        room = self.room()
        self.join(room, status="reconnecting")
        self.twilio.control(end="apt-47")
        path = f"/v1/Rooms/{room['sid']}/Participants"
        listed = self.conforms("GET", path)["participants"]
        self.assertEqual([one["status"] for one in listed], ["disconnected"])

    def test_pages_end(self):
        room = self.room()
        for number in range(3):
            self.join(room, f"{number}-x")
        path = f"/v1/Rooms/{room['sid']}/Participants"
        first = self.conforms("GET", f"{path}?PageSize=2")
        second = self.conforms("GET", first["meta"]["next_page_url"].split(
            str(self.twilio.port), 1)[1])
        self.assertEqual([len(page["participants"]) for page in (first, second)], [2, 1])
        self.assertIsNone(second["meta"]["next_page_url"])

    def test_the_account_and_its_key_are_there(self):
        account, key = self.twilio.account, self.twilio.key
        path = f"/2010-04-01/Accounts/{account}"
        self.assertEqual(self.conforms("GET", f"{path}.json")["sid"], account)
        self.assertEqual(self.conforms("GET", f"{path}/Keys/{key}.json")["sid"], key)
        other = "AC" + "0" * 32
        self.refused(404, 20404, self.twilio.ask("GET", f"/2010-04-01/Accounts/{other}.json"))

    def test_a_wrong_secret_opens_nothing(self):
        for path in ("/v1/Rooms", f"/2010-04-01/Accounts/{self.twilio.account}.json"):
            self.refused(401, 20003, self.twilio.ask("GET", path, secret="wrong"))
        self.assertNotIn(self.twilio.secret, json.dumps(self.twilio.seen()))

    def test_a_standard_key_is_refused_on_the_account_and_its_keys_alone(self):
        self.twilio.control(key="standard")
        self.conforms("GET", "/v1/Rooms")
        path = f"/2010-04-01/Accounts/{self.twilio.account}"
        for part in (".json", f"/Keys/{self.twilio.key}.json"):
            self.refused(401, 20003, self.twilio.ask("GET", path + part))
        self.twilio.control(key="revoked")
        self.refused(401, 20003, self.twilio.ask("GET", "/v1/Rooms"))

    def test_it_can_be_another_account_and_a_suspended_one(self):
        mine, other = self.twilio.account, "AC" + "0" * 32
        self.twilio.control(account=other, account_status="suspended")
        answer = self.conforms("GET", f"/2010-04-01/Accounts/{other}.json")
        self.assertEqual((answer["sid"], answer["status"]), (other, "suspended"))
        self.refused(404, 20404, self.twilio.ask("GET", f"/2010-04-01/Accounts/{mine}.json"))

    def test_a_parameter_that_twilio_does_not_know_is_refused(self):
        self.refused(400, 20001, self.twilio.ask("POST", "/v1/Rooms", Uniquename="apt-47"))
        self.refused(400, 20001, self.twilio.ask("GET", "/v1/Rooms?PageSize=1001"))
        path = f"/2010-04-01/Accounts/{self.twilio.account}.json"
        self.refused(405, 20004, self.twilio.ask("POST", path))

    @each([("changed", {"changes": {"sid": "RMx"}}), ("of another type", {"changes": {"status": 5}}),
           ("null", {"changes": {"status": None}}), ("missing", {"drop": ["end_time"]}),
           ("too many", {"changes": {"extra": 1}}), ("no time", {"changes": {"date_created": "1"}}),
           ("a truth for a number", {"changes": {"max_participants": True}})])
    def test_the_check_sees_a_field_that_is(self, lie):
        room = self.room()
        self.twilio.control(fault={"mode": "lying"} | lie)
        for path in (f"/v1/Rooms/{room['sid']}", "/v1/Rooms"):
            self.assertEqual(len(self.twilio.breaches("GET", path)[0]), 2 if "sid" in lie.get(
                "changes", {}) else 1, path)

    def test_the_check_sees_a_parameter_that_no_document_knows(self):
        self.assertIn("parameter Nonsense", self.twilio.breaches("GET", "/v1/Rooms?Nonsense=1")[0])

    @unittest.skipUnless(VECTORS.is_dir(), "Twilio's OpenAPI documents lie only beside the project: "
                         f"{VECTORS} is not there")
    def test_twilios_own_documents_were_asked_as_well(self):
        for name in PATHS.values():
            self.assertTrue((VECTORS / name).is_file(), name)

    def test_it_can_be_away_and_come_back(self):
        self.twilio.control(fault={"mode": "away"})
        with self.assertRaises(urllib.error.URLError):
            self.twilio.ask("GET", "/v1/Rooms")
        self.twilio.control(fault=None)
        self.conforms("GET", "/v1/Rooms")
