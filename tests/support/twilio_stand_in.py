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
import os
import signal
import ssl
import sys
import threading

sys.dont_write_bytecode = True
from stand_in.account import Twilio  # noqa: E402
from stand_in.server import Stage  # noqa: E402


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
