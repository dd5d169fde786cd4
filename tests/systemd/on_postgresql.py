"""Steps on a store that PostgreSQL keeps: there and back by the commands of docs/postgresql.md. They leave
the machine as it was."""
import json
import re
import secrets
import time

from machine import MACHINE, ROOT, Skipped, until
from outside import holds, same
from store_server import ADDRESS, NEIGHBOUR, PORT, StoreServer, postgresql

ENV = "/etc/roomkey/roomkey.env"
STORE = "/var/lib/roomkey"
TOKEN = "/api/appointments/video-token/47/"
OPEN_STORES = ("roomkey-token@", "roomkey-room@", "roomkey-backup", "roomkey-audit-witness")
WAYS = [f"/etc/systemd/system/{unit}.service.d/store.conf" for unit in ("roomkey-token@", "roomkey-backup")]
WORKERS = [f"roomkey-{pool}@{number}.service" for pool in ("token", "room") for number in (1, 2)]
OWNERS, WORKS = secrets.token_hex(16), secrets.token_hex(16)
CREDENTIALS, CREDENTIAL = "/etc/roomkey/credentials", "roomkey_db_password"
TRIES = (f"/usr/bin/perl /run/try.pl {ADDRESS}_{PORT} {NEIGHBOUR}_{PORT} {MACHINE}_443 127.0.0.1_443")
TRYING = ("[Service]\nType=oneshot\nRestart=no\nStandardInput=null\nStandardOutput=truncate:/run/tried-%p\n"
          f"ExecStartPre=\nExecStart=\nExecStartPost=\nExecStart={TRIES}\n")
# Who is dropped on the way hears nothing, and would try for minutes.
TRY = r"""
use Socket;
for (@ARGV) {
  my ($host, $port) = split /_/;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($socket, SOL_SOCKET, SO_SNDTIMEO, pack("l!l!", 0, 400_000)) or die "timeout: $!";
  my $there = connect($socket, sockaddr_in($port, inet_aton($host)));
  print $there ? "open" : "shut", " $host $port\n";
}
"""


