"""Asks for tokens from outside of the machine without a pause, as several browsers at addresses of
their own, until its standard input ends. Prints how many answers there were and which were no 200.
Arguments: the machine's address, name, certificate, the tokens' file, addresses to ask from."""
import http.client
import json
import socket
import ssl
import sys
import threading
import time

PATHS = ["/api/appointments/video-token/47/", "/api/appointments/video-status/47/",
         "/api/appointments/47/"]
ALL = 160  # a second; nginx allows 200 of one token


class Browser(threading.Thread):
    def __init__(self, source, at, host, trust, token, each):
        super().__init__(daemon=True)
        self.source, self.at, self.host, self.trust, self.token = source, at, host, trust, token
        self.each = each
        self.answers, self.failures, self.over, self.connection = 0, [], False, None

    def connect(self):
        plain = socket.create_connection((self.at, 443), 30, (self.source, 0))
        self.connection = http.client.HTTPSConnection(self.host, context=self.trust)
        self.connection.sock = self.trust.wrap_socket(plain, server_hostname=self.host)

    def ask(self, path):
        if self.connection is None or self.connection.sock is None:
            self.connect()
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = self.connection.getresponse()
        body = answer.read()
        return None if answer.status == 200 else f"{answer.status} {body[:200]!r}"

    def run(self):
        while not self.over:
            began = time.monotonic()
            path = PATHS[self.answers % len(PATHS)]
            try:
                fault = self.ask(path)
            except (OSError, http.client.HTTPException) as why:
                fault, self.connection = repr(why), None
            self.answers += 1
            if fault:
                self.failures.append(f"{time.strftime('%H:%M:%S')} {path}: {fault}")
            time.sleep(max(0, self.each - (time.monotonic() - began)))


def main():
    at, name, certificate, token_file, *sources = sys.argv[1:]
    trust = ssl.create_default_context(cafile=certificate)
    with open(token_file) as file:
        token = file.read().strip()
    each = len(sources) / ALL
    browsers = [Browser(source, at, name, trust, token, each) for source in sources]
    for browser in browsers:
        browser.start()
    sys.stdin.read()
    for browser in browsers:
        browser.over = True
    for browser in browsers:
        browser.join(40)
    print(json.dumps({"answers": sum(browser.answers for browser in browsers),
                      "failures": [fault for browser in browsers for fault in browser.failures]}))


if __name__ == "__main__":
    main()
