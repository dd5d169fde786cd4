#!/usr/bin/env bash
# Everything that `make lint` checks; CPPFLAGS comes from the Makefile. LINT_DEEP=1: see tidy.py.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
status=0
mapfile -t code < <(git ls-files 'src/*.cpp' 'src/*.hpp' 'include/*.hpp' 'tests/*.cpp' 'tests/*.hpp' \
  'tests/*.c')
mapfile -t shell < <(git ls-files '*.sh' .ci/run systemd/restart-workers \
  debian/roomkey.postinst debian/roomkey.prerm debian/roomkey.postrm)

echo 'lint: rooms'
/usr/bin/python3 tests/lint/rooms.py || status=1
/usr/bin/python3 tests/lint/rooms_test.py || status=1
echo 'lint: pools'
/usr/bin/python3 tests/lint/pools.py || status=1
echo 'lint: tests that docs/security.md names'
/usr/bin/python3 tests/lint/named_tests.py || status=1
echo 'lint: clang-format'
clang-format --dry-run -Werror "${code[@]}" || status=1
echo 'lint: shellcheck'
shellcheck "${shell[@]}" || status=1
echo 'lint: clang-tidy'
/usr/bin/python3 tests/lint/tidy.py || status=1
[ $status = 0 ] && echo 'lint: clean'
exit $status
