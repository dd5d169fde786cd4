"""The control port: what there is, and what shall be."""
import json

from stand_in.handler import Handler
from stand_in.parameters import Refusal


class Control(Handler):
    def serve(self, method):
        if self.path != "/_control":
            return self.send(404, {})
        given = json.loads(self.body() or "{}") if method == "POST" else {}
        with self.server.lock:
            try:
                status, answer = 200, self.act(given) if method == "POST" else self.seen()
            except Refusal as refusal:
                status, answer = refusal.status, refusal.body()
            body = json.dumps(answer).encode()
        if "fault" in given or "reset" in given:
            away = (given.get("fault") or {}).get("mode") == "away"
            self.server.stage.hide() if away else self.server.stage.show()
        self.send(status, body)

    def seen(self):
        twilio = self.server.twilio
        return {"requests": twilio.requests, "rooms": list(twilio.rooms.values()),
                "participants": list(twilio.participants.values())}

    def act(self, given):
        twilio = self.server.twilio
        if given.get("reset"):
            twilio.reset()
        twilio.fault = given.get("fault", twilio.fault)
        twilio.plain_paths = given.get("plain_paths", twilio.plain_paths)
        twilio.clock = given.get("clock", twilio.clock)
        twilio.key_kind = given.get("key", twilio.key_kind)
        twilio.account = given.get("account", twilio.account)
        twilio.account_status = given.get("account_status", twilio.account_status)
        answer = {}
        if "join" in given:
            answer["participant"] = twilio.join(**given["join"])
        if "status" in given:
            wanted = given["status"]
            one = twilio.participants[wanted["participant"]]
            answer["participant"] = twilio.become(one, wanted["status"])
        if "end" in given:
            answer["room"] = twilio.end(given["end"])
        return answer
