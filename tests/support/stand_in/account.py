"""Twilio's account, the rooms and participants in it, and its key."""
import base64
import os
import secrets
import urllib.parse
from datetime import datetime, timezone
from email.utils import format_datetime

from stand_in.parameters import PAGE, Refusal


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
