"""What people try who have rights of their own, or had: an administrator with the store's file, a
psychologist, and who was removed."""
import json
import shutil
import subprocess
import time
from urllib.parse import quote

from attackers import Row
from callback_support import Session, delivery
from clinic import ADMIN, CANCELLED, JANE, MANAGER, SARAH
from live_support import (JANE_THERE, PARTICIPANT, PARTICIPANTS, SARAH_THERE, STATUS, next_room,
                          rest_demo, room_of, twilio)
from support import BIN, wait_until
from tokens import unb64
from witness_test import rewrite

OUT_WITHIN = 5  # seconds


def verified(demo, store, *more):
    """Whether `roomkey audit verify` finds nothing wrong with that store."""
    done = subprocess.run([BIN / "roomkey", "audit", "verify", *more], capture_output=True, text=True,
                          env=demo.settings | {"ROOMKEY_DB": str(store)}, check=False)
    return done.returncode == 0


def rewritten_audit(demo, others):
    """The file's owner has no key and can't write the witness's file."""
    lines = demo.dir / "witness.jsonl"

    def witness():
        others.ask(0.2)
        demo.roomkey("audit", "witness", ROOMKEY_AUDIT_SINK=str(lines))
    witness()
    older = demo.dir / "older.db"
    demo.roomkey("db", "backup", older)
    witness()
    now = demo.dir / "now.db"
    demo.roomkey("db", "backup", now)
    forged = shutil.copy(now, demo.dir / "forged.db")
    rewrite(forged, json.loads(lines.read_text().splitlines()[0])["event"])
    against = ("--against", lines)
    honest = verified(demo, now, *against)
    for tried, store, arguments in (
            ("one event changed, the chain computed anew: by the key", forged, ()),
            ("the same, by the witness alone", forged, against),
            ("an older copy put in place: by the witness", older, against)):
        found = not verified(demo, store, *arguments)
        yield Row("rewriting the audit", tried, "found" if found else "**not found**",
                  "found, and an honest audit is not", found and honest)


def change(demo, what, number, who, user):
    return demo.post(PARTICIPANT.format(number, quote(who, safe="")) + what + "/", user).status


def readmissions(_demo, _others):
    demo, number = rest_demo(), next_room()
    tries, let_in = 0, []

    def attempts(*pairs):
        nonlocal tries
        for user, who in pairs:
            tries += 1
            if change(demo, "readmit", number, who, user) == 200:
                let_in.append((user, who))
        for user, who in pairs:
            tries += 1
            if user in (JANE, SARAH) and demo.token(number, user).status == 200:
                let_in.append(user)
    twilio().create(room_of(number))
    change(demo, "remove", number, SARAH_THERE, ADMIN)
    change(demo, "remove", number, JANE_THERE, MANAGER)
    attempts((SARAH, SARAH_THERE), (SARAH, JANE_THERE), (JANE, JANE_THERE), (JANE, SARAH_THERE),
             (SARAH, str(SARAH)), (JANE, str(JANE)))
    office = change(demo, "readmit", number, SARAH_THERE, MANAGER)
    attempts((SARAH, JANE_THERE), (JANE, JANE_THERE))
    let_in = [one for one in let_in if one != SARAH]  # whom the office let in again
    yield Row("readmitting oneself", "who was removed asks for himself and for the other, by name and id",
              f"{len(let_in)} of {tries} tries let one in", "none, and the office can",
              not let_in and office == 200)


class Removed:
    """Jane was put out of an appointment, with Twilio in that state, and tries every door."""

    def __init__(self, demo, away):
        self.demo, self.number = demo, next_room()
        self.room, self.opened, self.tries = room_of(self.number), [], 0
        self.session = Session(self.number, int(time.time()))
        self.session.sid = twilio().create(self.room)["sid"]
        self.sequence = 0
        self.told("room-created")
        self.there = self.comes()
        if away:
            twilio().tell(fault={"mode": "away"})
        began = time.monotonic()
        change(demo, "remove", self.number, JANE_THERE, SARAH)
        self.doors()
        if away:
            twilio().tell(fault=None)
            began = time.monotonic()
        wait_until(lambda: twilio().status(self.there) == "disconnected", "Jane is out")
        self.out_after = time.monotonic() - began

    def told(self, event, **more):
        params = self.session.event(self.sequence, event, 0, **more)
        self.sequence += 1
        self.demo.raw(delivery(self.demo, params))

    def comes(self):
        """With a token from before."""
        there = twilio().join(self.room, JANE_THERE)
        self.told("participant-connected", ParticipantIdentity=JANE_THERE, ParticipantSid=there["sid"])
        return there

    def door(self, name, shut):
        self.tries += 1
        if not shut:
            self.opened.append(name)

    def doors(self):
        demo, number = self.demo, self.number
        for path in ("video-token", "video-token-refresh"):
            self.door(path, demo.get(f"/api/appointments/{path}/{number}/", JANE).status == 403)
        body = json.dumps({"callId": self.room}).encode()
        for path in ("/api/video-call/token/", "/api/video-call/"):
            self.door(path, demo.post(path, JANE, body=body).status == 403)
        # For whatever else she may join, but not for this.
        unbound = demo.post("/api/video-call/token/", JANE, body=b"{}")
        self.door("a Stream token without a call", self.room.encode() not in claims_of(unbound))
        for path in (STATUS, PARTICIPANTS):
            seen = demo.get(path.format(number), JANE)
            self.door(path, SARAH_THERE.encode() not in seen.body)
        closed = json.dumps({"callId": f"apt-{CANCELLED}-1763138954-46eb915c"}).encode()
        self.door("a cancelled appointment's call",
                  demo.post("/api/video-call/token/", JANE, body=closed).status == 409)

    def comes_back(self):
        """Seconds until she is out again."""
        began, there = time.monotonic(), self.comes()
        wait_until(lambda: twilio().status(there) == "disconnected", "Jane is out again")
        return time.monotonic() - began


def claims_of(answer):
    token = answer.json.get("token", "..")
    return unb64(token.split(".")[1])


def side_doors(_demo, _others):
    for state, away in (("", False), (", with Twilio away at that moment", True)):
        try:
            one = Removed(rest_demo(), away)
            back = one.comes_back()
        finally:
            twilio().tell(reset=True)
        yield Row("side doors of a removed person", f"tokens, Stream, a cancelled call, status{state}",
                  f"{len(one.opened)} of {one.tries} open; out after {one.out_after:.1f} s, "
                  f"and after {back:.1f} s where she came back with an old token",
                  f"none, at most {OUT_WITHIN} s",
                  not one.opened and max(one.out_after, back) <= OUT_WITHIN)


ALL = (rewritten_audit, readmissions, side_doors)
