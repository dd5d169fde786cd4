#!/bin/sh
# Prints the folder with Debian's own node, to be put first in PATH: the tests' results must not depend
# on a newer one that came from elsewhere. Where /usr/bin/node is that one, Debian's is unpacked under
# build/ (both can't be installed), and what it needs besides is installed.
set -eu
cd "$(dirname "$0")/.."
case $(dpkg-query -W -f='${db:Status-Status} ${Maintainer}' nodejs 2>/dev/null || true) in
  'installed '*[Dd]ebian*) echo /usr/bin && exit ;;
esac

folder=$PWD/build/debian-node
if ! "$folder/node" --version >/dev/null 2>&1; then
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  of_debian() { apt-cache madison nodejs | sed -n "s/^ *nodejs | *\([^ ]*\) | [^ ]* $codename.*/\1/p"; }
  [ -n "$(of_debian)" ] || $([ "$(id -u)" = 0 ] || echo sudo) apt-get update -qq >&2
  version=$(of_debian | head -n 1)
  [ -n "$version" ] || { echo "debian_node: apt knows no nodejs of $codename" >&2 && exit 1; }
  depends() { # package
    apt-cache show "$1=$version" | sed -n 's/^Depends: //p' | tr -d ' ' | tr , '\n' | sed 's/[:(].*//'
  }
  library=$(depends nodejs | grep '^libnode')
  # shellcheck disable=SC2046 # a list of words
  sh tests/install_packages.sh $(depends "$library") >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && apt-get download -qq "nodejs=$version" "$library=$version") >&2
  for package in "$folder"/*.deb; do
    dpkg-deb --extract "$package" "$folder/root"
  done
  rm "$folder"/*.deb
  libraries=$(dirname "$(find "$folder/root" -name 'libnode.so.*' | head -n 1)")
  cat >"$folder/node" <<EOF
#!/bin/sh
LD_LIBRARY_PATH=$libraries exec $folder/root/usr/bin/node "\$@"
EOF
  chmod 755 "$folder/node"
  "$folder/node" --version >/dev/null
fi
echo "$folder"
