"""The API: who asked for what, the answer, and the faults on its way."""
import json
import re
import time
import urllib.parse

from stand_in.account import Twilio
from stand_in.handler import PATIENCE, Handler
from stand_in.parameters import (CREATE_ROOM, LIST_PARTICIPANTS, LIST_ROOMS, UPDATE_PARTICIPANT,
                                 UPDATE_ROOM, Refusal)

SEGMENT = r"/([^/]+)"
ROUTES = [  # method, path, the parameters it takes, and what answers
    ("POST", "/v1/Rooms", CREATE_ROOM, Twilio.create_room),
    ("GET", "/v1/Rooms", LIST_ROOMS, Twilio.list_rooms),
    ("GET", f"/v1/Rooms{SEGMENT}", {}, Twilio.fetch_room),
    ("POST", f"/v1/Rooms{SEGMENT}", UPDATE_ROOM, Twilio.update_room),
    ("GET", f"/v1/Rooms{SEGMENT}/Participants", LIST_PARTICIPANTS, Twilio.list_participants),
    ("GET", f"/v1/Rooms{SEGMENT}/Participants{SEGMENT}", {}, Twilio.fetch_participant),
    ("POST", f"/v1/Rooms{SEGMENT}/Participants{SEGMENT}", UPDATE_PARTICIPANT,
     Twilio.update_participant),
    ("GET", f"/2010-04-01/Accounts{SEGMENT}\\.json", {}, Twilio.fetch_account),
    ("GET", f"/2010-04-01/Accounts{SEGMENT}/Keys{SEGMENT}\\.json", {}, Twilio.fetch_key),
]


def changed(answer, changes, drop):
    entries = answer.get("rooms", answer.get("participants", [answer]))
    lies = [{key: value for key, value in (entry | changes).items() if key not in drop}
            for entry in entries]
    for key in ("rooms", "participants"):
        if key in answer:
            return answer | {key: lies}
    return lies[0]


class Api(Handler):
    def serve(self, method):
        path, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        form = dict(urllib.parse.parse_qsl(self.body(), keep_blank_values=True))
        twilio = self.server.twilio
        with self.server.lock:
            authorized = twilio.lets_in(self.headers["Authorization"], path)
            seen = {"method": method, "path": path, "query": query, "form": form,
                    "authorized": authorized, "connection": self.number,
                    "credentials": self.headers["Authorization"] is not None,
                    "agent": self.headers["User-Agent"]}
            twilio.requests.append(seen)
            fault = self.take_fault(method, path)
        mode = fault.get("mode")
        if mode == "slow":
            time.sleep(min(fault["seconds"], PATIENCE))
        elif mode in self.UNHEARD:
            return self.UNHEARD[mode](self, fault)
        with self.server.lock:
            status, answer = self.answer(method, path, form or query, authorized, fault)
            seen["status"] = status
        if mode == "lost":
            self.close(fault)
        elif mode == "cut":
            self.cut(status, answer)
        else:
            self.send(status, answer)

    def take_fault(self, method, path):
        fault = self.server.twilio.fault or {}
        if fault.get("method", method) != method or fault.get("path", "") not in path:
            return {}
        if "times" in fault:
            if fault["times"] < 1:
                return {}
            fault["times"] -= 1
        return fault

    def answer(self, method, path, given, authorized, fault):
        try:
            if fault.get("mode") == "status":
                raise Refusal(fault["status"], fault.get("code"))
            if not authorized:
                raise Refusal(401)
            status, answer = self.route(method, path, given)
            if fault.get("mode") == "lying":
                answer = changed(answer, fault.get("changes", {}), fault.get("drop", ()))
            return status, json.loads(json.dumps(answer))
        except Refusal as refusal:
            return refusal.status, refusal.body()

    def route(self, method, path, given):
        known = [(route, match) for route in ROUTES if (match := re.fullmatch(route[1], path))]
        for (wanted, _, parameters, act), match in known:
            if wanted != method:
                continue
            for name, value in given.items():
                if name not in parameters or not parameters[name](value):
                    raise Refusal(400, message=f"{name} is not valid")
            return act(self.server.twilio, given, *match.groups())
        raise Refusal(405 if known else 404)

    # --- Faults

    def close(self, _):
        self.close_connection = True

    def cut(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])
        self.close_connection = True

    def raw(self, fault):
        self.send(fault.get("status", 200), fault["body"].encode(),
                  "text/html" if fault["body"].startswith("<") else "application/json")

    def redirect(self, fault):
        self.send(302, {}, Location=fault["location"])

    def huge(self, _):
        self.send(200, {"padding": "x" * 2**21})

    def endless_headers(self, _):
        self.pour(b"HTTP/1.1 200 OK\r\n", b"X-Padding: " + b"x" * 1000 + b"\r\n", 0)

    def drip(self, _):
        self.pour(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{", b" ", 0.02)

    def pour(self, head, more, pause):
        end = time.monotonic() + PATIENCE
        self.close_connection = True
        self.wfile.write(head)
        while time.monotonic() < end and not self.server.gone:
            self.wfile.write(more)
            self.wfile.flush()
            time.sleep(pause)

    # Those that don't look at what was asked.
    UNHEARD = {"close": close, "raw": raw, "redirect": redirect, "huge": huge,
               "headers": endless_headers, "drip": drip}
