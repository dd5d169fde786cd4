#!/usr/bin/env bash
# Runs the suites named, each of which ends with "N passed, N failed", or "N passed, N failed, N
# skipped", and sums them up. `NAME&` begins at once beside the others, and is heard when its turn
# comes. What can't run on this machine says so in a line that begins with "skip "; these lines are
# said again at the end.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
bin=$(realpath "${BIN_DIR:-build/release}")
export BIN_DIR=$bin
passed=0
failed=0
skipped=0

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
declare -A beside

command_of() { # name
  case $1 in
    unit) command=("$bin/unit-tests") ;;
    cli) command=(/usr/bin/python3 tests/cli/transcripts.py) ;;
    install) command=(/usr/bin/python3 tests/install.py) ;;
    systemd) command=(/usr/bin/python3 tests/systemd/run.py) ;;
    vendor) command=(tests/vendor/run.sh) ;;
    browser) command=(tests/browser/run.sh) ;;
    tls) command=(tests/security/tls.sh) ;;
    timing) command=(/usr/bin/python3 tests/security/timing.py) ;;
    attack) command=(/usr/bin/python3 tests/security/attack.py) ;;
    memory) command=(/usr/bin/python3 tests/e2e/run.py memory:) ;;
    e2e) command=(/usr/bin/python3 tests/e2e/run.py) ;;
    *) echo "no suite $1" >&2 && exit 2 ;;
  esac
}

suite() { # name
  local log=$logs/$1 last status
  echo "== $1"
  if [ -n "${beside[$1]:-}" ]; then
    wait "${beside[$1]}"
    status=$?
    cat "$log"
  else
    command_of "$1"
    "${command[@]}" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
  fi
  echo "== $1: at $SECONDS s"
  last=$(tail -n 1 "$log")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
  else
    echo "the suite $1 did not come to its end (status $status)"
    failed=$((failed + 1))
  fi
}

for name; do
  [[ $name = *'&' ]] || continue
  command_of "${name%&}"
  "${command[@]}" >"$logs/${name%&}" 2>&1 &
  beside[${name%&}]=$!
done
for name; do
  suite "${name%&}"
done
[ $skipped = 0 ] || { echo '== skipped on this machine' && grep -h '^skip ' "$logs"/*; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
