"""The steps of run.py, in their order. Each is a sentence and raises where it does not hold."""
import json
import re

import janus
import neighbours
import on_postgresql
import reloading
import running
from machine import run, until
from outside import NAME, Outside, holds, same

WORKERS = [f"roomkey-{pool}@{number}.service" for pool in ("token", "room") for number in (1, 2)]
SOCKETS = ["roomkey-token.socket", "roomkey-room.socket"]
UNITS = [*WORKERS, *SOCKETS, "roomkey.target", "roomkey-reload.service", "roomkey-backup.timer",
         "roomkey-logs.timer", "roomkey-audit-witness.timer"]
BOUNDS = {"roomkey-token@1.service": 1.0, "roomkey-room@1.service": 1.5,
          "roomkey-backup.service": 1.0, "roomkey-reload.service": 1.0,
          "roomkey-audit-witness.service": 1.5}
TOKEN = "/api/appointments/video-token/47/"
ENV = "/etc/roomkey/roomkey.env"
SECRET = "a-login-key-for-tests-of-32-bytes-or-more"
CLINIC = {"users": [{"id": 2, "email": "jane.doe@example.com", "name": "Jane Doe",
                     "role": "patient"},
                    {"id": 19, "email": "dr.sarah@example.com", "name": "Dr. Sarah",
                     "role": "psychologist"}],
          "appointments": [{"id": 47, "patient_id": 2, "psychologist_id": 19,
                            "duration_minutes": 60, "video_room_id": "apt-47-1763138954-46eb915c",
                            "appointment_date": "2025-11-16T09:00:00Z"}]}


def set_up(inside):
    inside.write("/root/twilio", "s" * 32)
    inside("roomkey", "setup", "--domain", NAME, "--self-signed",
           "--origin", "https://app.clinic.example", "--jwt-secret-file", "/root/secret",
           "--jwt-issuer", "https://login.clinic.example", "--jwt-audience", "roomkey",
           "--twilio-account-sid", f"AC{'0' * 32}", "--twilio-api-key", f"SK{'0' * 32}",
           "--twilio-api-secret-file", "/root/twilio")
    # No such account: nobody is asked about it.
    inside.sh(f"echo TWILIO_VIDEO_URL=http://127.0.0.1:9 >>{ENV}")
    inside("systemctl", "reload", "roomkey.target")


