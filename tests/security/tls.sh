#!/usr/bin/env bash
# What testssl.sh finds at a demo of its own: every finding over LOW fails. Loopback only; testssl.sh
# is told to ask nobody else (no DNS, and no --phone-out). Its full words are shown where one fails.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
work=$(mktemp -d)
port=$(PYTHONPATH=tests/e2e /usr/bin/python3 -Bc 'import support; print(support.free_port())')
export DEMO_DIR=$work/demo DEMO_PORT=$port DEMO_RATE_LIMIT=off
trap 'demo/demo.sh stop >/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

if ! demo/demo.sh start >"$work/start" 2>&1; then
  cat "$work/start"
  echo '0 passed, 1 failed'
  exit 1
fi

# Protocols, kinds of ciphers, forward secrecy, order, certificate, headers, known attacks. The path
# is one whose answers depend on a secret, so that BREACH is looked for where it would hurt.
timeout 300 testssl --quiet --color 0 --warnings off --nodns none \
  --connect-timeout 10 --openssl-timeout 10 --protocols --std --fs --server-preference \
  --server-defaults --headers --vulnerable --jsonfile "$work/findings.json" \
  "https://127.0.0.1:$port/api/appointments/video-token/47/" >"$work/words" 2>&1 </dev/null
/usr/bin/python3 tests/security/tls_findings.py "$work/findings.json" && exit 0
cat "$work/words"
/usr/bin/python3 tests/security/tls_findings.py "$work/findings.json"
