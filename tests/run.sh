#!/usr/bin/env bash
# Runs the suites named, each of which ends with "N passed, N failed", and sums them up.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
bin=$(realpath "${BIN_DIR:-build/release}")
export BIN_DIR=$bin
passed=0
failed=0

suite() { # name, command...
  local log last status
  log=$(mktemp)
  echo "== $1"
  "${@:2}" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  last=$(tail -n 1 "$log")
  rm -f "$log"
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
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
    vendor) suite vendor tests/vendor/run.sh ;;
    browser) suite browser tests/browser/run.sh ;;
    e2e) suite e2e /usr/bin/python3 tests/e2e/run.py ;;
    *) echo "no suite $name" >&2 && exit 2 ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