def all_of(inside, first, second):
    outside = Outside(inside)

    def roomkey(*words):
        return inside("roomkey", "--env-file", ENV, *words).stdout

    def state():
        """The sockets' lives and the workers' processes."""
        lives = [inside.show(unit, "InvocationID", "ActiveEnterTimestampMonotonic")
                 for unit in SOCKETS]
        return lives, {unit: inside.show(unit, "MainPID") for unit in WORKERS}

    def states():
        said = inside("systemctl", "is-active", *UNITS, check=False).stdout.split()
        return {unit: how for unit, how in zip(UNITS, said) if how != "active"}

    def well():
        same({}, states(), "units that are not active")
        failed = inside("systemctl", "list-units", "--failed", "--plain", "--no-legend").stdout
        same("", failed, "failed units")

    def gives_a_token():
        status, body = outside.get(TOKEN)
        same(200, status, body)
        same("apt-47-1763138954-46eb915c", body["room_name"])

    def restarted(before, after):
        same(before[0], after[0], "the sockets' lives")
        stayed = [unit for unit in WORKERS if before[1][unit] == after[1][unit]]
        same([], stayed, "workers that were not restarted")
        # Each began when the one before it was ready.
        for pool in ("token", "room"):
            ready = int(inside.show(f"roomkey-{pool}@1.service", "ActiveEnterTimestampMonotonic"))
            began = int(inside.show(f"roomkey-{pool}@2.service", "InactiveExitTimestampMonotonic"))
            if began < ready:
                raise AssertionError(f"{pool}: the second began before the first was ready")

    def install(package):
        name = f"/var/tmp/{package.name}"
        inside.write(name, package.read_bytes(), "644")
        return inside("apt-get", "install", "--yes", name).stdout

    def add_to_env(line):
        inside.sh(f"printf '%s\\n' '{line}' >>{ENV}")

    def drop_from_env(name):
        inside("sed", "-i", f"/^{name}=/d", ENV)

    def the_package_has_no_fault_of_lintian():
        said = run("lintian", "--fail-on", "error", "--allow-root", first, check=False)
        same(0, said.returncode, said.stdout)

    def installing_it_leaves_a_quiet_machine():
        install(first)
        same("", inside("systemctl", "list-units", "--failed", "--plain", "--no-legend").stdout)
        same("", inside("systemctl", "list-units", "--plain", "--no-legend", "roomkey*").stdout)
        same("640 root roomkey\n", inside("stat", "-c", "%a %U %G", ENV).stdout)
        same("750 roomkey roomkey\n", inside("stat", "-c", "%a %U %G", "/var/lib/roomkey").stdout)
        for path in ("/usr/bin/roomkey", "/usr/lib/roomkey/roomkey-fcgi",
                     "/usr/share/roomkey/nginx/roomkey.conf.in", "/usr/share/man/man1/roomkey.1.gz",
                     "/usr/share/man/man5/roomkey.env.5.gz",
                     "/usr/share/man/man8/roomkey-fcgi.8.gz"):
            inside("test", "-s", path)

    def setting_it_up_starts_everything():
        inside.write("/root/secret", SECRET)
        set_up(inside)
        add_to_env("ROOMKEY_PERSON_RATE=off")  # the load is all one person's
        inside("systemctl", "reload", "roomkey.target")
        inside.write("/root/clinic.json", json.dumps(CLINIC))
        roomkey("import", "/root/clinic.json")
        well()
        same("700 roomkey roomkey\n", inside("stat", "-c", "%a %U %G", "/run/roomkey-metrics").stdout)

    def a_token_comes_from_outside():
        outside.learn(roomkey("bearer", 2))
        gives_a_token()

    def what_root_does_leaves_no_file_that_the_workers_cannot_open():
        roomkey("user", "set", 3, "--email", "sam@example.com", "--name", "Sam", "--role",
                "patient")
        roomkey("db", "verify")
        roomkey("db", "migrate")
        same("", inside("find", "/var/lib/roomkey", "!", "-user", "roomkey").stdout)
        gives_a_token()

    def another_user_is_told_to_be_root():
        for command in ("user list", "db migrate", "bearer 2", "inspect eyJ.eyJ.x"):
            said = inside.sh(f"runuser -u nobody -- roomkey {command}", check=False)
            holds(said.stdout, "roomkey: hint: run roomkey as root: this user may not read " + ENV)
        said = inside.sh("runuser -u nobody -- roomkey check --offline", check=False)
        holds(said.stdout, f"[ERROR] {ENV}: Permission denied", "    Run roomkey as root.\n")

    def every_unit_keeps_within_its_bounds():
        for unit, most in BOUNDS.items():
            said = inside("systemd-analyze", "security", "--no-pager", unit).stdout
            found = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
            print(f"     {unit}: {found}")
            if found > most:
                raise AssertionError(f"{unit}: {found} > {most}\n{said}")

    def the_token_pool_has_no_network():
        pid = inside.show("roomkey-token@1.service", "MainPID")
        devices = re.findall(r"^ *(\S+):", inside("cat", f"/proc/{pid}/net/dev").stdout, re.M)
        same(["lo"], devices, "network devices")

    def a_backup_is_made_and_verified_and_another_comes_at_night():
        inside("systemctl", "start", "roomkey-backup.service")
        made = inside.sh("ls /var/lib/roomkey/backups").stdout.split()
        same(1, len(made), made)
        same("success", inside.show("roomkey-backup.service", "Result"))
        next_time = inside.show("roomkey-backup.timer", "NextElapseUSecRealtime")
        holds(next_time, ":")

    def a_log_that_has_grown_too_large_is_rotated():
        log = "/var/log/nginx/roomkey-access.log"
        inside("systemctl", "start", "roomkey-logs.service")
        inside("test", "!", "-e", f"{log}.1")
        inside("fallocate", "--length", "51M", log)
        inside("systemctl", "start", "roomkey-logs.service")
        same("640 www-data adm\n", inside("stat", "-c", "%a %U %G", log).stdout)
        inside("rm", f"{log}.1")
        gives_a_token()
        until(lambda: inside("test", "-s", log, check=False).returncode == 0, "nginx writes the new one")

    def reloading_the_target_restarts_the_workers_in_turn():
        before = state()
        with outside.load():
            inside("systemctl", "reload", "roomkey.target")
        restarted(before, state())
        well()

    def killed_workers_are_there_again_at_once():
        before = state()
        with outside.load():
            for unit in WORKERS:
                inside("systemctl", "kill", "--signal=KILL", unit)
                until(lambda: inside.show(unit, "MainPID") not in ("0", before[1][unit])
                      and inside.show(unit, "ActiveState") == "active", f"{unit} is there again")
        same(before[0], state()[0], "the sockets' lives")
        well()

    def an_upgrade_fails_no_request():
        # As a machine is that was set up before there was this timer, and one that wants no other.
        inside.sh("systemctl disable --now roomkey-audit-witness.timer; "
                  "rm /var/lib/systemd/deb-systemd-helper-enabled/roomkey-audit-witness.timer.dsh-also")
        inside("systemctl", "disable", "--now", "roomkey-logs.timer")
        before = state()
        with outside.load():
            install(second)
        restarted(before, state())
        holds(inside("dpkg-query", "-W", "roomkey").stdout, "+test1")
        for pid in state()[1].values():  # else: "... (deleted)"
            same("/usr/lib/roomkey/roomkey-fcgi\n", inside("readlink", f"/proc/{pid}/exe").stdout)
        same({"roomkey-logs.timer": "inactive"}, states(), "the timer that was not wanted")
        same("enabled\n", inside("systemctl", "is-enabled", "roomkey-audit-witness.timer").stdout)
        inside("systemctl", "enable", "--now", "roomkey-logs.timer")
        well()

    def a_wrong_configuration_at_the_start_is_mended_by_a_reload():
        inside("systemctl", "stop", "roomkey.target")
        add_to_env("ROOMKEY_LOG_LEVEL=loud")
        inside("systemctl", "start", "roomkey.target")
        until(lambda: set(states()) == set(WORKERS), "all workers have failed, and nothing else")
        drop_from_env("ROOMKEY_LOG_LEVEL")
        asked = outside.ask_later(TOKEN)
        inside("systemctl", "reload", "roomkey.target")
        same(200, asked()[0], "who asked meanwhile")
        well()

    def a_secret_may_be_a_credential_and_nowhere_else():
        drop_from_env("ROOMKEY_JWT_SECRET")
        for pool in ("token", "room"):
            inside.sh(f"mkdir -p /etc/systemd/system/roomkey-{pool}@.service.d")
            inside.write(f"/etc/systemd/system/roomkey-{pool}@.service.d/credentials.conf",
                         "[Service]\nLoadCredential=roomkey_jwt_secret:/root/secret\n", "644")
        inside("systemctl", "daemon-reload")
        with outside.load():
            inside("systemctl", "reload", "roomkey.target")
        well()
        gives_a_token()

    def after_a_reboot_all_is_back():
        inside.reboot()
        until(lambda: not states(), "all units are active")
        well()
        gives_a_token()

    def the_journal_has_no_complaint():
        told = inside("journalctl", "--boot", "--output=cat", "--unit=roomkey*").stdout
        bad = [line for line in told.splitlines() if re.search(r"\b(warn|error|fail)", line, re.I)]
        from_systemd = inside("journalctl", "--boot", "--output=cat", "--priority=warning",
                              "--grep=roomkey", check=False).stdout.replace("-- No entries --", "")
        same(([], ""), (bad, from_systemd.strip()), "complaints")
        for unit in UNITS:
            status = inside("systemctl", "status", unit, check=False)
            same(0, status.returncode, status.stdout)

    def removing_it_keeps_store_and_configuration():
        said = inside("apt-get", "remove", "--yes", "roomkey").stdout
        holds(said, "/var/lib/roomkey", "/etc/roomkey")
        same("", inside("systemctl", "list-units", "--plain", "--no-legend", "--state=active",
                        "roomkey*").stdout)
        inside("test", "-s", "/var/lib/roomkey/roomkey.db")
        inside("test", "-s", ENV)
        install(second)
        until(lambda: not states(), "installed again, all units are active")
        gives_a_token()

    def purging_it_says_what_it_deletes():
        site = "/etc/nginx/sites-available/roomkey.conf"
        # So that there is a site before. (The login's key has become a credential.)
        inside("roomkey", "setup", "--origin", "https://b.example", "--jwt-secret-file",
               "/root/secret")
        inside("test", "-s", f"{site}.old")
        inside.write(f"{site}.new", "half of a si", "644")
        inside.write("/etc/nginx/conf.d/real-ip.conf", "real_ip_header X-Real-IP;\n", "644")
        said = inside("apt-get", "purge", "--yes", "roomkey").stdout
        for path in ("/etc/roomkey", "/var/lib/roomkey", site, f"{site}.old", f"{site}.new",
                     "/etc/nginx/sites-enabled/roomkey.conf"):
            holds(said, f"roomkey: deleting {path}\n")
            inside("test", "!", "-e", path)
        left = inside.sh("find /etc /var /run -name '*roomkey*' ! -path '/var/tmp/*' "
                         "! -path '/run/credentials*' ! -path '/var/log/journal/*'").stdout
        same("", left, "left over")
        same("", inside("grep", "-ril", "roomkey", "/etc/nginx", check=False).stdout, "of ours")
        inside("test", "-s", "/etc/nginx/conf.d/real-ip.conf")  # the administrator's
        inside("nginx", "-t", "-q")

    return [the_package_has_no_fault_of_lintian,
            installing_it_leaves_a_quiet_machine,
            setting_it_up_starts_everything,
            a_token_comes_from_outside,
            what_root_does_leaves_no_file_that_the_workers_cannot_open,
            another_user_is_told_to_be_root,
            every_unit_keeps_within_its_bounds,
            the_token_pool_has_no_network,
            *neighbours.all_of(inside, (SECRET, "s" * 32, "JWT_SECRET")),
            a_backup_is_made_and_verified_and_another_comes_at_night,
            a_log_that_has_grown_too_large_is_rotated,
            reloading_the_target_restarts_the_workers_in_turn,
            the_journal_has_no_complaint,
            *running.all_of(inside),
            *janus.all_of(inside, outside, roomkey),
            *on_postgresql.all_of(inside, outside, roomkey),
            killed_workers_are_there_again_at_once,
            an_upgrade_fails_no_request,
            *reloading.all_of(inside, outside, state, well, gives_a_token),
            a_wrong_configuration_at_the_start_is_mended_by_a_reload,
            a_secret_may_be_a_credential_and_nowhere_else,
            after_a_reboot_all_is_back,
            the_journal_has_no_complaint,
            removing_it_keeps_store_and_configuration,
            purging_it_says_what_it_deletes]
