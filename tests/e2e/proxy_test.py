"""The blocks of docs/proxies.md as they stand, with this machine's names, before a demo."""
import http.server
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from answers import Connection
from cases import Case
from clinic import JANE
from stacks import Demo
from support import PATIENCE, ROOT, free_port, wait_until

TOKEN = "/api/appointments/video-token/47/"
LISTED, OTHER = "https://localhost:3000", "https://www.clinic.example"
# A proxy that keeps whatever it may.
AROUND = """daemon on;
{user}pid {dir}/nginx.pid;
error_log {dir}/error.log notice;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    proxy_cache_path {dir}/cache keys_zone=all:1m;
    proxy_cache all;
    proxy_cache_methods GET HEAD POST;
    {added}
    {block}
}}
"""


def block(name):
    """The one that begins with `# <name>`."""
    text = (ROOT / "docs/proxies.md").read_text()
    found = [part for part in re.findall(r"```nginx\n(.*?)```", text, re.S)
             if part.startswith(f"# {name}")]
    if len(found) != 1:
        raise AssertionError(f"docs/proxies.md has {len(found)} blocks {name}")
    return found[0]


class Clinic(http.server.BaseHTTPRequestHandler):
    """The clinic's own API: says who was asked."""

    def do_GET(self):
        body = b'{"from": "the clinic"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Proxy:
    """nginx with that block, before the demo."""

    def __init__(self, demo, name, added):
        self.demo, self.port = demo, free_port()
        self.dir = Path(tempfile.mkdtemp(prefix="roomkey-proxy-"))
        self.clinic = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clinic)
        threading.Thread(target=self.clinic.serve_forever, daemon=True).start()
        (self.dir / "nginx.conf").write_text(AROUND.format(
            dir=self.dir, added=added, block=self.here(block(name)),
            user="user root;\n" if os.geteuid() == 0 else ""))
        subprocess.run(["nginx", "-c", self.dir / "nginx.conf"], check=True, timeout=PATIENCE,
                       env={"PATH": os.environ["PATH"] + ":/usr/sbin"})
        wait_until(lambda: self.pid().exists() and self.pid().read_text().strip(), "nginx's pid")

    def here(self, text):
        tls = self.demo.dir / "tls"
        text = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", str(tls / "cert.pem"), text)
        text = re.sub(r"/etc/letsencrypt/\S+/privkey.pem", str(tls / "key.pem"), text)
        for there, here in (("/etc/ssl/certs/ca-certificates.crt", str(tls / "cert.pem")),
                            ("listen 443", f"listen 127.0.0.1:{self.port}"),
                            ("192.0.2.20:443", f"127.0.0.1:{self.demo.port}"),
                            ("127.0.0.1:8000", f"127.0.0.1:{self.clinic.server_port}"),
                            ("192.0.2.10", "127.0.0.1"), ("app.clinic.example", "localhost"),
                            ("video.clinic.example", "localhost")):
            text = text.replace(there, here)
        return text

    def pid(self):
        return self.dir / "nginx.pid"

    def ask(self, method, path, user=None, source="127.0.0.2", **options):
        with Connection(self.port, self.demo.tls, source) as connection:
            connection.send(self.demo.request(method, path, user, **options))
            return connection.receive(method)

    def kept(self):
        return [path for path in (self.dir / "cache").rglob("*") if path.is_file()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(int(self.pid().read_text()), signal.SIGTERM)
        wait_until(lambda: not self.pid().exists(), "the proxy has ended")
        self.clinic.shutdown()
        self.clinic.server_close()
        shutil.rmtree(self.dir, ignore_errors=True)


def believe_the_proxy(demo):
    """Puts what `setup` writes (tests/e2e/setup_test.py) where it would stand."""
    written = block("Written by `roomkey setup").replace("192.0.2.10", "127.0.0.1")
    site, mark = demo.dir / "roomkey-site.conf", "    server_tokens off;\n"
    site.write_text(site.read_text().replace(mark, mark + written, 1))
    pid = int((demo.dir / "nginx.pid").read_text())
    workers = Path(f"/proc/{pid}/task/{pid}/children")
    before = set(workers.read_text().split())
    os.kill(pid, signal.SIGHUP)
    wait_until(lambda: before.isdisjoint(workers.read_text().split()), "nginx's new workers")


class Proxies(Case):
    def clients(self, demo):
        log = (demo.dir / "log/nginx-access.log").read_text()
        return re.findall(r" client=(\S+) ", log)

    def allows(self, answer, origin):
        self.assertEqual(answer.all("Access-Control-Allow-Origin"), [origin] if origin else [])

    def gives_tokens_and_keeps_none(self, proxy):
        answers = [proxy.ask("GET", TOKEN, JANE) for _ in range(2)]
        for answer in answers:
            self.assertEqual((answer.status, answer["Cache-Control"]), (200, "no-store"))
            self.allows(answer, LISTED)
        self.assertNotEqual(answers[0]["X-Request-Id"], answers[1]["X-Request-Id"])
        self.assertEqual(proxy.ask("GET", TOKEN).code, "authentication_required")
        self.assertEqual(proxy.ask("POST", "/api/video-call/token/", JANE, body=b"{}").status,
                         200)
        self.assertEqual(proxy.ask("GET", "/roomkey/roomkey.js").status, 200)
        self.assertEqual(proxy.kept(), [])

    def every_answer_has_one_cors_header(self, proxy):
        for origin in (LISTED, OTHER):
            listed = origin if origin == LISTED else None
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET",
                       "Access-Control-Request-Headers": "authorization,x-release-tag"}
            answer = proxy.ask("OPTIONS", TOKEN, headers=headers)
            self.assertEqual((answer.status, answer["Vary"]), (204, "Origin"))
            self.allows(answer, listed)
            self.assertEqual("x-release-tag" in (answer["Access-Control-Allow-Headers"] or ""),
                             origin == LISTED)
            for answer in (proxy.ask("GET", TOKEN, JANE, headers=headers),
                           proxy.ask("GET", TOKEN, 3, headers=headers),
                           proxy.ask("GET", "/roomkey/nothing.js", headers=headers),
                           proxy.ask("POST", "/api/video-call/token/", JANE, headers=headers,
                                     body=b" " * 65537)):
                self.allows(answer, listed)

    def the_rate_is_limited_for_each_browser(self, proxy):
        def flood(answers=()):
            with Connection(proxy.port, proxy.demo.tls, "127.0.0.4") as connection:
                for _ in range(60):
                    connection.send(proxy.demo.request("GET", "/api/video-nothing/") * 10)
                    answers = [connection.receive() for _ in range(10)]
                    if answers[-1].status == 429:
                        return answers[-1]
            return answers[-1]
        refused = flood()
        self.assertEqual((refused.status, refused.code), (429, "rate_limited"))
        self.allows(refused, LISTED)
        self.assertEqual(proxy.ask("GET", TOKEN, JANE, source="127.0.0.5").status, 200)

    def before_a_demo(self, name, look, added=""):
        with Demo(rate_limit="on") as demo:
            believe_the_proxy(demo)
            before = len(self.clients(demo))
            with Proxy(demo, f"/etc/nginx/sites-available/{name}", added) as proxy:
                self.gives_tokens_and_keeps_none(proxy)
                self.every_answer_has_one_cors_header(proxy)
                look(proxy)
                self.the_rate_is_limited_for_each_browser(proxy)
            self.assertEqual(set(self.clients(demo)[before:]),
                             {"127.0.0.2", "127.0.0.4", "127.0.0.5"})

    def test_one_name_for_the_clinics_api_and_roomkey(self):
        def look(proxy):
            for path in ("/", "/api/appointments/47/", "/api/users/2/", "/healthz", "/metrics"):
                answer = proxy.ask("GET", path, JANE)
                self.assertEqual(answer.json, {"from": "the clinic"}, path)
                self.allows(answer, OTHER)
            callback = proxy.ask("POST", "/api/appointments/twilio-status-callback/")
            self.assertEqual(callback.code, "bad_signature")
        self.before_a_demo("app.clinic.example", look, f"""
            add_header Access-Control-Allow-Origin {OTHER} always;""")

    def test_a_proxy_before_all_of_roomkey(self):
        def look(proxy):
            for claimed in ("127.0.0.1", "127.0.0.9, 127.0.0.1", "127.0.0.1:80", "x"):
                answer = proxy.ask("GET", "/metrics", headers={"X-Forwarded-For": claimed})
                self.assertEqual((answer.status, answer.code), (403, "permission_denied"), claimed)
            self.assertEqual(proxy.ask("GET", "/api/appointments/47/", JANE).status, 200)
        self.before_a_demo("video.clinic.example", look)


if __name__ == "__main__":
    unittest.main()
