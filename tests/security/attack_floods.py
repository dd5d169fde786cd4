"""What strangers, and people with a token of their own, send a great deal of."""
import base64
import contextlib
import functools
import secrets
from pathlib import Path
from urllib.parse import urlencode

import http2
from attackers import (ALONE, Row, alone, answered, attackers, flood, forged, of_many_networks,
                       of_one_network, only, statuses)
from callback_support import PARTICIPANTS, Session, delivery, tell_all
from clinic import JANE, SARAH, SERVICE
from others import PEOPLE, Others
from unread_test import ask_and_never_read

TOKEN = f"/api/appointments/video-token/{PEOPLE[0]}/"
JSON = {"Content-Type": "application/json"}
BURST, RATE = 200, 20  # nginx's for an address without a token, and the workers' for forged ones
CALLBACK_RATE = 50
LINES = 1000  # bytes of log, of nginx's and the worker's, for a request that is answered
LONG = "/" + "a" * 3900
AT_ONCE = 100


def repeated_path(method, demo, counts, going):
    """A long path is said once a connection, and from then on by a number of one byte."""
    first = (http2.field(":method", method, http2.KEPT) + http2.HTTPS +
             http2.field(":authority", f"localhost:{demo.port}", http2.KEPT) +
             http2.field(":path", LONG, http2.KEPT))
    again = http2.kept(2) + http2.HTTPS + http2.kept(1) + http2.kept(0)
    while going():
        with http2.Http2(demo.port) as client:
            client.ask(first)
            client.hear(1)
            for _ in range(9):
                client.ask(*[again] * AT_ONCE)
                client.hear(AT_ONCE)
            counts.update(sent=client.sent, requests=1 + 9 * AT_ONCE)


def plain_http(demo, counts, going):
    """The shortest request that there is, on the port that only redirects."""
    ask = b"GET / HTTP/1.1\r\nHost:a\r\n\r\n"
    while going():
        with demo.connect(tls=False, port=demo.plain_port) as connection:
            for _ in range(9):
                connection.send(ask * AT_ONCE)
                for _ in range(AT_ONCE):
                    connection.receive()
                counts.update(sent=len(ask) * AT_ONCE, requests=AT_ONCE)


def filled_logs(demo, others):
    """Every byte of every log of nginx's and of the workers', by each byte that was sent."""
    for tried, work, limited in (
            ("a path of 3,900 bytes, repeated by HPACK for a byte each time",
             functools.partial(repeated_path, "GET"), True),
            ("the same as preflights, which no rate limit stops",
             functools.partial(repeated_path, "OPTIONS"), False),
            ("requests of 26 bytes to the port that redirects", plain_http, False)):
        counts = alone(demo, work)
        most = counts["sent"] + (LINES * let_through(RATE) if limited else 0)
        yield Row("filling the logs", f"{tried}: {counts['requests'] // ALONE:,} a second",
                  f"{counts['logged'] / counts['sent']:.2f} bytes of log a byte sent",
                  "at most 1" + (f", beside {BURST} lines and {RATE} a second" if limited else ""),
                  0 < counts["logged"] <= most,
                  others.beside(lambda work=work: attackers(demo, work)))


def let_through(rate):
    """As many as a limit lets through while somebody attacks alone, and a tenth."""
    return 1.1 * (BURST + rate * (ALONE + 1))


def rotated_addresses(demo, others):
    for network, what, token in ((7, "no token", None), (8, "another forged token each", forged)):
        def work(demo, counts, going, network=network, token=token):
            flood(demo, counts, going, lambda: demo.request(
                "GET", TOKEN, token=token and token(),
                headers={"X-Forwarded-For": of_one_network(network)}))
        counts = alone(demo, work, work)
        yield Row("rotating IPv6 addresses", f"{what}, from all of a /64: "
                  f"{answered(counts) // ALONE:,} a second",
                  f"{counts['401']} let through in {ALONE} s", f"{BURST} and {RATE} a second",
                  only(counts, "401", "429") and counts["401"] <= let_through(RATE),
                  others.beside(lambda work=work: attackers(demo, work)))


