#!/usr/bin/env bash
# Everything that `make lint` checks; CPPFLAGS comes from the Makefile. LINT_DEEP=1 lets clang-tidy
# follow paths through functions as well, which takes three times as long.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
status=0
mapfile -t code < <(git ls-files 'src/*.cpp' 'src/*.hpp' 'include/*.hpp' 'tests/*.cpp' 'tests/*.hpp' \
  'tests/*.c')
mapfile -t shell < <(git ls-files '*.sh' .ci/run systemd/restart-workers \
  debian/roomkey.postinst debian/roomkey.prerm debian/roomkey.postrm)
mapfile -t sources < <(git ls-files 'src/*.cpp')

echo 'lint: rooms'
/usr/bin/python3 tests/lint/rooms.py || status=1
/usr/bin/python3 tests/lint/rooms_test.py || status=1
echo 'lint: tests that docs/security.md names'
/usr/bin/python3 tests/lint/named_tests.py || status=1
echo 'lint: clang-format'
clang-format --dry-run -Werror "${code[@]}" || status=1
echo 'lint: shellcheck'
shellcheck "${shell[@]}" || status=1
echo "lint: clang-tidy, ${#sources[@]} files"
TIDY_CHECKS='-clang-analyzer-*'
[ "${LINT_DEEP:-}" != 1 ] || TIDY_CHECKS=
export TIDY_CHECKS TIDY_FLAGS="${CPPFLAGS//\'/} -std=c++20 -Wall -Wextra -Wreserved-identifier"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# shellcheck disable=SC2016 # for the inner shell
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 5 -P "$(nproc)" \
    bash -c 'clang-tidy --quiet --checks="$TIDY_CHECKS" "$@" -- $TIDY_FLAGS' tidy 2>"$said" || status=1
grep -vE 'warnings? (generated|treated)|Suppressed|Use -' "$said" >&2
[ $status = 0 ] && echo 'lint: clean'
exit $status
