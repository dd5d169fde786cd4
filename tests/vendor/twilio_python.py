#!/usr/bin/python3
"""The golden tokens against Twilio's Python library (Debian: python3-twilio).

    twilio_python.py [GOLDEN_FILE]
"""

import base64
import contextlib
import datetime
import json
import pathlib
import sys
from unittest import mock

import jwt.api_jwt
from twilio.jwt import JwtDecodeError
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VideoGrant

passed = failed = 0


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
        print(f"ok   python {name}")
    else:
        failed += 1
        print(f"FAIL python {name}{': ' + detail if detail else ''}")


@contextlib.contextmanager
def clock(seconds):
    """The library asks time.time(), PyJWT under it datetime.now(): stop both."""

    class Stopped(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(seconds, tz)

    with mock.patch("time.time", return_value=float(seconds)):
        with mock.patch.object(jwt.api_jwt, "datetime", Stopped):
            yield


def parts(token):
    """Header and payload as they stand, in a form in which 1, 1.0 and true differ."""
    return [
        json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)))
        for p in token.split(".")[:2]
    ]


def canonical(value):
    return json.dumps(value, sort_keys=True)


def refused(token, secret, at):
    try:
        with clock(at):
            AccessToken.from_jwt(token, secret)
    except JwtDecodeError:
        return True
    return False


def compare(c):
    name, golden, secret, start = c["name"], c["token"], c["api_secret"], c["issued_at"]
    with clock(start):
        vendor = AccessToken(
            c["account_sid"],
            c["api_key"],
            secret,
            grants=[VideoGrant(room=c["room"])],
            identity=c["identity"],
            ttl=c["validity_seconds"],
            region=c["region"],
            nbf=None,
        ).to_jwt()

    header, claims = parts(golden)
    vendor_header, vendor_claims = parts(vendor)
    check(
        f"{name}: header",
        canonical(header) == canonical(vendor_header),
        f"{canonical(header)}, not {canonical(vendor_header)}",
    )
    # This library sets no iat; jti holds the same second, and its value is checked all the same.
    vendor_claims.setdefault("iat", start)
    check(
        f"{name}: claims",
        canonical(claims) == canonical(vendor_claims),
        f"{canonical(claims)}, not {canonical(vendor_claims)}",
    )

    last = start + c["validity_seconds"] - 1
    for at, when in ((start, "first"), (last, "last")):
        try:
            with clock(at):
                payload = AccessToken.from_jwt(golden, secret).payload
            check(f"{name}: verifies in its {when} second", payload == claims)
        except JwtDecodeError as e:
            check(f"{name}: verifies in its {when} second", False, str(e))
    check(f"{name}: expired one second later", refused(golden, secret, last + 1))
    check(f"{name}: refused with another secret", refused(golden, secret + "x", start))


def main():
    default = pathlib.Path(__file__).with_name("twilio_golden.json")
    file = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    for c in json.loads(file.read_text(encoding="utf-8")):
        try:
            compare(c)
        except Exception as e:  # a token so broken that it can't be taken apart
            check(f"{c['name']}: can be taken apart", False, f"{type(e).__name__}: {e}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
