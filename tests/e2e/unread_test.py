"""Who asks and never reads the answer: over HTTP/2 a client says itself how much it will take."""
import socket
import sqlite3
import ssl
import struct
import time

from callback_support import NINE, PARTICIPANTS, CallbackCase, Session, next_number
from clinic import JANE
from support import PATIENCE

SETTINGS, HEADERS, WINDOW_SIZE = 4, 1, 4
END_STREAM, END_HEADERS = 1, 4
AT_ONCE = 60


def frame(kind, flags, stream, content):
    return struct.pack(">I", len(content))[1:] + struct.pack(">BBI", kind, flags, stream) + content


def number(value, bits):
    """HPACK's integers (RFC 7541 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    said, value = bytes([most]), value - most
    while value > 127:
        said, value = said + bytes([value % 128 + 128]), value // 128
    return said + bytes([value])


def headers(demo, path):
    fields = {":method": "GET", ":scheme": "https", ":authority": f"localhost:{demo.port}",
              ":path": path, "authorization": f"Bearer {demo.bearer(JANE)}"}
    return b"".join(b"\0" + number(len(name), 7) + name.encode() + number(len(value), 7) +
                    value.encode() for name, value in fields.items())


def ask_and_never_read(demo, path):
    """One connection with many requests and no room for any byte of an answer's body."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", demo.port), PATIENCE)
    connection = context.wrap_socket(plain, server_hostname="localhost")
    said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    said += frame(SETTINGS, 0, 0, struct.pack(">HI", WINDOW_SIZE, 0))
    asked = headers(demo, path)
    for stream in range(1, 2 * AT_ONCE, 2):
        said += frame(HEADERS, END_STREAM | END_HEADERS, stream, asked)
    connection.sendall(said)
    return connection


class Unread(CallbackCase):
    def crowded(self):
        """A room in which 250 people were, whose names are as long as they can be."""
        session = Session(next_number())
        with sqlite3.connect(self.demo.db, timeout=PATIENCE) as store:
            store.execute("INSERT INTO room_sessions VALUES (?, ?, 250)",
                          (session.sid, session.number))
            store.executemany(
                "INSERT INTO room_events VALUES (?, ?, 'participant-connected', ?, ?, ?, NULL)",
                [(session.sid, n, NINE + n, f"PA{n:032}", "\x7f" * 512) for n in range(250)])
        store.close()
        return session

    def test_an_answer_that_nobody_reads_holds_up_nobody_else(self):
        path = PARTICIPANTS.format(self.crowded().number)
        body = self.demo.get(path, JANE)
        self.assertGreater(len(body.body), 300_000)
        self.assertEqual(len(body.json["participants"]), 100)
        with ask_and_never_read(self.demo, path):
            time.sleep(0.2)
            started = time.monotonic()
            for _ in range(20):
                self.given(self.demo.get(path, JANE))
                self.given(self.demo.token())
            self.assertLess(time.monotonic() - started, PATIENCE)
        self.assertEqual(list(self.demo.dir.glob("**/fastcgi*/**/*[0-9]")), [])
