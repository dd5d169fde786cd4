"""Steps on what `roomkey check` says of what runs, once the machine is set up. Each leaves the
machine as it was."""
import contextlib
import subprocess
import sys

from machine import run, until
from outside import NAME, holds

SITE = "/etc/nginx/sites-enabled/roomkey.conf"
TLS = "/etc/roomkey/tls"
STORE = "/var/lib/roomkey"
READY = ("curl", "-sS", "--noproxy", "*", "-k", "--resolve", f"{NAME}:443:127.0.0.1",
         f"https://{NAME}/readyz")
# Answers whatever comes, without TLS: what else may have the port.
OTHER_PROGRAM = ("import http.server as h; s = h.HTTPServer(('', 443), h.BaseHTTPRequestHandler); "
                 "print('up', flush=True); s.serve_forever()")


def all_of(inside):
    def check(*more):
        return inside("roomkey", "check", "--offline", *more, check=False)

    def well():
        said = check()
        holds(said.stdout, "[OK] The site answers on this machine (127.0.0.1:443", "[SUCCESS]")

    def finds(*parts):
        said = check()
        holds(said.stdout, *parts, "[FAILED] 1 problem\n")

    def stop_workers():
        """The workers by name, so that they are gone when this returns."""
        inside("systemctl", "stop", "roomkey.target", "roomkey-token@*", "roomkey-room@*")

    @contextlib.contextmanager
    def other_program():
        """A program of this machine's, in the other's network."""
        with subprocess.Popen(["nsenter", f"--target={inside.leader()}", "--net", sys.executable,
                               "-c", OTHER_PROGRAM], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as other:
            other.stdout.readline()
            try:
                yield
            finally:
                other.kill()

    def ready():
        """What the workers say themselves, asked from the machine."""
        net = ["nsenter", f"--target={inside.leader()}", "--net"]
        return run(*net, *READY).stdout

    def what_was_set_up_is_well_and_a_name_that_leads_nowhere_is_a_warning():
        well()
        said = inside("roomkey", "setup").stdout
        holds(said, f"{NAME} could not be looked up", "[SUCCESS]")

    def nginx_stopped_is_named():
        inside("systemctl", "stop", "nginx")
        finds("[ERROR] Nobody answers on 127.0.0.1:443", "    systemctl start nginx")

    def another_program_on_443_is_named_by_check_and_by_setup():
        with other_program():
            finds("[ERROR] Another program answers on 127.0.0.1:443", "ss -ltnp 'sport = :443'")
            # nginx with its other sites goes on, and a reload that can't have the port says nothing.
            inside("mv", SITE, "/root/site")
            inside("systemctl", "start", "nginx")
            said = inside("roomkey", "setup", check=False)
            holds(said.stdout, "[ERROR] Another program answers on", "found faults")
            if said.returncode != 1:
                raise AssertionError(f"setup ended with {said.returncode}")
        inside("rm", "-f", "/root/site")
        inside("systemctl", "restart", "nginx")
        well()

    def a_site_that_is_not_included_is_named():
        inside("mv", SITE, "/root/site")
        inside("systemctl", "reload", "nginx")
        finds("is not enabled: nginx doesn't use it.", "    ln -s /etc/nginx/sites-available/")
        inside("mv", "/root/site", SITE)
        inside("systemctl", "reload", "nginx")
        well()

    def workers_stopped_are_named():
        stop_workers()
        finds("[ERROR] nginx answers on 127.0.0.1:443, but no worker of the token pool does: HTTP "
              "502 worker_unavailable.", "    systemctl start roomkey.target")
        inside("systemctl", "start", "roomkey.target")
        well()

    def a_renewed_certificate_that_is_not_loaded_is_named():
        inside("cp", "-a", TLS, "/root/tls")
        made = inside.folder / "renewed"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "90", "-subj", "/CN=x", "-addext", f"subjectAltName=DNS:{NAME}",
            "-out", f"{made}.pem", "-keyout", f"{made}.key")
        inside.write(f"{TLS}/cert.pem", (made.with_suffix(".pem")).read_bytes(), "644")
        inside.write(f"{TLS}/key.pem", (made.with_suffix(".key")).read_bytes())
        finds("[ERROR] nginx still serves an old certificate", "    systemctl reload nginx")
        inside("systemctl", "reload", "nginx")
        well()
        inside.sh(f"cp -a /root/tls/. {TLS}/; rm -r /root/tls; systemctl reload nginx")

    def a_store_on_a_full_disk_is_named_by_check_and_by_the_workers():
        stop_workers()
        inside.sh(f"cp -a {STORE} /root/store; rm -f /root/store/*-reserve; "
                  f"mount -t tmpfs -o size=8m,nr_inodes=60 store {STORE}; "
                  f"cp -a /root/store/. {STORE}/; rm -r /root/store")
        try:
            inside("systemctl", "start", "roomkey.target")
            well()
            for fills, why, cure in (
                    (f"dd if=/dev/zero of={STORE}/fill bs=64k", "its disk is full", "df -h"),
                    (f"for i in $(seq 99); do : >{STORE}/fill$i || exit 0; done",
                     "its disk has no inodes left", "df -i")):
                inside.sh(f"({fills}) 2>&1 || true")
                finds(f"[ERROR] The store: {why}", cure)
                holds(ready(), f'"store": "the store: {why}')
                inside.sh(f"rm -f {STORE}/fill*")
        finally:
            stop_workers()
            inside("umount", STORE)
            inside("systemctl", "start", "roomkey.target")
        until(lambda: "[SUCCESS]" in check().stdout, "all is well again")

    return [what_was_set_up_is_well_and_a_name_that_leads_nowhere_is_a_warning,
            nginx_stopped_is_named,
            another_program_on_443_is_named_by_check_and_by_setup,
            a_site_that_is_not_included_is_named,
            workers_stopped_are_named,
            a_renewed_certificate_that_is_not_loaded_is_named,
            a_store_on_a_full_disk_is_named_by_check_and_by_the_workers]
