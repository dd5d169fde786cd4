#!/usr/bin/python3
"""LiveKit's golden tokens and webhooks, made with nothing but hmac and json: neither by roomkey nor
by the vendor.

    livekit_golden.py           checks that livekit_golden.json holds exactly these
    livekit_golden.py --write   writes livekit_golden.json anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).with_name("livekit_golden.json")
KEY = "APIgoldenKey0047"
SECRET = "not-a-real-livekit-secret-0123456789abcdefg"
ROOM = "apt-47-1763138954-46eb915c"
NINE_O_CLOCK = 1763283600  # 2025-11-16T09:00:00Z


def case(name, identity, display, minutes, room=ROOM, issued_at=NINE_O_CLOCK):
    return {"name": name, "api_key": KEY, "api_secret": SECRET, "identity": identity,
            "display": display, "room": room, "issued_at": issued_at,
            "validity_seconds": 60 * minutes}


TOKENS = [
    case("patient_90_minutes", "2-jane.doe@example.com", "Jane Doe", 90),
    case("psychologist_same_room", "19-dr.sarah@example.com", "Dr. Sarah", 90),
    case("shortest_60_minutes", "2-jane.doe@example.com", "", 60),
    case("longest_240_minutes", "2-jane.doe@example.com", "Jane Doe", 240),
    case("other_letters", '7-zoë"\\@example.com', 'Zoë "\\" \U0001f98a', 60),
    case("pseudonym", "p-t5ggxwq4nhbb6otv7giv34l66b", "", 90),
    case("largest_id", "9223372036854775807-max@example.com", "Max", 240,
         room="apt-9223372036854775807-4102444800-00000000", issued_at=4102444800),
]

JANE = {"sid": "PA_aaaaaaaaaaaa", "identity": "2-jane.doe@example.com", "state": "ACTIVE",
        "joinedAt": "1763283605", "name": "Jane Doe", "kind": "STANDARD"}
OF_ROOM = {"sid": "RM_111111111111", "name": ROOM, "emptyTimeout": 1800, "maxParticipants": 2,
           "creationTime": "1763283600"}


def event(name, number, at, **more):
    return {"event": name, "room": OF_ROOM, "id": f"EV_{number:012d}", "createdAt": str(at)} | more


WEBHOOKS = [
    event("room_started", 1, NINE_O_CLOCK),
    event("participant_joined", 2, NINE_O_CLOCK + 5, participant=JANE),
    event("track_published", 3, NINE_O_CLOCK + 6, participant=JANE,
          track={"sid": "TR_aaaaaaaaaaaa", "source": "CAMERA", "mimeType": "video/VP8"}),
    event("participant_left", 4, NINE_O_CLOCK + 605, participant=JANE | {"state": "DISCONNECTED"}),
    event("room_finished", 5, NINE_O_CLOCK + 3020),
    event("participant_joined", 6, NINE_O_CLOCK + 7,
          participant=JANE | {"sid": "PA_bbbbbbbbbbbb", "identity": '7-zoë"\\@example.com'}),
]


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def signed(payload, secret):
    head = part(compact({"alg": "HS256", "typ": "JWT"})) + b"." + part(compact(payload))
    return (head + b"." + part(hmac.new(secret.encode(), head, hashlib.sha256).digest())).decode()


def token(c):
    return signed({
        "iss": c["api_key"],
        "sub": c["identity"],
        "name": c["display"],
        "nbf": c["issued_at"],
        "exp": c["issued_at"] + c["validity_seconds"],
        "video": {"room": c["room"], "roomJoin": True, "canPublish": True, "canSubscribe": True,
                  "canPublishData": True},
    }, c["api_secret"])


def webhook(content):
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    at = int(content["createdAt"])
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    claims = {"iss": KEY, "nbf": at, "exp": at + 300, "sha256": digest}
    return {"name": f"{content['event']}_{content['id']}", "api_key": KEY, "api_secret": SECRET,
            "body": body, "authorization": signed(claims, SECRET), "at": at}


def main():
    wanted = {"tokens": [c | {"token": token(c)} for c in TOKENS],
              "webhooks": [webhook(content) for content in WEBHOOKS]}
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(json.dumps(wanted, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return 0
    found = json.loads(FILE.read_text(encoding="utf-8"))
    passed = failed = 0
    for part_name, cases in wanted.items():
        for c in cases:
            good = c in found[part_name]
            passed, failed = passed + good, failed + (not good)
            print(f"{'ok  ' if good else 'FAIL'} golden {c['name']}: "
                  + ("the file holds this" if good else "the file holds another"))
    if {name: len(cases) for name, cases in wanted.items()} != {
            name: len(cases) for name, cases in found.items()}:
        failed += 1
        print("FAIL golden: the file holds what is made by no one")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
