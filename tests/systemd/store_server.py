"""A PostgreSQL server on another machine, as far as ours can tell: in the network outside, with TLS by an
authority of its own."""
import atexit
import contextlib
import ctypes
import os
import sys

from machine import OUTSIDE, ROOT, run

sys.path.insert(0, str(ROOT / "tests/support"))
import postgresql  # noqa: E402

NAME = "db.clinic.example"
ADDRESS, NEIGHBOUR = f"{OUTSIDE}30", f"{OUTSIDE}31"  # it listens at both
PORT = 5432
CLONE_NEWNET = 0x40000000
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


@contextlib.contextmanager
def network(name):
    """What is begun meanwhile is in that network."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(path):
        with open(path, "rb") as file:
            if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), path)

    with open("/proc/thread-self/ns/net", "rb") as before:
        enter(f"/run/netns/{name}")
        try:
            yield
        finally:
            enter(f"/proc/self/fd/{before.fileno()}")


class StoreServer:
    def __init__(self, inside):
        self.inside = inside
        for address in (ADDRESS, NEIGHBOUR):
            run("ip", "-n", inside.outside, "address", "add", f"{address}/24", "dev", inside.cable)
        with network(inside.outside):
            self.server = postgresql.Server(
                port=PORT, settings={"listen_addresses": f"{ADDRESS},{NEIGHBOUR}"})
        atexit.register(self.server.close)  # should a step fail
        self.speak_tls()

    def speak_tls(self):
        server = self.server
        made = server.dir / "server"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "30", "-subj", "/CN=db", "-addext", f"subjectAltName=DNS:{NAME}",
            "-out", f"{made}.pem", "-keyout", f"{made}.key")
        os.chown(f"{made}.key", server.account["user"], server.account["group"])
        with open(server.data / "pg_hba.conf", "a", encoding="utf-8") as rules:
            rules.write(f"hostssl all all {OUTSIDE}0/24 scram-sha-256\n")
        server.sql([f"ALTER SYSTEM SET ssl_cert_file = '{made}.pem'",
                    f"ALTER SYSTEM SET ssl_key_file = '{made}.key'",
                    "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"])
        self.inside.sh(f"cp {AUTHORITIES} /root/authorities; echo {ADDRESS} {NAME} >>/etc/hosts")
        self.inside.write("/root/authority", (server.dir / "server.pem").read_bytes())
        self.inside.sh(f"cat /root/authority >>{AUTHORITIES}")

    def type_in(self, text):
        """As its administrator does, in psql."""
        file = self.server.dir / "typed.sql"
        file.write_text(text)
        self.server.run("psql", "-h", self.server.dir, "-p", PORT, "-U", postgresql.SUPERUSER, "-X", "-q",
                        "-v", "ON_ERROR_STOP=1", "-f", file, account={})

    def stop(self):
        self.server.stop()

    def start(self):
        with network(self.inside.outside):
            self.server.start()

    def close(self):
        self.server.close()
        self.inside.sh(f"cat /root/authorities >{AUTHORITIES}; rm /root/authorities; "
                       f"rm /root/authority; sed -i '/ {NAME}$/d' /etc/hosts")
        for address in (ADDRESS, NEIGHBOUR):
            run("ip", "-n", self.inside.outside, "address", "delete", f"{address}/24", "dev",
                self.inside.cable)
