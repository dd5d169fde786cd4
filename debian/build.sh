#!/bin/sh
# `make deb`: dpkg-buildpackage in a copy of the tree, so that neither the tree nor the folder above
# it is littered. What is built already is taken from the tree. VERSION is the package's; it comes
# to lie in DEB_DIR.
set -eu
umask 022
cd "$(dirname "$0")/.."
out=${DEB_DIR:-build}
mkdir -p "$out" build
out=$(cd "$out" && pwd)
work=$(mktemp -d "$PWD/build/package.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
copy=$work/roomkey
mkdir "$copy"

# Times go along, so that make finds nothing to do over again.
if git rev-parse --git-dir >/dev/null 2>&1; then
  git ls-files -z --cached --others --exclude-standard |
    tar --create --null --files-from=- --ignore-failed-read
else
  tar --create --exclude=./build --exclude=node_modules --exclude=__pycache__ .
fi | tar --extract --directory="$copy"
ln -s "$PWD/build" "$copy/build"
sed -i "1s/(.*)/($VERSION)/" "$copy/debian/changelog"

# A make of its own: the caller's jobs and variables end here. Symbols for a debugger would be a
# second package, of use to nobody: workers leave no core files.
if ! (cd "$copy" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS=noautodbgsym \
  dpkg-buildpackage --build=binary --no-sign --no-pre-clean) >"$work/log" 2>&1; then
  cat "$work/log" >&2
  echo 'roomkey: error: the package could not be built' >&2
  exit 1
fi
mv "$work"/roomkey_*.buildinfo "$out/"
for package in "$work"/roomkey_*.deb; do
  mv "$package" "$out/"
  echo "$out/${package##*/}"
done
