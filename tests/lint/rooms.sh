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
only 'src/worker/fcgi_server.cpp' 'fcgi' 'only fcgi_server may use libfcgi'
only 'src/store/' '(SQLiteCpp/|sqlite3)' 'only store may use SQLite'
only 'src/crypto/' 'openssl/' 'only crypto may use OpenSSL'
only '(src/(cli|worker)/main.cpp|src/cli/(setup/)?options|include/roomkey/base/validators.hpp)' 'CLI/' \
  'only the mains and their options may use CLI11'
only 'src/base/log.cpp' 'spdlog/' 'only base/log may use spdlog'
only 'src/provider/https.cpp' 'curl/' 'only provider/https may use libcurl'
breach 'SQL stands only in store and sql/' < <(
  grep -rnE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|PRAGMA) ' src include |
    grep -v '^src/store/')

# room, rooms that it may see beside itself
sees() {
  breach "$1 may see only: $2" < <(
    grep -rnE '#include "(roomkey/)?[a-z]+/' "src/$1" "include/roomkey/$1" 2>/dev/null |
      grep -vE "#include \"(roomkey/($1|${2// /|})|$1)/")
}
sees base none
sees metrics base
sees crypto base
sees access 'base crypto'
sees provider 'base crypto access'
sees store 'base crypto access'
sees http 'base access'
sees handlers 'base metrics crypto access provider store http'
sees config 'base crypto access provider store'
sees worker 'base metrics crypto access provider store http handlers config'
sees cli 'base crypto access provider store config'

exit $((faults > 0))
