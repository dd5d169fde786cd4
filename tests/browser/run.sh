#!/usr/bin/env bash
# web/roomkey.js in Chromium and Firefox, through a demo, with the providers' own SDKs; its size and
# its types. Needs npm, Debian's own node, chromium and firefox-esr, and what make demo needs. Takes
# parts of tests' names.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

passed=0
failed=0

check() { # name, command...
  local output
  if output=$("${@:2}" 2>&1); then
    passed=$((passed + 1))
    echo "ok   browser $1"
  else
    failed=$((failed + 1))
    echo "$output"
    echo "FAIL browser $1"
  fi
}

install_modules() {
  cmp -s package-lock.json node_modules/installed-lock.json && return
  npm ci --loglevel=error && cp package-lock.json node_modules/installed-lock.json
}

# Stream's SDK names other packages, which a browser can't find by their names.
bundle() {
  echo "export { StreamVideoClient } from '@stream-io/video-client'" |
    node_modules/.bin/esbuild --bundle --format=esm --log-level=error \
      --outfile=../../build/browser/stream-video-client.js
}

# What uses roomkey.d.ts, and the first example of docs/browser.md, as a frontend in TypeScript has it.
types_are_right() {
  mkdir -p ../../build/browser
  awk '/^```/ { inside = /js$/; if (!inside) exit; next } inside' ../../docs/browser.md \
    >../../build/browser/example.ts
  grep -q 'new RoomKey' ../../build/browser/example.ts &&
    node_modules/.bin/tsc --project .
}

if install_modules && PATH=$(../debian_node.sh):$PATH && bundle; then
  check 'the core of roomkey.js: 8 KiB at most' node size.mjs
  node size.mjs
  check "roomkey.d.ts goes with the SDKs' own types, and the example with it" types_are_right
  output=$(node run.mjs "$@" 2>&1)
  status=$?
  last=$(tail -n 1 <<<"$output")
  sed '$d' <<<"$output"
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    [ $status = 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
  else
    echo "$last"
    echo "FAIL browser did not come to its end (status $status)"
    failed=$((failed + 1))
  fi
else
  echo "FAIL browser: no modules from npm, or no node of Debian's"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
