"""An HTTP client that sends exactly what it is told, and shows an answer as it came."""
import json
import socket

from support import PATIENCE


class Answer:
    """One answer: status, headers as they came (a list, so doubles show) and body."""

    def __init__(self, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.first = first
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        self.status = int((self["Status"] or first.split(" ", 1)[1]).split()[0])
        self.body = body

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __getitem__(self, name):
        found = self.all(name)
        return found[0] if found else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return f"{self.first} {self.headers} {self.body[:300]!r}"


class Connection:
    """One TLS connection; `send` takes raw bytes, `receive` gives one answer."""

    def __init__(self, port, context, source=None):
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE,
                                         source_address=source and (source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname="localhost") if context else plain
        self.stream = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, method="GET"):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.stream.readline()
            if not line:
                raise ConnectionError(f"closed in the middle of an answer: {head!r}")
            head += line
        answer = Answer(head[:-4], b"")
        if method != "HEAD" and answer.status not in (204, 304):
            size = int(answer["Content-Length"])
            answer.body = self.stream.read(size)
            if len(answer.body) != size:
                raise ConnectionError("closed in the middle of a body")
        return answer

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
