"""Faults of those that roomkey speaks with: the provider and the clients."""
import contextlib
import resource
import socket
import time

from chaos import BUSY, SECONDS, SHORT, Load, demo
from clinic import JANE, SARAH
from live_support import StandIn
from verdict import judge


def black_hole():
    """The provider takes connections and never answers."""
    twilio = StandIn()
    url = f"http://127.0.0.1:{twilio.port}"
    try:
        with demo(TWILIO_VIDEO_URL=url, TWILIO_API_URL=url, TWILIO_ROOMS="rest",
                  **twilio.settings) as made:
            with Load(made, only=("token", "refresh", "stream")) as load:
                time.sleep(SECONDS)
                alone = len(load.seen) / SECONDS
            twilio.tell(fault={"mode": "slow", "seconds": 30})
            with Load(made, only=("token", "refresh", "stream")) as load:
                started = time.monotonic()
                slowest = 0
                while time.monotonic() < started + SECONDS + 2:
                    asked = time.monotonic()
                    answer = made.get(f"/api/appointments/video-status/{BUSY[2]}/", SARAH)
                    slowest = max(slowest, time.monotonic() - asked)
                    time.sleep(0.1)
                meanwhile = len(load.seen) / (time.monotonic() - started)
                twilio.tell(fault=None)
                since = time.monotonic()
                load.__exit__()
                verdict = judge(made, load, since)
                verdict.must(answer.status == 200, f"status during it: {answer}")
                verdict.must(slowest < 7, f"a status took {slowest:.1f} s")
                verdict.must(meanwhile > alone / 2, "tokens go on at speed")
                verdict.saw += (f"; tokens at {meanwhile / alone:.2f} of their speed before; "
                                f"slowest status {slowest:.1f} s")
                return verdict
    finally:
        twilio.close()


def slow_clients():
    """Clients that send their request a byte at a time, 400 at once."""
    with demo() as made, Load(made) as load:
        slow = []
        request = made.request("GET", "/api/appointments/video-token/47/", JANE)
        for _ in range(400):
            slow.append(made.connect())
        end = time.monotonic() + SECONDS
        at = 0
        while time.monotonic() < end:
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.send(request[at:at + 1])
            at = min(at + 1, len(request) - 5)
        for connection in slow:
            with contextlib.suppress(OSError):
                connection.close()
        since = time.monotonic()
        load.__exit__()
        verdict = judge(made, load, since)
        verdict.saw += "; 400 slow ones"
        return verdict


def connections():
    """10,000 connections at nginx that say nothing."""
    wanted = 2000 if SHORT else 10000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(wanted, (hard if hard != resource.RLIM_INFINITY else 20000) - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 500), hard))
    idle = []
    try:
        with demo() as made, Load(made) as load:
            for _ in range(wanted):
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", made.port))
                idle.append(one)
            time.sleep(SECONDS)
            late = time.monotonic()
            fresh = made.token(BUSY[0])
            late = time.monotonic() - late
            for one in idle:
                one.close()
            since = time.monotonic()
            time.sleep(0.5)
            load.__exit__()
            verdict = judge(made, load, since)
            verdict.must(fresh.status == 200, f"a new client meanwhile: {fresh}")
            verdict.saw += f"; {wanted} idle connections; a new client got its token in {late:.2f} s"
            return verdict
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
