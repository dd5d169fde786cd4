#!/usr/bin/python3
"""A stand-in for Twilio's REST API: rooms and participants of Video, the account and its key, as
Twilio's OpenAPI documents have them (tests/e2e/stand_in_test.py holds it to those).

    TWILIO_ACCOUNT_SID=AC... TWILIO_API_KEY=SK... TWILIO_API_SECRET=... [TWILIO_AUTH_TOKEN=...]
        twilio_stand_in.py [--certificate PEM --key PEM]

listens on two free ports of loopback, prints "<port> <control port>" and ends on SIGTERM. With a
certificate the API speaks TLS; the control port never does, and is there even when the API is not.

GET /_control   {"requests": [...], "rooms": [...], "participants": [...]}: what was asked (never a
                secret) and what there is.
POST /_control  an object with any of
  "reset": true           no rooms, no faults, nothing seen
  "join": {"room": NAME OR SID, "identity": ..., "status"?: ...}
  "status": {"participant": SID, "status": ...}
  "end": NAME OR SID      the room is completed
  "plain_paths": true     a name or identity in a path is found only without reserved characters
  "clock": SECONDS        so far its Date is ahead; null: it is no date
  "key": "main"           may ask for all (so it is at first)
         "standard"       is refused on the account and its keys, as Twilio refuses Standard keys
         "revoked"        is refused everywhere, and not there any more
  "account": AC...        the account that it is, in the place of TWILIO_ACCOUNT_SID
  "account_status": "suspended"
  "fault": null or {"mode": ..., "times"?: N, "method"?: "GET", "path"?: PART OF IT}
and the fault's mode one of
  slow (seconds)          the right answer, late          lost      acts, and closes unanswered
  close                   closes unanswered               cut       closes half way through the body
  status (status, code?)  an error of Twilio's            redirect (location)
  lying (changes, drop?)  fields changed or taken out of the room or the participants
  raw (body, status?)     this body                       huge      2 MiB of JSON
  headers                 headers without end             drip      a body without end, byte by byte
  away                    nobody listens, open connections are closed
Modes that wait give up after a minute.
"""
import argparse
import base64
import http.server
import json
import os
import re
import secrets
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from email.utils import format_datetime

PATIENCE = 60
REGIONS = ("au1", "br1", "de1", "gll", "ie1", "in1", "jp1", "sg1", "us1", "us2")
ROOM_STATUSES = ("in-progress", "completed", "failed")
PARTICIPANT_STATUSES = ("connected", "disconnected", "reconnecting")
ERRORS = {400: (20001, "Bad request"), 401: (20003, "Authenticate"), 403: (20403, "Forbidden"),
          404: (20404, "The requested resource was not found"),
          405: (20004, "Method not allowed"), 429: (20429, "Too Many Requests"),
          500: (20500, "Internal Server Error"), 503: (20503, "Service Unavailable")}


def whole(least, most):
    return lambda text: text.isdigit() and least <= int(text) <= most


def one_of(words):
    return lambda text: text in words


def anything(_):
    return True


PAGE = {"PageSize": whole(1, 1000), "Page": whole(0, 10**9), "PageToken": anything}
# What each operation takes, and what is right there: a misspelt parameter is refused.
CREATE_ROOM = {
    "UniqueName": lambda text: 0 < len(text) <= 128, "Type": one_of(("group",)),
    "MaxParticipants": whole(1, 50), "MediaRegion": one_of(REGIONS),
    "EmptyRoomTimeout": whole(1, 60), "UnusedRoomTimeout": whole(1, 60),
    "StatusCallback": lambda text: re.fullmatch(r"https?://[^\s]+", text),
    "StatusCallbackMethod": one_of(("GET", "POST"))}
UPDATE_ROOM = {"Status": one_of(("completed",))}
LIST_ROOMS = PAGE | {"Status": one_of(ROOM_STATUSES), "UniqueName": anything}
UPDATE_PARTICIPANT = {"Status": one_of(("disconnected",))}
LIST_PARTICIPANTS = PAGE | {"Status": one_of(PARTICIPANT_STATUSES), "Identity": anything}


class Refusal(Exception):
    def __init__(self, status, code=None, message=None):
        super().__init__(status)
        usual = ERRORS.get(status, (20500, "Error"))
        self.status, self.code, self.message = status, code or usual[0], message or usual[1]

    def body(self):
        return {"code": self.code, "message": self.message, "status": self.status,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}"}


