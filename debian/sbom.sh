#!/bin/sh
# `make sbom`: what is in the package that lies in DEB_DIR (SPDX, by reuse(1): each file with its
# checksum and licence), beside what it was built with (.buildinfo, by dpkg-genbuildinfo(1)).
set -eu
umask 022
cd "$(dirname "$0")/.."
out=$(cd "${DEB_DIR:-build}" && pwd)
package=$(find "$out" -maxdepth 1 -name "roomkey_${VERSION}_*.deb" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

files=$work/$(basename "$package" .deb)
dpkg-deb --extract "$package" "$files"
# reuse reads debian/copyright where it lies here; Debian calls Expat what SPDX calls MIT.
mkdir "$files/.reuse" "$files/LICENSES"
sed 's/^License: Expat$/License: MIT/' debian/copyright >"$files/.reuse/dep5"
cp LICENSE "$files/LICENSES/MIT.txt"
reuse --root "$files" spdx --output "$work/sbom" 2>"$work/log" || {
  cat "$work/log" >&2
  exit 1
}
mv "$work/sbom" "${package%.deb}.spdx"
echo "${package%.deb}.spdx"
echo "${package%.deb}.buildinfo"
