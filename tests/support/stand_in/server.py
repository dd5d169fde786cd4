"""The servers of the API and of the control port."""
import http.server
import socket
import threading

from stand_in.api import Api
from stand_in.control import Control


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, stage, handler, port=0, tls=None):
        super().__init__(("127.0.0.1", port), handler)
        self.stage, self.twilio, self.lock = stage, stage.twilio, stage.lock
        self.connections, self.gone = [], False
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        """Clients that hang up are what the faults are for."""

    def stop(self):
        self.gone = True
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Stage:
    """Both servers; the API's can leave and come back to its port."""

    def __init__(self, twilio, tls):
        self.twilio, self.tls = twilio, tls
        self.lock = threading.Lock()
        self.api = Server(self, Api, tls=tls)
        self.port = self.api.server_port
        self.control = Server(self, Control)
        twilio.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def hide(self):
        if self.api is not None:
            self.api.stop()
            self.api = None

    def show(self):
        if self.api is None:
            self.api = Server(self, Api, self.port, self.tls)