def now():
    return datetime.now(timezone.utc).replace(microsecond=0)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_since(text):
    return int((now() - datetime.fromisoformat(text.replace("Z", "+00:00"))).total_seconds())


def sid(kind):
    return kind + secrets.token_hex(16)


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Twilio:
    """The account and what is in it. Every method is called with the lock held."""

    def __init__(self, account, key, secret):
        self.account, self.key = account, key
        self.usual_account = account
        self.authorization = basic(key, secret)
        self.auth_token = os.environ.get("TWILIO_AUTH_TOKEN")
        self.made = now()
        self.base = ""
        self.reset()

    def reset(self):
        self.rooms, self.participants = {}, {}
        self.requests = []
        self.fault, self.plain_paths = None, False
        self.clock, self.key_kind = 0, "main"
        self.account, self.account_status = self.usual_account, "active"

    def lets_in(self, authorization, path):
        """API key and secret; only a Main key, or the Auth Token, on the account and its keys."""
        if self.auth_token and authorization == basic(self.account, self.auth_token):
            return True
        kinds = ("main",) if path.startswith("/2010-04-01") else ("main", "standard")
        return authorization == self.authorization and self.key_kind in kinds

    # --- Video, rooms

    def create_room(self, form):
        number = sid("RM")
        name = form.get("UniqueName", number)
        if self.in_progress(name):
            raise Refusal(400, 53113, "Room exists")
        url = f"{self.base}/v1/Rooms/{number}"
        self.rooms[number] = {
            "sid": number, "status": "in-progress", "date_created": iso(now()),
            "date_updated": iso(now()), "account_sid": self.account, "enable_turn": True,
            "unique_name": name, "status_callback": form.get("StatusCallback"),
            "status_callback_method": form.get("StatusCallbackMethod", "POST"), "end_time": None,
            "duration": None, "type": "group",
            "max_participants": int(form.get("MaxParticipants", 50)),
            "max_participant_duration": 14400, "max_concurrent_published_tracks": 170,
            "record_participants_on_connect": False, "video_codecs": ["H264", "VP8"],
            "media_region": form.get("MediaRegion", "us1"), "audio_only": False,
            "empty_room_timeout": int(form.get("EmptyRoomTimeout", 5)),
            "unused_room_timeout": int(form.get("UnusedRoomTimeout", 5)), "large_room": False,
            "url": url,
            "links": {"participants": f"{url}/Participants", "recordings": f"{url}/Recordings",
                      "transcriptions": f"{url}/Transcriptions",
                      "recording_rules": f"{url}/RecordingRules"}}
        return 201, self.rooms[number]

    def in_progress(self, name):
        return next((room for room in self.rooms.values()
                     if room["unique_name"] == name and room["status"] == "in-progress"), None)

    def room(self, name_or_sid):
        room = self.rooms.get(name_or_sid) or self.in_progress(name_or_sid)
        if room is None:
            raise Refusal(404)
        return room

    def in_path(self, segment):
        """A segment as Twilio reads it: its docs promise nothing for reserved characters."""
        if self.plain_paths and "%" in segment:
            raise Refusal(404)
        return urllib.parse.unquote(segment)

    def fetch_room(self, _, segment):
        return 200, self.room(self.in_path(segment))

    def update_room(self, form, segment):
        return 202, self.end(self.in_path(segment)) if form else self.room(self.in_path(segment))

    def end(self, name_or_sid):
        room = self.room(name_or_sid)
        room |= {"status": "completed", "end_time": iso(now()), "date_updated": iso(now()),
                 "duration": seconds_since(room["date_created"])}
        for one in self.participants.values():
            if one["room_sid"] == room["sid"]:
                self.leave(one)
        return room

    def list_rooms(self, query):
        status = query.get("Status", "in-progress")
        found = [room for room in self.rooms.values() if room["status"] == status
                 and query.get("UniqueName", room["unique_name"]) == room["unique_name"]]
        return 200, self.page("rooms", "/v1/Rooms", found, query)

    def page(self, key, path, entries, query):
        size, number = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        others = {name: value for name, value in query.items() if name not in PAGE}

        def url(page):
            text = urllib.parse.urlencode(others | {"PageSize": size, "Page": page})
            return f"{self.base}{path}?{text}"
        more = len(entries) > (number + 1) * size
        return {key: entries[number * size:(number + 1) * size],
                "meta": {"page": number, "page_size": size, "first_page_url": url(0),
                         "previous_page_url": url(number - 1) if number else None,
                         "url": url(number), "next_page_url": url(number + 1) if more else None,
                         "key": key}}

    # --- Video, participants

    def join(self, room, identity, status="connected"):
        room = self.room(room)
        for one in self.participants.values():
            if (one["room_sid"], one["identity"]) == (room["sid"], identity):
                self.leave(one)
        number = sid("PA")
        url = f"{self.base}/v1/Rooms/{room['sid']}/Participants/{number}"
        self.participants[number] = {
            "sid": number, "room_sid": room["sid"], "account_sid": self.account,
            "identity": identity, "status": "connected", "date_created": iso(now()),
            "date_updated": iso(now()), "start_time": iso(now()), "end_time": None,
            "duration": None, "url": url,
            "links": {"published_tracks": f"{url}/PublishedTracks",
                      "subscribed_tracks": f"{url}/SubscribedTracks",
                      "subscribe_rules": f"{url}/SubscribeRules", "anonymize": f"{url}/Anonymize"}}
        return self.become(self.participants[number], status)

    def become(self, one, status):
        if status == "disconnected":
            return self.leave(one)
        one["status"] = status
        return one

    def leave(self, one):
        if one["status"] != "disconnected":
            one |= {"status": "disconnected", "end_time": iso(now()), "date_updated": iso(now()),
                    "duration": seconds_since(one["start_time"])}
        return one

    def participant(self, room, segment):
        """By SID, or by identity among the connected."""
        room, wanted = self.room(self.in_path(room)), self.in_path(segment)
        for one in self.participants.values():
            named = one["identity"] == wanted and one["status"] == "connected"
            if one["room_sid"] == room["sid"] and (one["sid"] == wanted or named):
                return one
        raise Refusal(404)

    def fetch_participant(self, _, room, segment):
        return 200, self.participant(room, segment)

    def update_participant(self, form, room, segment):
        one = self.participant(room, segment)
        return 202, self.leave(one) if form else one

    def list_participants(self, query, segment):
        room = self.room(self.in_path(segment))
        usual = "connected" if room["status"] == "in-progress" else "disconnected"
        found = [one for one in self.participants.values()
                 if one["room_sid"] == room["sid"] and one["status"] == query.get("Status", usual)
                 and query.get("Identity", one["identity"]) == one["identity"]]
        return 200, self.page("participants", f"/v1/Rooms/{room['sid']}/Participants", found, query)

    # --- The account

    def fetch_account(self, _, number):
        if number != self.account:
            raise Refusal(404)
        path = f"/2010-04-01/Accounts/{number}"
        moment = format_datetime(self.made)
        return 200, {"sid": number, "owner_account_sid": number, "friendly_name": "Stand-in",
                     "status": self.account_status, "type": "Full", "auth_token": "[Redacted]",
                     "date_created": moment, "date_updated": moment, "uri": f"{path}.json",
                     "subresource_uris": {"keys": f"{path}/Keys.json"}}

    def fetch_key(self, _, account, number):
        if (account, number) != (self.account, self.key) or self.key_kind == "revoked":
            raise Refusal(404)
        moment = format_datetime(self.made)
        return 200, {"sid": number, "friendly_name": "roomkey", "date_created": moment,
                     "date_updated": moment}


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


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "stand-in", ""
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True
    timeout = PATIENCE

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections.append(self.connection)
            self.number = len(self.server.connections)

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def send(self, status, body, kind="application/json", **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp=None):
        ahead = self.server.twilio.clock
        if ahead is None:
            return "?"
        return super().date_time_string((timestamp or time.time()) + ahead)

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()


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


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, stage, handler, port=0, tls=None):
        super().__init__(("127.0.0.1", port), handler)
        self.stage, self.twilio, self.lock = stage, stage.twilio, stage.lock
        self.connections, self.gone = [], False
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        """Clients that hang up are what the faults are for."""

    def stop(self):
        self.gone = True
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Stage:
    """Both servers; the API's can leave and come back to its port."""

    def __init__(self, twilio, tls):
        self.twilio, self.tls = twilio, tls
        self.lock = threading.Lock()
        self.api = Server(self, Api, tls=tls)
        self.port = self.api.server_port
        self.control = Server(self, Control)
        twilio.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def hide(self):
        if self.api is not None:
            self.api.stop()
            self.api = None

    def show(self):
        if self.api is None:
            self.api = Server(self, Api, self.port, self.tls)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    options = parser.parse_args()
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)
    twilio = Twilio(*(os.environ[name] for name in (
        "TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET")))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    stage = Stage(twilio, tls)
    print(stage.port, stage.control.server_port, flush=True)
    ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
