#!/bin/sh
# `make install`: DESTDIR, PREFIX, SYSCONFDIR, UNITDIR and BIN_DIR come from the Makefile.
set -eu
umask 022
cd "$(dirname "$0")/.."
to=${DESTDIR:-}
lib=$PREFIX/lib/roomkey
share=$PREFIX/share/roomkey
env=$to$SYSCONFDIR/roomkey/roomkey.env

put() { # mode, target folder, files...
  mode=$1 folder=$2
  shift 2
  install -d -m 0755 "$folder"
  install -m "$mode" "$@" "$folder"
}

put 0755 "$to$PREFIX/bin" "$BIN_DIR/roomkey"
put 0755 "$to$lib" "$BIN_DIR/roomkey-fcgi" systemd/restart-workers
put 0644 "$to$share" systemd/roomkey.env
put 0644 "$to$share/systemd" systemd/store.conf.in
put 0644 "$to$share/nginx" nginx/roomkey.conf.in nginx/logrotate.conf
put 0644 "$to$share/janus" systemd/janus/hardened.conf systemd/janus/*.jcfg
if [ -d web ]; then
  # package.json is for node alone, demo/ for the demo.
  (cd web && find . -path ./demo -prune -o -type f ! -name '.*' ! -name package.json -print) |
    while read -r file; do
      put 0644 "$to$share/web/$(dirname "$file")" "web/$file"
    done
fi
for section in 1 5 8; do
  put 0644 "$to$PREFIX/share/man/man$section" man/*."$section"
done

install -D -m 0644 systemd/sysusers.conf "$to$PREFIX/lib/sysusers.d/roomkey.conf"
install -D -m 0644 systemd/tmpfiles.conf "$to$PREFIX/lib/tmpfiles.d/roomkey.conf"
unit() { # file, where it goes
  install -d -m 0755 "$to$UNITDIR/${2%/*}"
  sed -e "s#/usr/lib/roomkey/#$lib/#" -e "s#/usr/bin/#$PREFIX/bin/#" \
    -e "s#/usr/share/roomkey/#$share/#" -e "s#/etc/roomkey/#$SYSCONFDIR/roomkey/#" "$1" >"$to$UNITDIR/$2"
  chmod 0644 "$to$UNITDIR/$2"
}
for file in systemd/*.target systemd/*.socket systemd/*.service systemd/*.timer; do
  unit "$file" "./${file##*/}"
done
unit systemd/only-check.conf 'roomkey-token@check.service.d/only-check.conf'

# The user comes before the configuration, which its group reads; a package's scripts see to both.
if [ -z "$to" ] && [ "$(id -u)" = 0 ]; then
  systemd-sysusers "$PREFIX/lib/sysusers.d/roomkey.conf"
  systemd-tmpfiles --create "$PREFIX/lib/tmpfiles.d/roomkey.conf"
fi
if [ ! -e "$env" ]; then
  put 0640 "${env%/*}" systemd/roomkey.env
  [ -n "$to" ] || [ "$(id -u)" != 0 ] || chgrp roomkey "$env"
fi
