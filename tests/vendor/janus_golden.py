#!/usr/bin/python3
"""Checks tests/vendor/janus_golden.json by what Janus's auth.c does (hmac and base64 of Python's own
library), and by a real Janus where Debian's is installed: it takes each token that is not over, and no
other. --write makes the file anew."""
import base64
import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

GOLDEN = Path(__file__).with_name("janus_golden.json")
PLUGIN = "janus.plugin.videoroom"
ROOM = "apt-47-1763138954-46eb915c"
CASES = [  # name, secret, room, now, validity
    ("usual", "not-a-real-token-secret-0123456789", ROOM, 1763283600, 5400),
    ("long", "s" * 200, ROOM, 1763283600, 14400),
    ("numeric", "+/=-_ secret", "47", 2147483647, 3600),
    ("far", "not-a-real-token-secret-0123456789", ROOM, 4102444800, 5400),
]


def token(secret, expiry, realm, what):
    data = f"{expiry},{realm},{what}"
    mac = hmac.new(secret.encode(), data.encode(), hashlib.sha1).digest()
    return f"{data}:{base64.b64encode(mac).decode()}"


def vector(name, secret, room, now, validity):
    return {"name": name, "secret": secret, "room": room, "now": now, "validity_seconds": validity,
            "access_token": token(secret, now + validity, PLUGIN, "room=" + room),
            "core_token": token(secret, now + validity, "janus", PLUGIN)}


class Janus:
    """Debian's, with the configuration that roomkey ships, and nobody but us to talk to."""

    def __init__(self, folder, secret):
        self.folder = Path(folder)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        for source in (Path(__file__).parents[2] / "systemd/janus").glob("*.jcfg"):
            text = source.read_text(encoding="utf-8").replace("@TOKEN_SECRET@", secret)
            text = text.replace("@ADMIN_KEY@", "key").replace("port = 8088", f"port = {port}")
            (self.folder / source.name).write_text(text.replace("ws = true", "ws = false"), encoding="utf-8")
        self.url = f"http://127.0.0.1:{port}/janus"
        self.process = subprocess.Popen(["janus", "--disable-colors", f"--configs-folder={folder}"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(100):
            try:
                self.ask("/info")
                break
            except OSError:
                time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def ask(self, path, **message):
        body = json.dumps({"transaction": "a", **message}).encode() if message else None
        with urllib.request.urlopen(self.url + path, body, 10) as answer:
            return json.loads(answer.read())

    def takes_core(self, core):
        return "data" in self.ask("", janus="create", token=core)

    def takes_room(self, core, room, access):
        """'joined', or the error's number."""
        place = f"/{self.ask('', janus='create', token=core)['data']['id']}"
        attached = self.ask(place, janus="attach", plugin=PLUGIN, token=core)
        handle = f"{place}/{attached['data']['id']}"
        self.ask(handle, janus="message", token=core,
                 body={"request": "create", "room": room, "admin_key": "key", "signed_tokens": True})
        self.ask(handle, janus="message", token=core,
                 body={"request": "join", "ptype": "publisher", "room": room, "token": access})
        said = self.ask(f"{place}?maxev=1&token={core.replace('+', '%2B')}")["plugindata"]["data"]
        return said.get("error_code", said["videoroom"])


def by_janus(vectors):
    """(what, whether it is so) of a real one."""
    over, good = vectors["usual"], vectors["far"]
    with tempfile.TemporaryDirectory() as folder, Janus(folder, good["secret"]) as janus:
        yield "takes the token for the server", janus.takes_core(good["core_token"])
        yield "takes none that is over", not janus.takes_core(over["core_token"])
        yield "takes none of a room for the server", not janus.takes_core(good["access_token"])
        yield "lets in with the token of the room", \
            janus.takes_room(good["core_token"], ROOM, good["access_token"]) == "joined"
        yield "lets nobody in with one that is over", \
            janus.takes_room(good["core_token"], ROOM, over["access_token"]) == 433
        yield "lets nobody into another room", \
            janus.takes_room(good["core_token"], "apt-48", good["access_token"]) == 433


def main():
    if "--write" in sys.argv:
        GOLDEN.write_text(json.dumps([vector(*case) for case in CASES], indent=2) + "\n", encoding="utf-8")
    passed = failed = 0
    for found, case in zip(json.loads(GOLDEN.read_text(encoding="utf-8")), CASES, strict=True):
        good = found == vector(*case)
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} janus golden: {case[0]}")
    if shutil.which("janus"):
        vectors = {one["name"]: one for one in json.loads(GOLDEN.read_text(encoding="utf-8"))}
        for what, good in by_janus(vectors):
            passed, failed = passed + good, failed + (not good)
            print(f"{'ok  ' if good else 'FAIL'} janus {what}")
    else:
        print("skip janus: Debian's janus is not installed")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
