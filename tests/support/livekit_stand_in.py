#!/usr/bin/python3
"""A stand-in for a LiveKit server's RoomService: Twirp with JSON, as the server's own code answers.

    LIVEKIT_API_KEY=API... LIVEKIT_API_SECRET=... livekit_stand_in.py

listens on a free port of loopback, prints it, and ends on SIGTERM.

GET /_control   {"requests": [...], "rooms": {...}}: what was asked (no secret) and what there is.
POST /_control  an object with any of
  "reset": true
  "join": {"room": NAME, "identity": ...}    makes the room where there is none; answers with the SIDs
  "leave": {"room": NAME, "identity": ...}
  "fault": null or "html" | "slow" | "away" (closes unanswered) | "another" (tells of another room)
"""
import base64
import hashlib
import hmac
import http.server
import itertools
import json
import os
import signal
import sys
import time

KEY, SECRET = os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"]
RIGHTS = {"ListRooms": "roomList", "ListParticipants": "roomAdmin", "CreateRoom": "roomCreate",
          "RemoveParticipant": "roomAdmin", "DeleteRoom": "roomCreate"}
numbers = itertools.count(1)
rooms, requests, faults = {}, [], []


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(authorization):
    """The claims of a token that the server would take; None else."""
    scheme, _, token = authorization.partition(" ")
    head, _, signature = token.rpartition(".")
    mac = hmac.new(SECRET.encode(), head.encode(), hashlib.sha256).digest()
    if scheme != "Bearer" or not hmac.compare_digest(mac, decoded(signature)):
        return None
    header, payload = (json.loads(decoded(part)) for part in head.split("."))
    good = (header["alg"] == "HS256" and payload["iss"] == KEY
            and payload.get("nbf", 0) - 60 <= time.time() < payload["exp"] + 60)
    return payload if good else None


def room_named(name):
    if name not in rooms:
        rooms[name] = {"sid": f"RM_{next(numbers):012d}", "creation_time": int(time.time()),
                       "people": {}}
    return rooms[name]


def told(name):
    return {"sid": rooms[name]["sid"], "name": name, "empty_timeout": 300, "departure_timeout": 20,
            "max_participants": 0, "creation_time": str(rooms[name]["creation_time"]),
            "num_participants": len(rooms[name]["people"]), "metadata": "",
            "active_recording": False}


def join(order):
    room = room_named(order["room"])
    person = {"sid": f"PA_{next(numbers):012d}", "identity": order["identity"], "state": "ACTIVE",
              "joined_at": str(int(time.time())), "name": "", "kind": "STANDARD"}
    room["people"][order["identity"]] = person
    return {"room_sid": room["sid"], "sid": person["sid"]}


def answer(method, body):
    """Status and content."""
    not_there = 404, {"code": "not_found", "msg": "requested room does not exist"}
    name = body.get("room") or body.get("name")
    if method == "ListRooms":
        wanted = body.get("names") or list(rooms)
        return 200, {"rooms": [told(one) for one in wanted if one in rooms]}
    if method == "CreateRoom":
        room_named(name)
        return 200, told(name)
    if name not in rooms:
        return not_there
    people = rooms[name]["people"]
    if method == "ListParticipants":
        return 200, {"participants": list(people.values())}
    if method == "RemoveParticipant":
        return (200, {}) if people.pop(body["identity"], None) else (
            404, {"code": "not_found", "msg": "participant does not exist"})
    del rooms[name]
    return 200, {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, content, kind="application/json"):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/_control":
            return self.reply(200, {"requests": requests, "rooms": rooms})
        return self.reply(200, b"OK", "text/plain")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
        if self.path == "/_control":
            return self.reply(200, self.control(body))
        return self.serve(body)

    @staticmethod
    def control(order):
        if order.get("reset"):
            rooms.clear(), requests.clear(), faults.clear()
        if "fault" in order:
            faults[:] = [order["fault"]] if order["fault"] else []
        if "leave" in order:
            rooms[order["leave"]["room"]]["people"].pop(order["leave"]["identity"], None)
        return join(order["join"]) if "join" in order else {}

    def serve(self, body):
        method = self.path.removeprefix("/twirp/livekit.RoomService/")
        claims = claims_of(self.headers.get("Authorization", ""))
        video = (claims or {}).get("video", {})
        requests.append({"path": self.path, "body": body, "video": video,
                         "type": self.headers["Content-Type"]})
        fault = faults[0] if faults else None
        if fault == "away":
            self.close_connection = True
            return None
        if fault == "slow":
            time.sleep(8)
        if fault == "html":
            return self.reply(200, b"<html>sign in</html>", "text/html")
        if method not in RIGHTS:
            return self.reply(404, {"code": "bad_route", "msg": "no handler for path"})
        if claims is None:
            return self.reply(401, b"invalid authorization token", "text/plain")
        if not video.get(RIGHTS[method]) or (RIGHTS[method] == "roomAdmin"
                                             and video.get("room") != body.get("room")):
            return self.reply(403, {"code": "permission_denied", "msg": "permissions denied"})
        if fault == "another" and method == "ListRooms":
            return self.reply(200, {"rooms": [{"sid": "RM_x", "name": "x", "creation_time": "1"}]})
        return self.reply(*answer(method, body))

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
