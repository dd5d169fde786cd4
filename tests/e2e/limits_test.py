"""Who is refused for asking too often, and who is not for that, through the real nginx."""
import os
import secrets
import signal
import unittest
from pathlib import Path

from cases import Case
from clinic import JANE, SARAH, SERVICE
from stacks import Demo, made_up_settings
from support import wait_until

TOKEN, STATUS = "/api/appointments/video-token/47/", "/api/appointments/video-status/47/"
CALLBACK = "/api/appointments/twilio-status-callback/"
HEALTH = ("/healthz", "/readyz", "/metrics")
TRUST = ("set_real_ip_from 127.0.0.1;\n    real_ip_header X-Forwarded-For;\n"
         "    real_ip_recursive on;")


def believe_this_machine(demo):
    """What `roomkey setup --trusted-proxy 127.0.0.1` writes, so that a test may come from anywhere."""
    site = demo.dir / "roomkey-site.conf"
    mark = "    server_tokens off;\n"
    site.write_text(site.read_text().replace(mark, mark + f"    {TRUST}\n", 1))
    pid = int((demo.dir / "nginx.pid").read_text())
    workers = Path(f"/proc/{pid}/task/{pid}/children")
    before = set(workers.read_text().split())
    os.kill(pid, signal.SIGHUP)
    wait_until(lambda: before.isdisjoint(workers.read_text().split()), "nginx's new workers")


def forged():
    return f"eyJ{secrets.token_hex(20)}.eyJ{secrets.token_hex(40)}.{secrets.token_urlsafe(32)}"


class Limits(Case):
    def flood(self, demo, count, method, path, user=None, address="192.0.2.7", token=None):
        """The answers in their order; `token` makes one for each request."""
        answers = []
        with demo.connect() as connection:
            for first in range(0, count, 20):
                connection.send(b"".join(
                    demo.request(method, path, user, token=token and token(),
                                 headers={"X-Forwarded-For": address})
                    for _ in range(first, min(first + 20, count))))
                answers += [connection.receive() for _ in range(first, min(first + 20, count))]
        return answers

    def statuses(self, *arguments, **options):
        return {answer.status for answer in self.flood(*arguments, **options)}

    def last(self, answers):
        self.refused(answers[-1], 429, "rate_limited", "Too many requests")
        self.assertGreater(int(answers[-1]["Retry-After"]), 0)
        self.assertEqual(len(answers[-1].all("Access-Control-Allow-Origin")), 1)

    def one(self, demo, path, user, address="192.0.2.7"):
        return self.flood(demo, 1, "GET", path, user, address)[0].status

    def test_each_floods_for_himself_alone(self):
        with Demo(made_up_settings(ROOMKEY_PERSON_RATE="3"), rate_limit="on") as demo:
            believe_this_machine(demo)
            # A person: 30 at once, whatever is asked and by whichever pool.
            before = len(demo.events())
            self.assertEqual(self.statuses(demo, 15, "GET", STATUS, JANE), {200})
            self.assertEqual(self.statuses(demo, 10, "GET", TOKEN, JANE), {200})
            self.last(self.flood(demo, 40, "GET", TOKEN, JANE))
            self.assertLess(len(demo.events()) - before, 30)
            self.assertEqual(self.one(demo, TOKEN, SARAH), 200)
            # A service that has brought much.
            with demo.connect() as connection:
                for _ in range(60):
                    connection.send(demo.request("PUT", "/api/users/999/", SERVICE, body=b"{}"))
                    self.assertEqual(connection.receive().status, 422)
            # Forged tokens, each another: by address, and a good one comes through from there.
            found = self.flood(demo, 300, "GET", TOKEN, token=forged)
            self.assertEqual({answer.status for answer in found}, {401, 429})
            self.last(found)
            self.assertEqual(self.one(demo, TOKEN, SARAH), 200)
            # No token at all, from all of a /64.
            for number in range(15):
                answers = self.flood(demo, 20, "GET", TOKEN, address=f"2001:db8:0:7::{number + 1:x}")
            self.last(answers)
            self.assertEqual(self.one(demo, TOKEN, SARAH, "2001:db8:0:7::1"), 200)
            self.assertEqual(self.one(demo, TOKEN, None, "2001:db8:0:8::1"), 401)
            # Callbacks and files have limits of their own.
            self.assertEqual(self.one(demo, "/roomkey/roomkey.js", None, "2001:db8:0:7::1"), 200)
            self.assertEqual(self.statuses(demo, 150, "POST", CALLBACK), {403})
            self.last(self.flood(demo, 300, "POST", CALLBACK))
            self.assertEqual(self.one(demo, TOKEN, SARAH), 200)

    def test_health_is_closed_to_what_comes_through_a_proxy_or_tunnel_on_this_machine(self):
        with Demo(rate_limit="on") as demo:
            self.health_is_open_and_closed(demo)
            believe_this_machine(demo)
            self.health_is_open_and_closed(demo)

    def health_is_open_and_closed(self, demo):
        for path in HEALTH:
            self.assertEqual(demo.get(path).status, 200)
            for name, value in (("Forwarded", "for=192.0.2.7"), ("X-Forwarded-For", "127.0.0.1"),
                                ("X-Forwarded-For", "192.0.2.7"), ("CF-Connecting-IP", "127.0.0.1"),
                                ("X-Real-IP", "127.0.0.1"), ("Via", "1.1 x")):
                answer = demo.get(path, headers={name: value})
                self.refused(answer, 403, "permission_denied")
        for _ in range(3):
            self.assertEqual(self.statuses(demo, 100, "GET", "/healthz"), {403})
        self.assertEqual(demo.get("/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
