#!/usr/bin/env bash
# Which room may see which (docs/architecture.md), and which files may use which library.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
faults=0

# Lines of `path:line:text` on standard input are breaches of the rule named.
breach() {
  local line
  while IFS= read -r line; do
    echo "lint: $1: $line"
    faults=$((faults + 1))
  done
}

# files that are allowed to, include pattern, rule
only() {
  breach "$3" < <(grep -rnE "#include [<\"]$2" src include | grep -vE "^($1)")
}
only 'src/fcgi_server.cpp' 'fcgi' 'only fcgi_server may use libfcgi'
only 'src/store/' '(SQLiteCpp/|sqlite3)' 'only store may use SQLite'
only 'src/crypto/' 'openssl/' 'only crypto may use OpenSSL'
only 'src/roomkey_' 'CLI/' 'only the mains and their options may use CLI11'
only 'src/base/log.cpp' 'spdlog/' 'only base/log may use spdlog'
only 'src/provider/https.cpp' 'curl/' 'only provider/https may use libcurl'
breach 'SQL stands only in store and sql/' < <(
  grep -rnE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|PRAGMA) ' src include |
    grep -v '^src/store/')

# room, rooms that it may see
sees() {
  breach "$1 may see only: $2" < <(
    grep -rnE '#include "roomkey/[a-z_]+/' "src/$1" "include/roomkey/$1" |
      grep -vE "#include \"roomkey/($1|${2// /|})/")
  [ "$1" = cli ] || breach "$1 may not see the top of the house" < <(
    grep -rnE '#include "roomkey/[a-z_]+\.hpp"' "src/$1" "include/roomkey/$1")
}
sees base none
sees metrics base
sees crypto base
sees access 'base crypto'
sees provider 'base crypto access'
sees store 'base crypto access'
sees http 'base access'
sees handlers 'base metrics crypto access provider store http'
sees cli 'base crypto access provider store'

exit $((faults > 0))
