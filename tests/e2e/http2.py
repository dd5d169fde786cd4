"""HTTP/2 by hand (RFC 9113; HPACK: RFC 7541), to say what no library would."""
import socket
import ssl
import struct

from support import PATIENCE

DATA, HEADERS, RESET, SETTINGS, WINDOW_UPDATE = 0, 1, 3, 4, 8
END_STREAM, END_HEADERS = 1, 4
WINDOW_SIZE = 4  # a setting: what a stream may bring before it is told to go on
SPELLED, KEPT = b"\0", b"\x40"  # a field said once, and one that has a number from then on
GET, HTTPS = b"\x82", b"\x87"  # methods and schemes that have one from the start


def frame(kind, flags, stream, content):
    return struct.pack(">I", len(content))[1:] + struct.pack(">BBI", kind, flags, stream) + content


def number(value, bits):
    """HPACK's integers (5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    said, value = bytes([most]), value - most
    while value > 127:
        said, value = said + bytes([value % 128 + 128]), value // 128
    return said + bytes([value])


def field(name, value, how=SPELLED):
    return how + b"".join(number(len(text), 7) + text.encode() for text in (name, value))


def kept(place):
    """The field that was kept last is 0, the one before it 1."""
    return bytes([0x80 | 62 + place])


class Http2:
    """One connection."""

    def __init__(self, port, window=(1 << 31) - 1):
        """`window`: how many bytes of each answer it has room for."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.stream = self.socket.makefile("rb")
        self.sent, self.next = 0, 1
        self.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
                  frame(SETTINGS, 0, 0, struct.pack(">HI", WINDOW_SIZE, window)) +
                  frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30)))

    def send(self, data):
        self.sent += len(data)
        self.socket.sendall(data)

    def ask(self, *requests):
        """A request for each of these lists of fields, all in one go."""
        said = b""
        for fields in requests:
            said += frame(HEADERS, END_STREAM | END_HEADERS, self.next, fields)
            self.next += 2
        self.send(said)

    def hear(self, answers):
        """Until so many are whole, or given up."""
        while answers:
            head = self.stream.read(9)
            if len(head) < 9:
                raise ConnectionError("closed by the server")
            self.stream.read(int.from_bytes(head[:3], "big"))
            kind, flags = head[3], head[4]
            answers -= kind == RESET or (kind in (DATA, HEADERS) and flags & END_STREAM != 0)

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
