#!/bin/sh
# Installs the Debian packages named that are missing. `COMMAND:PACKAGE` is missing only where the
# command is (it may have come from elsewhere than Debian).
set -eu
missing=
for wanted; do
  case $wanted in
    *:*) command -v "${wanted%%:*}" >/dev/null || missing="$missing ${wanted#*:}" ;;
    *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$wanted" 2>/dev/null)" = installed ] ||
      missing="$missing $wanted" ;;
  esac
done
[ -n "$missing" ] || exit 0
# Debian's janus would listen to everybody from the next start of the machine on.
unwanted=
case "$missing " in *' janus '*) unwanted=janus.service ;; esac

as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "not root, and no sudo: as root, run: apt-get update &&" \
      "apt-get install -y --no-install-recommends$missing${unwanted:+ && systemctl disable --now $unwanted}" >&2
    exit 1
  }
  as_root=sudo
fi
echo "installing:$missing"
# Debian starts a server as it is installed. None of ours is wanted that way: until the packages are
# in, the machine's policy is to start nothing.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '$as_root rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
  $as_root chmod 755 $policy
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
[ -z "$unwanted" ] || $as_root systemctl --quiet disable $unwanted 2>/dev/null ||
  echo "$unwanted is still enabled: systemctl disable $unwanted" >&2
