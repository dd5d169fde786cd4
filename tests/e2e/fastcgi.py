"""FastCGI: what nginx would send, and what it never would."""
import struct

from answers import Answer

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES = range(1, 10)


def record(kind, content=b"", number=1, version=1, length=None):
    length = len(content) if length is None else length
    return struct.pack(">BBHHBx", version, kind, number, length, 0) + content


def pair(name, value):
    def size(data):
        return bytes([len(data)]) if len(data) < 128 else struct.pack(">I", len(data) | 1 << 31)
    name, value = (part if isinstance(part, bytes) else part.encode() for part in (name, value))
    return size(name) + size(value) + name + value


def begin(role=1, keep=False):
    return record(BEGIN, struct.pack(">HB5x", role, keep))


def chunks(kind, content):
    parts = [record(kind, content[at:at + 65535]) for at in range(0, len(content), 65535)]
    return b"".join(parts) + record(kind)


def fcgi_request(params, body=b"", keep=False):
    pairs = b"".join(pair(*p) for p in params.items())
    return begin(keep=keep) + chunks(PARAMS, pairs) + chunks(STDIN, body)


def fcgi_answer(stream):
    """The Answer on a connection, or None where it was closed without one."""
    output = b""
    while len(head := stream.read(8)) == 8:
        _, kind, _, length, padding = struct.unpack(">BBHHBx", head)
        content = stream.read(length + padding)[:length]
        if kind == STDOUT:
            output += content
        elif kind == END:
            break
    head, found, body = output.partition(b"\r\n\r\n")
    return Answer(b"CGI\r\n" + head, body) if found else None
