"""No signature and no Auth Token of a callback is anywhere else."""
from urllib.parse import quote

from callback_support import (JANE_THERE, ROUTE, STATUS, CallbackCase, Session, delivery,
                              next_number, signature_of, tell)
from clinic import JANE


class Secrecy(CallbackCase):
    def test_no_log_or_other_file_holds_a_signature_or_the_auth_token(self):
        session = Session(next_number())
        good = session.event(0, "room-created", 0)
        right = signature_of(self.demo, good)
        wrong = signature_of(self.demo, good, token="another")
        sent = [right, wrong]
        answers = [
            tell(self.demo, good), tell(self.demo, good, signature=wrong),
            tell(self.demo, good, Content_Type="text/plain"),
            tell(self.demo, good, body=b"x" * 70000),
            tell(self.demo, good | {"RoomSid": "RM1"}),
            tell(self.demo, good, X_Padding="x" * 20000),  # nginx: header too large
            self.demo.raw(delivery(self.demo, good).replace(b"HTTP/1.1", b"HTTP/9.9", 1)),
            self.demo.get(f"{ROUTE}?signature={quote(right, safe='')}", JANE),
            self.demo.get(STATUS.format(session.number), JANE,
                          headers={"X-Twilio-Signature": wrong}),
        ]
        self.assertEqual([answer.status for answer in answers],
                         [200, 403, 400, 413, 400, 400, 505, 405, 200])
        sent.append(signature_of(self.demo, good | {"RoomSid": "RM1"}))
        token = self.demo.settings["TWILIO_AUTH_TOKEN"]
        for hidden in sent + [token]:
            for answer in answers:
                self.assertNotIn(hidden.encode(), answer.body)
            for file in self.demo.dir.rglob("*"):
                if file.is_file() and file.name != "roomkey.env":
                    content = file.read_bytes()
                    self.assertNotIn(hidden.encode(), content, file)
                    self.assertNotIn(quote(hidden, safe="").encode(), content, file)
        log = (self.demo.dir / "log/room.log").read_text()
        refused = answers[1]["X-Request-Id"]
        self.assertRegex(log, f"request_id={refused} .*route=twilio_status_callback .* "
                              'code=bad_signature .*fault="not signed for ')
        self.assertNotIn(JANE_THERE, log)
