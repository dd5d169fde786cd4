"""Steps on what others on the machine can do, and what somebody could who broke into a part of it.
Each leaves the machine as it was."""
from outside import NAME, holds, same

ENV = "/etc/roomkey/roomkey.env"
ROOM_ONLY = ("TWILIO_AUTH_TOKEN", "JANUS_ADMIN_KEY")


def all_of(inside, secrets):
    def the_sockets_are_nginx_s_and_no_other_s():
        for pool in ("token", "room"):
            path = f"/run/roomkey/{pool}.sock"
            same("660 roomkey roomkey-web\n", inside("stat", "-c", "%a %U %G", path).stdout)
            for group, status in (("roomkey-web", 0), ("www-data", 1)):
                may = inside.sh(f"runuser -u nobody -G {group} -- test -w {path}", check=False)
                same(status, may.returncode, f"{group} at {path}")

    def a_backup_sees_no_secret():
        inside.sh("mkdir -p /run/systemd/system/roomkey-backup.service.d")
        inside.write("/run/systemd/system/roomkey-backup.service.d/look.conf",
                     "[Service]\nExecStartPre=-/bin/sh -c 'env; ls /etc/roomkey'\n", "644")
        inside("systemctl", "daemon-reload")
        inside("systemctl", "start", "roomkey-backup.service")
        said = inside("journalctl", "--no-pager", "--output=cat",
                      "--unit=roomkey-backup.service").stdout
        holds(said, "TWILIO_ACCOUNT_SID=", "ls: cannot open directory '/etc/roomkey'")
        for word in secrets:
            if word in said:
                raise AssertionError(f"a backup saw {word}")
        inside.sh("rm -r /run/systemd/system/roomkey-backup.service.d /var/lib/roomkey/backups/*")
        inside("systemctl", "daemon-reload")

    def the_token_pool_sees_no_secret_that_only_the_room_pool_needs():
        given = {name: "a" * 32 for name in ROOM_ONLY} | {"JANUS_TOKEN_SECRET": "b" * 32}
        given["JANUS_URL"] = f"wss://{NAME}/janus"  # without these two no token could be made
        inside.write("/run/only-room.env",
                     "".join(f"{name}={value}\n" for name, value in given.items()), "600")
        inside.sh(f"cat /run/only-room.env >>{ENV}; systemctl reload roomkey.target")
        for pool, sees in (("token", False), ("room", True)):
            pid = inside.show(f"roomkey-{pool}@1.service", "MainPID")
            variables = inside.sh(f"tr '\\0' '\\n' </proc/{pid}/environ").stdout
            holds(variables, "TWILIO_ACCOUNT_SID=", "TWILIO_API_SECRET=")
            file = inside("nsenter", f"--target={pid}", "--mount", "cat", ENV, check=False).stdout
            for name in ROOM_ONLY:
                same(sees, name in variables, f"{name} in the {pool} pool's environment")
                same(sees, name in file, f"{name} in the {pool} pool's view of {ENV}")
        same("600 root root\n",
             inside("stat", "-c", "%a %U %G", "/run/roomkey/token-1.env").stdout)
        for name in given:
            inside.sh(f"sed -i /^{name}=/d {ENV}")
        inside.sh("rm /run/only-room.env; systemctl reload roomkey.target")

    def the_room_pool_asks_nobody_on_the_same_wire():
        denied = inside.show("roomkey-room@1.service", "IPAddressDeny")
        holds(denied, "169.254.0.0/16", "fe80::/64")

    return [the_sockets_are_nginx_s_and_no_other_s, a_backup_sees_no_secret,
            the_token_pool_sees_no_secret_that_only_the_room_pool_needs,
            the_room_pool_asks_nobody_on_the_same_wire]
