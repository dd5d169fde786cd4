#!/bin/sh
# `make npm`: web/ as an npm package, without the check page. VERSION is the package's; it comes to
# lie in NPM_DIR. Asks no registry.
set -eu
umask 022
cd "$(dirname "$0")/.."
out=${NPM_DIR:-build}
mkdir -p "$out" build
out=$(cd "$out" && pwd)
work=$(mktemp -d "$PWD/build/npm.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

install -m 0644 web/*.js web/*.d.ts npm/README.md LICENSE "$work"
sed "s/\"version\": \".*\"/\"version\": \"$VERSION\"/" npm/package.json >"$work/package.json"
cd "$work"
npm pack --offline --loglevel=error --pack-destination "$out" >/dev/null
echo "$out/roomkey-$VERSION.tgz"
