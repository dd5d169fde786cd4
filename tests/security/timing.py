#!/usr/bin/python3
"""How long refusals take: does the time tell a stranger more than the answer does? Each group's
kinds of request are sent in turns, in an order drawn anew for each round, and their medians are set
beside the first of the group. The first two kinds of each group are the very same request: what
they differ by is this machine's noise. TIMING_ROUNDS (1500) is how often each is asked;
those that write, a third as often.

A worker's own socket leaves the network out; nginx is what a stranger would measure through. Only
signatures are held to a bound: that a wrong first byte and a wrong last one go the same way. What
a compare that stops early would spare, some nanoseconds, is far below what can be seen here;
against that stands CRYPTO_memcmp()."""
import base64
import hmac
import json
import os
import random
import secrets
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import jwt  # noqa: E402
from bearer_keys import jwk, key_for  # noqa: E402
from clinic import CANCELLED, INACTIVE, JANE, SAM  # noqa: E402
from fastcgi import fcgi_answer, fcgi_request  # noqa: E402
from stacks import Demo, made_up_settings  # noqa: E402
from support import stop_all  # noqa: E402
from tokens import b64, bearer, claims, unb64  # noqa: E402
from workers import Worker  # noqa: E402

ROUNDS = int(os.environ.get("TIMING_ROUNDS", "1500"))
TOKEN = "/api/appointments/video-token/{}/"
CALLBACK = "/api/appointments/twilio-status-callback/"
CALLBACK_URL = f"https://clinic.example{CALLBACK}"
WRITES = max(1, ROUNDS // 3)  # where each is an event in the audit, and waits for the disk
BLOCKS = 15
FLOOR = 0.02  # a difference under 2 % is no finding, however quiet the machine
NOBODY = 999999


def bent(token, index):
    """The token with one byte of its signature turned around."""
    message, _, signature = token.rpartition(".")
    raw = bytearray(unb64(signature))
    raw[index] ^= 0xff
    return f"{message}.{b64(bytes(raw))}"


def get(token, number=47):
    return "GET", TOKEN.format(number), token, {}


def strangers(secret):
    """Bearer tokens that are refused; the first two are the same request."""
    good = bearer(JANE, secret)
    return {"signature wrong in its last byte": (get(bent(good, -1)), 401),
            "the same once more": (get(bent(good, -1)), 401),
            "signature wrong in its first byte": (get(bent(good, 0)), 401),
            "signature of another key": (get(bearer(JANE, secrets.token_hex(32))), 401),
            "signature too short by a byte": (get(good.rpartition(".")[0] + "." + b64(
                unb64(good.rpartition(".")[2])[:-1])), 401),
            "not base64url": (get(good[:-1] + "!"), 401),
            "not three parts": (get("x" * len(good)), 401),
            "right, but expired": (get(bearer(JANE, secret, exp=int(time.time()) - 60)), 401),
            "no Authorization at all": (get(None), 401)}


def callers(secret):
    """What a right token is refused for."""
    def user(number, appointment=47):
        return get(bearer(number, secret), appointment)
    return {"known user, not of this appointment": (user(SAM), 403),
            "the same once more": (user(SAM), 403),
            "known user, unknown appointment": (user(SAM, NOBODY), 404),
            "own appointment, cancelled": (user(JANE, CANCELLED), 409),
            "not of a cancelled appointment": (user(SAM, CANCELLED), 403),
            "unknown user": (user(NOBODY), 401),
            "unknown user, unknown appointment": (user(NOBODY, NOBODY), 401),
            "inactive user": (user(INACTIVE), 401),
            "granted": (user(JANE), 200)}


def callbacks(auth_token):
    """Twilio's signature of a=b, bent; the first two are the same request."""
    right = hmac.new(auth_token.encode(), f"{CALLBACK_URL}ab".encode(), "sha1").digest()

    def signed(raw):
        return ("POST", CALLBACK, None, {"HTTP_X_TWILIO_SIGNATURE": base64.b64encode(raw).decode(),
                                         "CONTENT_TYPE": "application/x-www-form-urlencoded"})
    first = bytes([right[0] ^ 0xff]) + right[1:]
    last = right[:-1] + bytes([right[-1] ^ 0xff])
    return {"signature wrong in its last byte": (signed(last), 403),
            "the same once more": (signed(last), 403),
            "signature wrong in its first byte": (signed(first), 403),
            "signature of another key": (signed(secrets.token_bytes(20)), 403),
            "signature too short by a byte": (signed(right[:-1]), 403),
            "no signature": (signed(b""), 403)}


def key_ids(known, strange):
    """RS256 with a JWK set: the header's kid chooses the key."""
    def token(key, kid):
        return get(jwt.encode(claims(JANE), key, "RS256", headers=kid and {"kid": kid}))
    return {"known kid, another key": (token(strange, "known"), 401),
            "the same once more": (token(strange, "known"), 401),
            "unknown kid, another key": (token(strange, "unknown"), 401),
            "no kid, another key": (token(strange, None), 401),
            "known kid, right key": (token(known, "known"), 200)}


def at_worker(worker):
    def ask(method, path, token, changes):
        body = b"a=b" if method == "POST" else b""
        data = fcgi_request(worker.params(method, path, token=token, body=body, **changes), body)
        with worker.connect() as connection, connection.makefile("rb") as stream:
            began = time.perf_counter_ns()
            connection.sendall(data)
            answer = fcgi_answer(stream)
            return time.perf_counter_ns() - began, answer.status
    return ask


def through_nginx(demo):
    """On one connection, renewed where nginx ends it."""
    kept = [demo.connect()]

    def ask(method, path, token, _changes):
        data = demo.request(method, path, token=token)
        began = time.perf_counter_ns()
        kept[0].send(data)
        answer = kept[0].receive(method)
        spent = time.perf_counter_ns() - began
        if answer["Connection"] == "close":
            kept[0].close()
            kept[0] = demo.connect()
        return spent, answer.status
    return ask


def measured(ask, kinds, rounds=ROUNDS):
    """Nanoseconds of each kind, in turns."""
    times = {name: [] for name in kinds}
    order = list(kinds)
    for round_number in range(-20, rounds):  # the first ones warm caches up and don't count
        random.shuffle(order)
        for name in order:
            request, status = kinds[name]
            spent, seen = ask(*request)
            if seen != status:
                raise AssertionError(f"{name}: {seen} instead of {status}")
            if round_number >= 0:
                times[name].append(spent)
    return times


def table(title, times):
    medians = {name: statistics.median(spent) for name, spent in times.items()}
    first = next(iter(medians.values()))
    count = len(next(iter(times.values())))
    print(f"\n{title}, {count} of each kind\n{'':44}{'median':>10}{'ratio':>8}")
    for name, median in medians.items():
        print(f"  {name:42}{median / 1000:7.0f} us{median / first:8.2f}")
    return times


def ratios(times, name):
    """Of this kind to the first one, in each of BLOCKS parts of the rounds."""
    size = max(1, ROUNDS // BLOCKS)

    def medians(spent):
        return [statistics.median(spent[at:at + size]) for at in range(0, ROUNDS, size)]
    return [one / other for one, other in zip(medians(times[name]),
                                              medians(next(iter(times.values()))))]


def judged(where, times):
    """The first wrong byte against the last: no further apart in the middle of all parts than the
    very same request is from itself in one of them."""
    noise = max(abs(ratio - 1) for ratio in ratios(times, "the same once more"))
    found = abs(statistics.median(ratios(times, "signature wrong in its first byte")) - 1)
    good = found <= max(FLOOR, noise)
    print(f"{'ok  ' if good else 'FAIL'} a signature's first wrong byte and its last, {where}:"
          f" {100 * found:.1f} % apart (the same request: up to {100 * noise:.1f} %)")
    return good


def main():
    results = []
    with Worker(ROOMKEY_LOG_LEVEL="info", ROOMKEY_PERSON_RATE="off",
                TWILIO_STATUS_CALLBACK_URL=CALLBACK_URL) as worker:
        ask = at_worker(worker)
        bearers = table("Bearer tokens, at the worker", measured(ask, strangers(worker.secret)))
        results.append(judged("bearer token, at the worker", bearers))
        table("Callers, at the worker", measured(ask, callers(worker.secret), WRITES))
        signatures = table("Callbacks, at the worker",
                           measured(ask, callbacks(worker.settings["TWILIO_AUTH_TOKEN"])))
        results.append(judged("callback, at the worker", signatures))
    with tempfile.NamedTemporaryFile("w", suffix=".jwks") as file:
        known, strange = key_for("RS256"), key_for("RS256")
        json.dump({"keys": [jwk(known, "RS256", "known")]}, file)
        file.flush()
        with Worker(ROOMKEY_LOG_LEVEL="info", ROOMKEY_PERSON_RATE="off",
                    ROOMKEY_JWT_ALGORITHM="RS256",
                    ROOMKEY_JWT_SECRET=None, ROOMKEY_JWT_JWKS_FILE=file.name) as worker:
            table("Key ids, at the worker", measured(at_worker(worker), key_ids(known, strange)))
    with Demo(made_up_settings(ROOMKEY_LOG_LEVEL="info")) as demo:
        ask = through_nginx(demo)
        bearers = table("Bearer tokens, through nginx", measured(ask, strangers(demo.secret)))
        results.append(judged("bearer token, through nginx", bearers))
        table("Callers, through nginx", measured(ask, callers(demo.secret), WRITES))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    # Both as KeyboardInterrupt: nothing is left running, however this is ended.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main())
    finally:
        stop_all()
