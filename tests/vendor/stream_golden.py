#!/usr/bin/python3
"""The golden Stream tokens, made with nothing but hmac and json: neither by roomkey nor by Stream.

    stream_golden.py           checks that stream_golden.json holds exactly these tokens
    stream_golden.py --write   writes stream_golden.json anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).with_name("stream_golden.json")
KEY = "stream-key"
SECRET = "not-a-real-stream-secret-0123456789"
ROOM = "apt-47-1763138954-46eb915c"
NINE_O_CLOCK = 1763283600  # 2025-11-16T09:00:00Z
CLOCK_SKEW = 5  # so many seconds before now a token says it was made


def plain(name, user_id, minutes, now=NINE_O_CLOCK, call_type=None, call_ids=()):
    return {
        "name": name,
        "api_key": KEY,
        "api_secret": SECRET,
        "user_id": user_id,
        "now": now,
        "validity_seconds": 60 * minutes,
        "call_type": call_type,
        "call_ids": list(call_ids),
    }


def call(name, user_id, minutes, call_type="default", call_id=ROOM, now=NINE_O_CLOCK):
    return plain(name, user_id, minutes, now, call_type, [call_id])


def calls(name, user_id, minutes, call_ids, call_type="default"):
    return plain(name, user_id, minutes, call_type=call_type, call_ids=call_ids)


CASES = [
    plain("plain_60_minutes", 2, 60),
    plain("shortest_1_minute", 2, 1),
    call("call_90_minutes", 2, 90),
    call("psychologist_same_call", 19, 90),
    call("call_of_another_type", 2, 60, call_type="Interview-2_b"),
    call("longest_240_minutes", 2, 240),
    call("call_id_of_64_characters", 8, 90, call_id=("Az_9-" * 13)[:64]),
    plain("largest_id", 9223372036854775807, 60),
    call(
        "largest_id_in_a_call",
        9223372036854775807,
        240,
        call_id="apt-9223372036854775807-4102444800-00000000",
        now=4102444800,
    ),
    calls("two_calls", 19, 60, [ROOM, "b"]),
    calls("twenty_calls", 19, 60, [f"apt-{n}-1763138954-46eb915c" for n in range(47, 67)]),
    calls("three_calls_of_another_type", 2, 7, ["Az_9-", ROOM, "c"], "interview"),
]


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def token(c):
    issued_at = c["now"] - CLOCK_SKEW
    payload = {
        "user_id": f"user_{c['user_id']}",
        "iat": issued_at,
        "exp": issued_at + c["validity_seconds"],
    }
    if c["call_ids"]:
        payload["call_cids"] = [f"{c['call_type']}:{call_id}" for call_id in c["call_ids"]]
    signed = part(compact({"alg": "HS256", "typ": "JWT"})) + b"." + part(compact(payload))
    mac = hmac.new(c["api_secret"].encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + part(mac)).decode("ascii")


def main():
    wanted = [{**c, "token": token(c)} for c in CASES]
    if sys.argv[1:] == ["--write"]:
        text = json.dumps(wanted, ensure_ascii=False, indent=2) + "\n"
        FILE.write_text(text, encoding="utf-8")
        return 0
    found = json.loads(FILE.read_text(encoding="utf-8"))
    passed = failed = 0

    def check(ok, good, bad):
        nonlocal passed, failed
        passed, failed = passed + ok, failed + (not ok)
        print(f"ok   golden {good}" if ok else f"FAIL golden {bad}")

    for c in wanted:
        name = c["name"]
        check(
            c in found,
            f"{name}: the file holds this token",
            f"{name}: the file holds another token or input",
        )
    names = {c["name"] for c in wanted}
    for c in found:
        name, payload = c["name"], c["token"].split(".")[1]
        # Stream's browser SDKs decode no base64url, only base64.
        check(
            not set("-_") & set(payload),
            f"{name}: the payload part has neither - nor _",
            f"{name}: the payload part has - or _: {payload}",
        )
        if name not in names:
            check(False, "", f"{name}: in the file, but made by no one")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