def blocks_of_the_docs():
    """What docs/postgresql.md has an administrator type, with passwords for its dots."""
    page = (ROOT / "docs/postgresql.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.S | re.M)
    made, set_up, _, there, back = blocks[:5]
    typed = re.search(r"<<'SQL'\n(.*?)^SQL$", made, re.S | re.M)[1]
    roles = iter((OWNERS, WORKS))
    typed = re.sub(r"PASSWORD '\.\.\.'", lambda _: f"PASSWORD '{next(roles)}'", typed)
    migrate, point = set_up.split("# and the workers' role into the configuration\n")
    given = "ROOMKEY_DB_PASSWORD=" + OWNERS
    return (typed, migrate.replace("ROOMKEY_DB_PASSWORD=...", given), point.replace("FILE", "/root/db-password"),
            there.replace("ROOMKEY_DB_PASSWORD=...", given), back)


def steps_of(inside, outside, roomkey):
    typed, migrate, point, there, back = blocks_of_the_docs()
    server = None
    env = ""

    def types(script, **options):
        """From a file: what stands in it is in no process listing."""
        inside.write("/root/typed.sh", script)
        return inside("sh", "-e", "/root/typed.sh", **options)

    def gives_a_token():
        status, body = outside.get(TOKEN)
        same(200, status, body)

    def audit():
        return roomkey("--json", "audit", "verify")

    def processes():
        return {unit: inside.show(unit, "MainPID", "NRestarts") for unit in WORKERS}

    def restarts_all(*words):
        before = processes()
        said = inside(*words).stdout
        after = processes()
        same([], [unit for unit in WORKERS if before[unit] == after[unit]], f"not restarted\n{said}")
        return said

    def told_head():
        """What the witness was told, once it and a backup were at work."""
        before = set(inside("ls", f"{STORE}/backups").stdout.split())
        inside("systemctl", "start", "roomkey-backup.service", "roomkey-audit-witness.service")
        made = set(inside("ls", f"{STORE}/backups").stdout.split()) - before
        same(1, len(made), made)
        told = inside("cat", f"{STORE}/witness").stdout
        inside("rm", f"{STORE}/witness", f"{STORE}/backups/{made.pop()}")
        return told

    def ways():
        return inside.sh(f"cat {' '.join(WAYS)} 2>&1", check=False).stdout.count(f"Allow={ADDRESS}\n")

    def a_database_with_two_roles_is_made_on_another_machine():
        nonlocal server, env
        server = StoreServer(inside)
        server.type_in(typed)
        inside.write("/root/db-password", WORKS)
        env = inside("cat", ENV).stdout
        holds(types(migrate).stdout, "schema ")

    def setup_leaves_no_store_in_a_file_behind():
        said = types(point, check=False)
        same(1, said.returncode, said.stdout)
        holds(said.stdout, f"there is one in {STORE}/roomkey.db", "nothing was changed")
        same((env, 0), (inside("cat", ENV).stdout, ways()))
        gives_a_token()

    def it_is_moved_there_by_the_commands_of_the_docs():
        before = audit()
        holds(types(there).stdout, "and verified on both sides")
        types(migrate)
        would = types(point.rstrip() + " --dry-run\n").stdout
        holds(would, *(f"{way}: a way to the store's servers" for way in WAYS))
        same((env, 0), (inside("cat", ENV).stdout, ways()), "after a dry run")
        said = types(point).stdout
        holds(said, "[SUCCESS]", "over TLS")
        same((2, before), (ways(), audit()))
        gives_a_token()

    def the_units_reach_the_server_and_nothing_else():
        """Each in a sandbox of its own, with all its drop-ins: one more of the token workers, and a backup."""
        inside.write("/run/try.pl", TRY, "644")

        def ways_of(tried):
            return re.findall("^open|^shut", tried, re.M)

        same(["open"] * 4, ways_of(inside(*TRIES.split()).stdout), "what is there to be reached")
        filters = ways_of(inside("systemd-run", "--quiet", "--pipe", "--wait", "--property=IPAddressDeny=any",
                                 "perl", "/run/try.pl", "127.0.0.1_443").stdout) == ["shut"]
        units = ("roomkey-token@try", "roomkey-backup")
        folders = [f"/run/systemd/system/{unit}.service.d" for unit in units]
        for folder in folders:
            inside("mkdir", folder)
            inside.write(f"{folder}/try.conf", TRYING, "644")
        inside("systemctl", "daemon-reload")
        inside("systemctl", "start", *units)
        for unit in units:
            found = inside("cat", f"/run/tried-{unit.split('@')[0]}").stdout
            wanted = ["open"] + ["shut" if filters else "open"] * 3
            same(wanted, ways_of(found), f"{unit}\n{found}")
        inside("rm", "-r", *folders, "/run/try.pl", "/run/tried-roomkey-token", "/run/tried-roomkey-backup")
        inside("systemctl", "daemon-reload")
        if not filters:
            raise Skipped("systemd can't filter addresses here (IPAddressDeny=): no BPF, or no cgroup2")

    def a_backup_and_the_witness_have_their_way():
        inside.sh(f"echo ROOMKEY_AUDIT_SINK={STORE}/witness >>{ENV}")
        holds(told_head(), json.loads(audit())["head"])

    def the_password_is_nowhere_for_others_to_see():
        pid = inside.show("roomkey-token@1.service", "MainPID")
        limits = inside("cat", f"/proc/{pid}/limits").stdout
        same(["0", "0"], re.search(r"^Max core file size +(\S+) +(\S+)", limits, re.M)[0].split()[-2:])
        inside("systemctl", "kill", "--signal=ABRT", "roomkey-token@1.service")
        # At work, that is: what systemd gave it in its environment it has taken out of there by then.
        until(lambda: inside.show("roomkey-token@1.service", "MainPID") not in ("0", pid)
              and inside.show("roomkey-token@1.service", "ActiveState") == "active", "it is back")
        seen = {"process listings and environments": "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>&1",
                "the journal": "journalctl --boot --output=export --no-pager",
                "what systemd tells": "systemctl show 'roomkey*' --all; systemctl cat 'roomkey*'",
                "files": "find /etc /run /var /tmp / -xdev -type f -newer /root/db-password "
                         "'(' -perm -004 -o -name 'core*' ')' -exec cat {} +"}
        for where, look in seen.items():
            said = inside.sh(look, check=False, errors="replace").stdout
            holds(said, "roomkey")
            same([], [word for word in (OWNERS, WORKS) if word in said], where)

    def without_its_server_it_says_503_and_no_worker_is_restarted():
        server.stop()
        inside("systemctl", "restart", "roomkey-token@2.service")  # as after a power cut, before the server
        before = processes()
        for _ in range(4):
            began = time.monotonic()
            status, body = outside.get(TOKEN)
            same((503, "store_unavailable"), (status, body["code"]))
            if time.monotonic() - began > 2:
                raise AssertionError(f"503 after {time.monotonic() - began:.1f} s")
        same(1, inside("systemctl", "reload", "roomkey.target", check=False).returncode, "a reload")
        server.start()
        until(lambda: outside.get(TOKEN)[0] == 200, "tokens again", 5)
        same(before, processes())

    def its_password_may_be_a_credential_and_a_reload_loses_no_request():
        inside.sh(f"install -d -m 0700 {CREDENTIALS}; install -m 0600 /root/db-password {CREDENTIALS}/{CREDENTIAL}; "
                  f"sed -i /^ROOMKEY_DB_PASSWORD=/d {ENV}")
        for unit in OPEN_STORES:
            inside.sh(f"mkdir -p /etc/systemd/system/{unit}.service.d")
            inside.write(f"/etc/systemd/system/{unit}.service.d/password.conf",
                         f"[Service]\nLoadCredential={CREDENTIAL}:{CREDENTIALS}/{CREDENTIAL}\n", "644")
        inside("systemctl", "daemon-reload")
        with outside.load():
            restarts_all("systemctl", "reload", "roomkey.target")
        told_head()
        told = inside("journalctl", "--boot", "--output=cat", "--unit=roomkey-backup.service").stdout
        same([], re.findall("error.*", told))

    def an_upgrade_finds_the_credential():
        said = restarts_all("env", "DPKG_MAINTSCRIPT_PACKAGE=roomkey", "/var/lib/dpkg/info/roomkey.postinst",
                            "configure", "0")
        holds(said, "schema ", "nothing to do")
        inside.sh(f"rm -r {CREDENTIALS} /etc/systemd/system/*/password.conf; systemctl daemon-reload")
        inside.write("/root/line", f"ROOMKEY_DB_PASSWORD={WORKS}\n")
        inside.sh(f"cat /root/line >>{ENV}; rm /root/line")

    def it_comes_back_into_a_file_and_the_token_pool_is_shut_off_again():
        inside("sed", "-i", "/^ROOMKEY_AUDIT_SINK=/d", ENV)
        before = audit()
        said = types(back).stdout
        holds(said, "and verified on both sides", "removed, the store needs no network", "[SUCCESS]")
        same((env, before, 0), (inside("cat", ENV).stdout, audit(), ways()))
        pid = inside.show("roomkey-token@1.service", "MainPID")
        devices = re.findall(r"^ *(\S+):", inside("cat", f"/proc/{pid}/net/dev").stdout, re.M)
        same(["lo"], devices, "network devices")
        same("", inside("find", STORE, "!", "-user", "roomkey").stdout)
        gives_a_token()
        server.close()
        inside.sh(f"rm /root/typed.sh /root/db-password {STORE}/before.db; "
                  "rmdir /etc/systemd/system/roomkey-*.d")

    return [a_database_with_two_roles_is_made_on_another_machine,
            setup_leaves_no_store_in_a_file_behind,
            it_is_moved_there_by_the_commands_of_the_docs,
            the_units_reach_the_server_and_nothing_else,
            a_backup_and_the_witness_have_their_way,
            the_password_is_nowhere_for_others_to_see,
            without_its_server_it_says_503_and_no_worker_is_restarted,
            its_password_may_be_a_credential_and_a_reload_loses_no_request,
            an_upgrade_finds_the_credential,
            it_comes_back_into_a_file_and_the_token_pool_is_shut_off_again]


def all_of(inside, outside, roomkey):
    def a_store_on_postgresql():
        raise Skipped(missing)

    try:
        postgresql.programs()
    except postgresql.Missing as why:
        missing = str(why)
        return [a_store_on_postgresql]
    return steps_of(inside, outside, roomkey)
