#!/bin/sh
# The modules of the Node peer. better-sqlite3 is compiled here, against the headers that belong to node.
set -eu
cd "$(dirname "$0")"
identity() { cat package-lock.json && node --version; }
! identity | cmp -s - node_modules/installed || exit 0

prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
[ -e "$prefix/include/node/node.h" ] || sh ../../install_packages.sh libnode-dev
npm ci --loglevel=error
npm_config_nodedir=$prefix npm_config_build_from_source=true \
  npm rebuild better-sqlite3 --ignore-scripts=false --loglevel=error
identity >node_modules/installed
