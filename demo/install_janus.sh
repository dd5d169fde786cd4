#!/bin/sh
# Installs Debian's janus where it is missing, without the service that comes with it: that one would
# listen to everybody from the next start of the machine on.
set -eu
cd "$(dirname "$0")/.."
[ "$(dpkg-query -W -f='${db:Status-Status}' janus 2>/dev/null)" != installed ] || exit 0
sh tests/install_packages.sh janus
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root systemctl --quiet disable janus.service 2>/dev/null ||
  echo 'janus.service is still enabled: systemctl disable janus' >&2
