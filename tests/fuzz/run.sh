#!/usr/bin/env bash
# Runs each fuzzer of the folder given for FUZZ_SECONDS (60), as many at a time as there are
# processors, from the corpora beside this file. What a fuzzer learns stays in the folder's
# corpus/, so that a second run goes on where the first ended; an input that breaks a promise
# stays in found/. FUZZERS="jws request" runs those alone.
set -u
folder=$(realpath "$1")
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
seconds=${FUZZ_SECONDS:-60}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || { echo "FUZZ_SECONDS=$seconds is no number" >&2 && exit 2; }
read -ra names <<<"${FUZZERS:-$(cd "$here" && printf '%s ' *_fuzz.cpp | sed 's/_fuzz\.cpp//g')}"
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

fuzz_one() { # name
  local log="$folder/$1.log" options=()
  mkdir -p "$folder/corpus/$1" "$folder/found"
  [ ! -f "$here/$1.dict" ] || options+=("-dict=$here/$1.dict")
  [ ! -f "$here/json.dict" ] || [ -f "$here/$1.dict" ] || options+=("-dict=$here/json.dict")
  if "$folder/$1-fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$folder/found/$1-" "${options[@]}" \
    "$folder/corpus/$1" "$here/corpus/$1" >"$log" 2>&1; then
    echo "ok   $1: $(summary "$log")"
  else
    echo "FAIL $1: $(summary "$log"); $(grep -m 1 -E 'ERROR|broken promise|runtime error' "$log")" \
      "($log)"
  fi
}

summary() { # log; executions, edges covered, inputs kept
  sed -nE 's/^#([0-9]+).* cov: ([0-9]+) .* corp: ([0-9]+).*/\1 executions, \2 edges, \3 inputs/p' \
    "$1" | tail -n 1
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
export -f fuzz_one summary
export folder here seconds
# shellcheck disable=SC2016 # for the inner shell
printf '%s\n' "${names[@]}" |
  xargs -P "${FUZZ_JOBS:-$(nproc)}" -I{} bash -c 'fuzz_one "$1"' fuzz {} | tee "$results"
failed=$(grep -c '^FAIL' "$results")
passed=$(grep -c '^ok' "$results")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" = "${#names[@]}" ]
