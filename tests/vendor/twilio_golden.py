#!/usr/bin/python3
"""The golden tokens, made with nothing but hmac and json: neither by roomkey nor by the vendor.

    twilio_golden.py           checks that twilio_golden.json holds exactly these tokens
    twilio_golden.py --write   writes twilio_golden.json anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).with_name("twilio_golden.json")
ACCOUNT = "AC" + "0123456789abcdef" * 2
KEY = "SK" + "fedcba9876543210" * 2
SECRET = "not-a-real-secret-0123456789abcd"
ROOM = "apt-47-1763138954-46eb915c"
NINE_O_CLOCK = 1763283600  # 2025-11-16T09:00:00Z


def case(name, region, identity, minutes, room=ROOM, issued_at=NINE_O_CLOCK):
    return {
        "name": name,
        "account_sid": ACCOUNT,
        "api_key": KEY,
        "api_secret": SECRET,
        "region": region,
        "identity": identity,
        "room": room,
        "issued_at": issued_at,
        "validity_seconds": 60 * minutes,
    }


CASES = [
    case("patient_90_minutes", None, "2-jane.doe@example.com", 90),
    case("patient_90_minutes_in_region", "au1", "2-jane.doe@example.com", 90),
    case("psychologist_same_room", "au1", "19-dr.sarah@example.com", 90),
    case("shortest_60_minutes", None, "2-jane.doe@example.com", 60),
    case("longest_240_minutes_in_region", "au1", "2-jane.doe@example.com", 240),
    case("non_ascii_quote_backslash", None, '7-zoë"\\@example.com', 60),
    case("beyond_the_first_plane_and_slash", "au1", "8-o/brien-\U0001f98a@example.com", 90),
    # Encoded, this one needs both "-" and "_".
    case("base64url_letters", None, "9-~~~???@example.com", 240),
    case("pseudonym", "au1", "p-t5ggxwq4nhbb6otv7giv34l66b", 90),
    case(
        "largest_id",
        "au1",
        "9223372036854775807-max@example.com",
        240,
        room="apt-9223372036854775807-4102444800-00000000",
        issued_at=4102444800,
    ),
]


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def token(c):
    header = {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
    if c["region"] is not None:
        header["twr"] = c["region"]
    payload = {
        "jti": f"{c['api_key']}-{c['issued_at']}",
        "iss": c["api_key"],
        "sub": c["account_sid"],
        "iat": c["issued_at"],
        "exp": c["issued_at"] + c["validity_seconds"],
        "grants": {"identity": c["identity"], "video": {"room": c["room"]}},
    }
    signed = part(compact(header)) + b"." + part(compact(payload))
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
    for c in wanted:
        if c in found:
            passed += 1
            print(f"ok   golden {c['name']}: the file holds this token")
        else:
            failed += 1
            print(f"FAIL golden {c['name']}: the file holds another token or input")
    for c in found:
        if c["name"] not in {w["name"] for w in wanted}:
            failed += 1
            print(f"FAIL golden {c['name']}: in the file, but made by no one")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
