#!/usr/bin/python3
"""The tokens of custom_golden.json, made of the claims that stand there with nothing but hmac, json
and the openssl command: neither by roomkey nor by a library for tokens.

    custom_golden.py           checks that custom_golden.json holds exactly these tokens
    custom_golden.py --write   writes them into it anew
"""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
FILE = HERE / "custom_golden.json"
SIDES = ("patient", "psychologist")


def part(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def compact(value):
    """Members by their names, as roomkey writes those of a template."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"),
                      sort_keys=True).encode("ascii")


def sign(golden, text):
    if golden["header"]["alg"] == "HS256":
        return hmac.new(golden["secret"].encode(), text, hashlib.sha256).digest()
    return subprocess.run(["openssl", "dgst", "-sha256", "-sign", HERE / golden["key_file"]],
                          input=text, stdout=subprocess.PIPE, check=True).stdout


def token(golden, side):
    text = part(compact(golden["header"])) + b"." + part(compact(golden[side]["claims"]))
    return (text + b"." + part(sign(golden, text))).decode("ascii")


def main():
    goldens = json.loads(FILE.read_text(encoding="utf-8"))
    passed = failed = 0
    for name, golden in goldens.items():
        for side in SIDES:
            wanted = token(golden, side)
            ok = golden[side].get("token") == wanted
            golden[side]["token"] = wanted
            passed, failed = passed + ok, failed + (not ok)
            if sys.argv[1:] != ["--write"]:
                print(f"{'ok  ' if ok else 'FAIL'} golden {name} {side}: the file holds "
                      f"{'this' if ok else 'another'} token")
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(json.dumps(goldens, indent=2) + "\n", encoding="utf-8")
        return 0
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
