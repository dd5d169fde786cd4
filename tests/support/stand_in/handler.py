"""What both servers answer with."""
import http.server
import json
import time

PATIENCE = 60


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "stand-in", ""
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True
    timeout = PATIENCE

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections.append(self.connection)
            self.number = len(self.server.connections)

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def send(self, status, body, kind="application/json", **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp=None):
        ahead = self.server.twilio.clock
        if ahead is None:
            return "?"
        return super().date_time_string((timestamp or time.time()) + ahead)

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
