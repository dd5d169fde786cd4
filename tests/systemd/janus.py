"""Steps on Debian's Janus beside roomkey, hardened and set up by the commands of docs/janus.md. They
leave the machine as it was."""
import json
import re

from machine import ROOT, run, until
from outside import NAME, holds, same

UNIT = "janus.service"
MOST = 2.5  # of systemd's exposure; it speaks to everybody
INFO = "http://127.0.0.1:8088/janus/info"
LISTENS = r"LISTEN\s+\d+\s+\d+\s+(\S+):(8088|8188)\s.*janus"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
           "Sec-WebSocket-Protocol": "janus-protocol"}
VISIT = {"id": 48, "patient_id": 2, "psychologist_id": 19, "duration_minutes": 60,
         "appointment_date": "2025-11-17T09:00:00Z", "video_provider": "janus",
         "video_room_id": "apt-48-1763370000-46eb915c"}


def commands_of_the_docs():
    """What docs/janus.md has an administrator type, but for the installation itself."""
    page = (ROOT / "docs/janus.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.S | re.M)[:2]
    lines = [line for block in blocks for line in block.splitlines()]
    same("apt install --no-install-recommends janus", lines[0], "the first command")
    return lines[1:]


def all_of(inside, outside, roomkey):
    def secret(file, name):
        found = re.search(rf'{name} = "([0-9a-f]{{64}})"', inside("cat", f"/etc/janus/{file}").stdout)
        return found[1]

    def in_its_network(*words, **options):
        return run("nsenter", f"--target={inside.leader()}", "--net", *words, **options)

    def answers():
        return in_its_network("curl", "-sS", "-m", "5", "--noproxy", "*", INFO,
                              check=False).returncode == 0

    def it_starts_hardened_by_the_commands_of_the_docs():
        inside.sh("\n".join(commands_of_the_docs()))
        inside("systemctl", "daemon-reload")
        inside("systemctl", "restart", UNIT)
        until(answers, "Janus answers")
        same(["active", "yes", "0"], inside.show(UNIT, "ActiveState", "DynamicUser", "NRestarts"))

    def it_keeps_within_its_bounds():
        said = inside("systemd-analyze", "security", "--no-pager", UNIT).stdout
        found = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
        print(f"     {UNIT}: {found}")
        if found > MOST:
            raise AssertionError(f"{found} > {MOST}\n{said}")
        verified = inside("systemd-analyze", "verify", UNIT, check=False).stdout
        same("", "".join(line for line in verified.splitlines() if "janus" in line), "verify")

    def it_is_nobody_s_user_may_write_nowhere_and_listens_to_this_machine_alone():
        pid = inside.show(UNIT, "MainPID")
        status = inside("cat", f"/proc/{pid}/status").stdout
        holds(status, "NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000")
        user = re.search(r"^Uid:\t(\d+)", status, re.M)[1]
        if not 61184 <= int(user) <= 65519:
            raise AssertionError(f"user {user}")
        for path in ("/etc/janus", "/var/lib", "/usr", "/home"):
            writes = inside("nsenter", f"--target={pid}", "--mount", f"--setuid={user}", "touch",
                            f"{path}/x", check=False)
            same(1, writes.returncode, path)
        reads = inside("nsenter", f"--target={pid}", "--mount", f"--setuid={user}", "cat",
                       "/etc/janus/janus.jcfg", check=False)
        same(1, reads.returncode, "the secrets")
        found = set(re.findall(LISTENS, in_its_network("ss", "-lntp").stdout))
        same({("127.0.0.1", "8088"), ("127.0.0.1", "8188")}, found, "what it listens at")

    def roomkey_is_set_up_with_it_and_check_proves_it():
        inside.write("/root/janus-token", secret("janus.jcfg", "token_auth_secret"))
        inside.write("/root/janus-key", secret("janus.plugin.videoroom.jcfg", "admin_key"))
        said = inside("roomkey", "setup", "--janus-url", f"wss://{NAME}/janus",
                      "--janus-token-secret-file", "/root/janus-token",
                      "--janus-admin-key-file", "/root/janus-key").stdout
        holds(said, "[SUCCESS]")
        said = inside("roomkey", "check", check=False).stdout
        holds(said, "[OK] Janus accepts a token made with JANUS_TOKEN_SECRET",
              "[OK] Janus makes rooms for who has JANUS_ADMIN_KEY, and for them alone",
              "[OK] Janus's rooms have texts for names, as roomkey's do")

    def a_token_makes_its_room_there_and_the_socket_is_carried_to_it():
        inside.write("/root/visit.json", json.dumps({"appointments": [VISIT]}))
        roomkey("import", "/root/visit.json")
        status, body = outside.get("/api/appointments/video-token/48/")
        same((200, "janus", f"wss://{NAME}/janus"),
             (status, body.get("provider"), body.get("connect", {}).get("url")), body)
        status, body = outside.get("/api/appointments/video-status/48/")
        same((200, "in-progress", "provider"), (status, body["status"], body["source"]), body)
        headers = [word for name, value in UPGRADE.items() for word in ("-H", f"{name}: {value}")]
        said = in_its_network("curl", "-sS", "-k", "-m", "3", "--http1.1", "--noproxy", "*", "--resolve",
                              f"{NAME}:443:127.0.0.1", "-o", "/dev/null", "-D", "-", *headers,
                              f"https://{NAME}/janus", check=False).stdout
        holds(said, "HTTP/1.1 101 ", "janus-protocol")

    def cancelled_the_room_is_ended_there():
        roomkey("appointment", "set", 48, "--status", "cancelled")
        until(lambda: "event=eviction appointment_id=48 why=closed" in inside(
            "journalctl", "--boot", "--output=cat", "--unit=roomkey-room@*").stdout, "it has ended")

    def killed_it_is_there_again_at_once():
        before = inside.show(UNIT, "MainPID")
        inside("systemctl", "kill", "--signal=KILL", UNIT)
        until(lambda: inside.show(UNIT, "MainPID") not in ("0", before) and answers(), "it is back")

    def all_is_as_it_was_before():
        inside.sh("systemctl stop janus; rm -r /etc/systemd/system/janus.service.d")
        inside("systemctl", "daemon-reload")
        holds(inside("roomkey", "setup", "--janus-url", "").stdout, "[SUCCESS]")
        same(1, inside("grep", "-q", "^JANUS_", "/etc/roomkey/roomkey.env", check=False).returncode)

    return [it_starts_hardened_by_the_commands_of_the_docs,
            it_keeps_within_its_bounds,
            it_is_nobody_s_user_may_write_nowhere_and_listens_to_this_machine_alone,
            roomkey_is_set_up_with_it_and_check_proves_it,
            a_token_makes_its_room_there_and_the_socket_is_carried_to_it,
            cancelled_the_room_is_ended_there,
            killed_it_is_there_again_at_once,
            all_is_as_it_was_before]
