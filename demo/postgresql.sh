# DEMO_STORE=postgresql: a PostgreSQL of the demo's own, in $dir/postgresql, on a socket there and on no
# port. For demo.sh, which has cd'ed into $dir.
# shellcheck shell=bash disable=SC2154 # dir, fail() and setting() are demo.sh's

postgresql_address() { # with whatever the folder's name has in it
    local i c path=''
    for ((i = 0; i < ${#dir}; i++)); do
        c=${dir:i:1}
        [[ $c = [A-Za-z0-9/._-] ]] || printf -v c %%%02X "'$c"
        path+=$c
    done
    printf 'postgresql://roomkey@/roomkey?host=%s/postgresql' "$path"
}

is_on_postgresql() {
    [ "$(setting ROOMKEY_DB)" = "$(postgresql_address)" ]
}

postgresql_programs() { # the newest version's folder; Debian keeps them out of the path
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ -x "$newest" ] || newest=$(command -v initdb) ||
        fail 'PostgreSQL is not installed' 'make demo DEMO_STORE=postgresql installs what is missing'
    dirname "$newest"
}

# It refuses to be root. As another user it may not even enter a folder that is root's alone: that
# much, and no more than root may, it keeps.
as_postgresql=()
[ "$(id -u)" != 0 ] || as_postgresql=(setpriv --reuid=postgres --regid=postgres --clear-groups
    '--inh-caps=-all,+dac_override' '--ambient-caps=-all,+dac_override')

start_postgresql() {
    local bin
    bin=$(postgresql_programs)
    if [ ! -e postgresql/data/PG_VERSION ]; then
        rm -rf postgresql
        mkdir -p postgresql
        [ "$(id -u)" != 0 ] || chown postgres:postgres postgresql
        "${as_postgresql[@]}" "$bin/initdb" -D "$dir/postgresql/data" -U roomkey -E UTF8 --locale=C \
            -A trust >log/postgresql.log 2>&1 ||
            fail "PostgreSQL's folder was not made: $(tail -n 1 log/postgresql.log)"
    fi
    "${as_postgresql[@]}" setsid "$bin/postgres" -D "$dir/postgresql/data" -c listen_addresses= \
        -c "unix_socket_directories=$dir/postgresql" -c unix_socket_permissions=0700 \
        </dev/null >>log/postgresql.log 2>&1 &
    echo $! >postgresql.pid
    for _ in {1..200}; do
        ! "$bin/pg_isready" -q -h "$dir/postgresql" || break
        kill -0 $! 2>/dev/null || fail "PostgreSQL did not start: $(tail -n 1 log/postgresql.log)"
        sleep 0.1
    done
    "$bin/psql" -XAtq -h "$dir/postgresql" -U roomkey -d postgres \
        -c "SELECT 1 FROM pg_database WHERE datname = 'roomkey'" | grep -q 1 ||
        "$bin/createdb" -h "$dir/postgresql" -U roomkey roomkey
}
