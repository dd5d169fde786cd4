"""`roomkey check` looks at what runs: nginx, the site in it, its certificate, the workers."""
import contextlib
import http.server
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading

from cases import Case
from stacks import Demo, made_up_settings
from support import BIN, PATIENCE, wait_until

SUCCESS = "[SUCCESS] All Twilio tests passed!"
OTHER_SITE = """daemon off; pid {0}/other.pid; error_log stderr;
events {{}}
http {{
  access_log off; client_body_temp_path {0}/other; proxy_temp_path {0}/other;
  fastcgi_temp_path {0}/other; uwsgi_temp_path {0}/other; scgi_temp_path {0}/other;
  server {{ listen 127.0.0.1:{1} ssl; ssl_certificate {0}/tls/cert.pem;
           ssl_certificate_key {0}/tls/key.pem; return 404; }}
}}
"""


class OtherProgram(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def other_program(port, certificate=None):
    """On the port of a demo whose nginx has gone: with TLS where it has a certificate."""
    with http.server.HTTPServer(("127.0.0.1", port), OtherProgram) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True,
                                                do_handshake_on_connect=False)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield
        finally:
            server.shutdown()
            serving.join()


class Machine(Case):
    def check(self, demo):
        done = subprocess.run(
            [BIN / "roomkey", "--env-file", demo.dir / "roomkey.env", "check", "--offline",
             "--nginx-site", demo.dir / "roomkey-site.conf"], text=True, capture_output=True,
            timeout=PATIENCE, env={"ROOMKEY_DB": str(demo.db)}, stdin=subprocess.DEVNULL)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def well(self, demo):
        status, said = self.check(demo)
        self.assertEqual((status, said.splitlines()[-1]), (0, SUCCESS), said)
        self.assertIn(f"[OK] The site answers on this machine (127.0.0.1:{demo.port}", said)

    def finds(self, demo, fault, cure):
        """This one [ERROR], and its cure under it."""
        status, said = self.check(demo)
        self.assertEqual((status, said.splitlines()[-1]), (1, "[FAILED] 1 problem"), said)
        text, below = re.search(r"^\[ERROR\] (.*)\n    (.*)", said, re.M).groups()
        self.assertIn(fault, text)
        self.assertIn(cure, below)

    def nginx(self, demo, action):
        subprocess.run(["nginx", "-c", demo.dir / "nginx.conf", *action], check=True,
                       env={"PATH": os.environ["PATH"] + ":/usr/sbin"}, timeout=PATIENCE,
                       capture_output=True)

    def stop_nginx(self, demo):
        self.nginx(demo, ["-s", "quit"])
        wait_until(lambda: not listens(demo.port), "nginx is gone")

    def test_who_has_the_port_is_told(self):
        with Demo(made_up_settings()) as demo:
            self.well(demo)
            self.stop_nginx(demo)
            self.finds(demo, f"Nobody answers on 127.0.0.1:{demo.port}", "systemctl start nginx")
            taken = f"ss -ltnp 'sport = :{demo.port}'"
            with other_program(demo.port):
                self.finds(demo, f"Another program answers on 127.0.0.1:{demo.port}", taken)
            with other_program(demo.port, demo.dir / "tls"):
                self.finds(demo, "/healthz gets HTTP 200, and not roomkey's answer", taken)
            (demo.dir / "other.conf").write_text(OTHER_SITE.format(demo.dir, demo.port))
            with subprocess.Popen(["/usr/sbin/nginx", "-c", demo.dir / "other.conf"],
                                  stderr=subprocess.DEVNULL) as other:
                try:
                    wait_until(lambda: listens(demo.port), "the other site is there")
                    self.finds(demo, "with another site.", "ln -s /etc/nginx/sites-available/")
                finally:
                    other.terminate()
            self.nginx(demo, [])
            self.well(demo)

    def test_a_renewed_certificate_that_was_not_loaded(self):
        with Demo(made_up_settings()) as demo:
            kept = {name: (demo.dir / "tls" / name).read_bytes() for name in ("cert.pem", "key.pem")}
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "90", "-subj",
                            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out",
                            demo.dir / "tls/cert.pem", "-keyout", demo.dir / "tls/key.pem"],
                           check=True, capture_output=True)
            self.assertNotEqual((demo.dir / "tls/cert.pem").read_bytes(), kept["cert.pem"])
            self.finds(demo, "nginx still serves an old certificate", "systemctl reload nginx")
            self.nginx(demo, ["-s", "reload"])
            self.well(demo)  # at once: it waits for a reload

    def test_workers_that_have_gone(self):
        for pool in ("room", "token"):
            with Demo(made_up_settings()) as demo:
                demo.kill_pool(pool)
                self.finds(demo, f"no worker of the {pool} pool does: HTTP 502 worker_unavailable.",
                           "systemctl start roomkey.target")

    def test_workers_that_say_nothing(self):
        with Demo(made_up_settings(), workers=1) as demo:
            stopped = demo.workers("token")
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            try:
                self.finds(demo, "no worker of the token pool does: nothing within 5 s.", "systemctl status")
            finally:
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
            self.well(demo)

    def test_workers_with_another_store_than_the_one_that_is_checked(self):
        with Demo(made_up_settings()) as demo:
            shutil.copy(demo.db, demo.dir / "other.db")
            demo.db.rename(demo.dir / "gone.db")
            demo.db = demo.dir / "other.db"
            self.finds(demo, "The workers are not ready (/readyz): schema: ",
                       "systemctl reload roomkey.target")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
