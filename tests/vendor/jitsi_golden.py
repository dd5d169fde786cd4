#!/usr/bin/python3
"""The golden Jitsi and JaaS tokens, made with nothing but hmac, json and the openssl command: neither
by roomkey nor by a library for tokens.

    jitsi_golden.py           checks that jitsi_golden.json holds exactly these tokens
    jitsi_golden.py --write   writes jitsi_golden.json anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
FILE = HERE / "jitsi_golden.json"
KEY = (HERE / "jitsi_test_key.pem").read_text(encoding="ascii")
ROOM = "apt-47-1763138954-46eb915c"
NINE_O_CLOCK = 1763283600  # 2025-11-16T09:00:00Z
BACK = 10  # so many seconds before now a token is valid
COOKIE = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"


def case(name, user_id=2, email="jane.doe@example.com", person="Jane Doe", side="patient", **more):
    usual = {
        "name": name,
        "domain": "meet.clinic.example",
        "app_id": "clinic",
        "app_secret": "not-a-real-jitsi-secret-0123456789",
        "key_id": "",
        "private_key": "",
        "tenant": "",
        "audience": "jitsi",
        "room": ROOM,
        "user_id": user_id,
        "email": email,
        "person": person,
        "side": side,
        "now": NINE_O_CLOCK,
        "validity_seconds": 5400,
    }
    return {**usual, **more}


def jaas(name, **more):
    return case(name, domain="8x8.vc", app_id=COOKIE, app_secret="", key_id=COOKIE + "/abc123",
                private_key=KEY, **more)


SARAH = {"user_id": 19, "email": "dr.sarah@example.com", "person": "Dr. Sarah",
         "side": "psychologist"}

CASES = [
    case("patient"),
    case("psychologist", **SARAH),
    case("tenant_and_audience", tenant="clinic-a", audience="meet"),
    case("shortest", validity_seconds=3600),
    case("longest", validity_seconds=14400),
    case("no_name", person=""),
    case("other_letters", person='Zo\u00eb "\\ \U0001f98a', email="zo\u00eb@example.com"),
    case("largest_id", user_id=9223372036854775807, now=4102444800),
    jaas("jaas_patient"),
    jaas("jaas_psychologist", **SARAH),
]


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def sign(c, text):
    if not c["private_key"]:
        return hmac.new(c["app_secret"].encode(), text, hashlib.sha256).digest()
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as key:
        key.write(c["private_key"])
        key.flush()
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", key.name], input=text,
                              stdout=subprocess.PIPE, check=True).stdout


def token(c):
    cloud = bool(c["private_key"])
    leads = c["side"] == "psychologist"
    header = {"alg": "RS256" if cloud else "HS256", "typ": "JWT"}
    user = {"id": f"{c['user_id']}-{c['email']}"}
    if c["person"]:
        user["name"] = c["person"]
    user["moderator"] = "true" if leads else "false"
    context = {"user": user}
    if cloud:
        header["kid"] = c["key_id"]
        context["features"] = {name: "false" for name in
                               ("recording", "livestreaming", "transcription", "outbound-call",
                                "sip-outbound-call")}
    else:
        user["affiliation"] = "owner" if leads else "member"
    payload = {
        "aud": c["audience"],
        "iss": "chat" if cloud else c["app_id"],
        "sub": c["app_id"] if cloud else c["tenant"] or c["domain"],
        "room": c["room"],
        "nbf": c["now"] - BACK,
        "exp": c["now"] + c["validity_seconds"],
        "context": context,
    }
    text = part(compact(header)) + b"." + part(compact(payload))
    return (text + b"." + part(sign(c, text))).decode("ascii")


def main():
    wanted = [{**c, "token": token(c)} for c in CASES]
    if sys.argv[1:] == ["--write"]:
        text = json.dumps(wanted, ensure_ascii=False, indent=2) + "\n"
        FILE.write_text(text, encoding="utf-8")
        return 0
    found = json.loads(FILE.read_text(encoding="utf-8"))
    passed = failed = 0
    for c in wanted:
        ok = c in found
        passed, failed = passed + ok, failed + (not ok)
        print(f"{'ok  ' if ok else 'FAIL'} golden {c['name']}: the file holds "
              f"{'this' if ok else 'another'} token")
    if len(found) != len(wanted):
        failed += 1
        print("FAIL golden the file holds tokens that are made by no one")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