def large_bodies():
    """64 KiB each, with what they are sent to and by whom."""
    def fill(text, piece):
        return text.replace("*", piece * ((65000 - len(text)) // len(piece))).encode()
    number = PEOPLE[0]
    return [
        ("of 32,000 numbers", SERVICE, "PUT", f"/api/appointments/{number}/",
         fill('{"patient_id":[*1]}', "1,"), "400"),
        ("one in the other", SERVICE, "PUT", f"/api/users/{number}/", fill("*", '{"a":'), "400"),
        ("a name as long", SERVICE, "PUT", f"/api/users/{number}/",
         fill('{"email":"a@b.example","role":"patient","name":"*"}', "x"), "422"),
        ("for a room", SARAH, "POST", f"/api/appointments/video-room/{number}/",
         fill("{*}", " "), "413"),
        ("for a Stream token", JANE, "POST", "/api/video-call/token/", fill("{*}", " "), "413")]


def bodies_for_the_lock(demo, others):
    for what, user, method, path, body, status in large_bodies():
        request = demo.request(method, path, user, headers=JSON, body=body)

        def work(demo, counts, going, request=request):
            flood(demo, counts, going, lambda: request)
        counts = alone(demo, work)
        each = (counts["cpu_token"] + counts["cpu_room"]) / max(1, counts[status])
        yield Row("bodies for the write lock", f"64 KiB, {what}: {statuses(counts)}",
                  f"{each / 1000:.2f} ms of a worker's time each", "at most 2 ms, none taken",
                  each <= 2000 and only(counts, status, "429"),
                  others.beside(lambda work=work: attackers(demo, work)))


def forgery(demo, address):
    """64 fields and 16 KB, and what can be a signature."""
    body = urlencode({f"Field{n}": "x" * 240 for n in range(62)}).encode()
    return delivery(demo, {}, signature=base64.b64encode(secrets.token_bytes(20)).decode(),
                    body=body, X_Forwarded_For=address)


def callbacks(demo, others):
    for where, address, most in (
            ("one address", lambda: "192.0.2.66", let_through(CALLBACK_RATE)),
            ("a new network each", of_many_networks, None)):
        def work(demo, counts, going, address=address):
            flood(demo, counts, going, lambda: forgery(demo, address()))
        counts = alone(demo, work, work)
        each = counts["cpu_room"] / max(1, counts["403"])
        held = only(counts, "403", "429") and each <= 1000
        yield Row("forged callbacks", f"16 KB, 64 fields, from {where}: "
                  f"{answered(counts) // ALONE:,} a second",
                  f"{counts['403']:,} judged in {ALONE} s, {each / 1000:.2f} ms each",
                  "at most 1 ms" + (f", and {most:.0f} judged" if most else ""),
                  held and (most is None or counts["403"] <= most),
                  others.beside(lambda work=work: attackers(demo, work, work)))


def crowd(demo, number):
    """100 people in the room, whose names are as long as they can be."""
    session = Session(number)
    tell_all(demo, session.event(0, "room-created", 0), *(
        session.person(n, "connected", n, f"{n:03}" + "\x7f" * 509, "a") |
        {"ParticipantSid": f"PA{n:032}"} for n in range(1, 101)))
    return PARTICIPANTS.format(number)


def nginx_memory(demo):
    pid = (demo.dir / "nginx.pid").read_text().strip()
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(int(line.split()[1]) for worker in workers
               for line in Path(f"/proc/{worker}/status").read_text().splitlines()
               if line.startswith("VmRSS")) / 1024


def unread_answers(demo, others):
    path, grown = crowd(demo, 47), []

    @contextlib.contextmanager
    def readers():
        before = nginx_memory(demo)
        with contextlib.ExitStack() as stack:
            for _ in range(10):
                stack.enter_context(ask_and_never_read(demo, path))
            yield
            grown.append(nginx_memory(demo) - before)
    size = len(demo.get(path, SARAH).body)
    told = others.beside(readers)
    files = len(list(demo.dir.glob("**/fastcgi*/**/*[0-9]")))
    yield Row("answers that nobody reads", "HTTP/2 with no room for a byte: 600 requests on 10 "
              f"connections, each for {size / 1000:.0f} KB",
              f"{max(grown):.0f} MiB more in nginx, {files} files on its disk",
              "what one person may ask for: at most 64 MiB, no file",
              max(grown) <= 64 and files == 0, told)


def behind_one_address(demo, _others):
    """The clinic's own address: with a token of one's own, with forged ones, and with none."""
    address = {"X-Forwarded-For": "192.0.2.80"}
    neighbours = Others(demo, address["X-Forwarded-For"])
    mine = demo.request("GET", TOKEN.replace(str(PEOPLE[0]), "47"), JANE, headers=address)
    none = demo.request("GET", TOKEN, headers=address)
    works = [lambda demo, counts, going, make=make: flood(demo, counts, going, make)
             for make in (lambda: mine, lambda: none,
                          lambda: demo.request("GET", TOKEN, token=forged(), headers=address))]
    counts = alone(demo, *works)
    told = neighbours.beside(lambda: attackers(demo, *works))
    yield Row("a flooder behind the clinic's address", "a token of his own, forged ones and none: "
              f"{answered(counts) // ALONE:,} a second",
              f"{told.busy.refused} of {told.busy.count} tokens of others there refused", "none",
              told.busy.refused == 0 and counts["429"] > 0, told)


ALL = (filled_logs, rotated_addresses, bodies_for_the_lock, callbacks, unread_answers,
       behind_one_address)
