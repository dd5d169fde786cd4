#!/usr/bin/env bash
# Runs the suites named, each of which ends with "N passed, N failed", and sums them up. One that
# can't run on this machine says why, ends with "0 passed, 0 failed" and status 77, and is named again
# at the end.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
bin=$(realpath "${BIN_DIR:-build/release}")
export BIN_DIR=$bin
passed=0
failed=0
skipped=

suite() { # name, command...
  local log last status
  log=$(mktemp)
  echo "== $1"
  "${@:2}" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  last=$(tail -n 1 "$log")
  rm -f "$log"
  if [ "$status" = 77 ] && [ "$last" = '0 passed, 0 failed' ]; then
    skipped="$skipped $1"
  elif [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
  else
    echo "the suite $1 did not come to its end (status $status)"
    failed=$((failed + 1))
  fi
}

for name; do
  case $name in
    unit) suite unit "$bin/unit-tests" ;;
    cli) suite cli /usr/bin/python3 tests/cli/transcripts.py ;;
    install) suite install /usr/bin/python3 tests/install.py ;;
    systemd) suite systemd /usr/bin/python3 tests/systemd/run.py ;;
    vendor) suite vendor tests/vendor/run.sh ;;
    browser) suite browser tests/browser/run.sh ;;
    tls) suite tls tests/security/tls.sh ;;
    timing) suite timing /usr/bin/python3 tests/security/timing.py ;;
    memory) suite memory /usr/bin/python3 tests/e2e/run.py memory: ;;
    e2e) suite e2e /usr/bin/python3 tests/e2e/run.py ;;
    *) echo "no suite $name" >&2 && exit 2 ;;
  esac
done
[ -z "$skipped" ] || echo "skipped on this machine, see above:$skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
