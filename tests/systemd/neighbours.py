"""Steps on what others on the machine can do, and what somebody could who broke into a part of it.
Each leaves the machine as it was."""
from outside import holds, same


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

    def the_room_pool_asks_nobody_on_the_same_wire():
        denied = inside.show("roomkey-room@1.service", "IPAddressDeny")
        holds(denied, "169.254.0.0/16", "fe80::/64")

    return [the_sockets_are_nginx_s_and_no_other_s, a_backup_sees_no_secret,
            the_room_pool_asks_nobody_on_the_same_wire]
