#!/usr/bin/env bash
# Checks the golden tokens against the vendors' own libraries, tokens and keys of logins that others
# wrote against roomkey, and lints docs/openapi.yaml.
# Needs npm, Debian's own node, Debian's janus, and /usr/bin/python3 with Debian's python3-twilio.
set -u
BIN_DIR=$(realpath "${BIN_DIR:-$(dirname "${BASH_SOURCE[0]}")/../../build/release}") || exit 1
export BIN_DIR
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

passed=0
failed=0

summary() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

fail() {
  failed=$((failed + 1))
  echo "FAIL $*"
}

# Takes over the checks of a program that ends with "N passed, N failed". One that ends otherwise,
# or whose exit status tells another story than its count, is a failure of its own.
run() {
  local output status last
  output=$("$@" 2>&1)
  status=$?
  last=$(tail -n 1 <<<"$output")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    sed '$d' <<<"$output"
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    [ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || fail "$* ended with status $status"
  else
    echo "$output"
    fail "$* did not come to its end"
  fi
}

install_modules() {
  cmp -s package-lock.json node_modules/installed-lock.json && return
  npm ci --loglevel=error && cp package-lock.json node_modules/installed-lock.json
}

lint() {
  local output
  # Without these two it would look for the network.
  export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
  if output=$(node node_modules/@redocly/cli/bin/cli.js lint --config redocly.yaml \
      ../../docs/openapi.yaml 2>&1); then
    passed=$((passed + 1))
    echo "ok   openapi: docs/openapi.yaml keeps every rule"
  else
    echo "$output"
    fail "openapi: docs/openapi.yaml breaks a rule"
  fi
}

run /usr/bin/python3 twilio_golden.py
run /usr/bin/python3 twilio_python.py
run /usr/bin/python3 stream_golden.py
run /usr/bin/python3 livekit_golden.py
run /usr/bin/python3 janus_golden.py
run /usr/bin/python3 jitsi_golden.py
run /usr/bin/python3 custom_golden.py
if install_modules && PATH=$(../debian_node.sh):$PATH; then
  run node twilio_node.mjs
  run node callback_node.mjs
  run node stream_node.mjs
  run node livekit_node.mjs
  run node jitsi_node.mjs
  run node custom_node.mjs
  run node login_node.mjs
  lint
else
  fail "no modules from npm, or no node of Debian's"
fi
summary
