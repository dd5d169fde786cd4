#!/bin/sh
# See calls.mjs. With the modules of tests/browser.
set -eu
BIN_DIR=$(realpath "$BIN_DIR")
export BIN_DIR
cd "$(dirname "$0")/../browser"
cmp -s package-lock.json node_modules/installed-lock.json || {
  npm ci --loglevel=error
  cp package-lock.json node_modules/installed-lock.json
}
PATH=$(../debian_node.sh):$PATH exec node ../bench/calls.mjs
