#!/usr/bin/env bash
# The whole of roomkey on this machine, with made-up people: nginx with TLS on loopback, both pools
# and a store, all of it under one folder.
#
#   demo/demo.sh start     starts it (anew, where it runs already) and fetches a token through it
#   demo/demo.sh stop      ends it
#
# DEMO_DIR (build/demo)  DEMO_PORT (8443)  DEMO_WORKERS (2, of each pool)  DEMO_RATE_LIMIT (on|off)
# DEMO_STORE (sqlite|postgresql: one that it starts itself)  DEMO_CALL (off|on: with a Janus)
# DEMO_WAITING_ROOM (off|psychologist_first|admit: from now on)  DEMO_ORIGINS (the CORS list)
# BIN_DIR (build/release: where roomkey and roomkey-fcgi are)
set -euo pipefail
umask 077

# The caller's own variables are no program's that runs from here: roomkey.env is the one truth.
mapfile -t inherited < <(compgen -e)
export -n "${inherited[@]}"
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LANG=C.UTF-8

root=$(CDPATH='' cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dir=${DEMO_DIR:-$root/build/demo}
port=${DEMO_PORT:-8443}
workers=${DEMO_WORKERS:-2}
rate_limit=${DEMO_RATE_LIMIT:-on}
call=${DEMO_CALL:-off}
store=${DEMO_STORE:-sqlite}
waiting_room=${DEMO_WAITING_ROOM:-}
usual_origins='https://localhost:3000 http://localhost:3000 http://localhost:5173'
read -rd '' -a origins <<<"${DEMO_ORIGINS:-$usual_origins}" || true # it ends without a NUL
bin=${BIN_DIR:-$root/build/release}
caller=$PWD
[[ $dir = /* ]] || dir=$caller/$dir
[[ $bin = /* ]] || bin=$caller/$bin
url=https://localhost:$port
path=/api/appointments/video-token/47/

# shellcheck source=demo/processes.sh
. "$root/demo/processes.sh"
# shellcheck source=demo/call.sh
. "$root/demo/call.sh"
# shellcheck source=demo/postgresql.sh
. "$root/demo/postgresql.sh"

fail() {
    printf 'roomkey: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'roomkey: hint: %s\n' "$2" >&2
    exit 1
}

end_all() {
    end nginx.pid QUIT
    end token.pid TERM
    end room.pid TERM
    end janus.pid TERM
    end postgresql.pid INT
    rm -f token.sock room.sock janus.sock web/demo-data/people.json
}

# A start that failed leaves nothing running; a token that didn't come can be looked into.
clear_up() {
    local status=$?
    trap '' INT TERM HUP
    if [ -z "$up" ]; then
        # Empty (so nginx -t leaves it): nginx may be about to write it.
        [ ! -e nginx.pid ] || [ -s nginx.pid ] || sleep 0.3
        end_all
    elif [ $status != 0 ]; then
        printf 'roomkey: hint: all is up on %s; the logs are in %s\n' "$url" "$dir/log" >&2
    fi
}

# --- Making what is missing -------------------------------------------------------------------

check_settings() {
    local judged place tool
    [[ $port =~ ^[1-9][0-9]{0,4}$ && $port -lt 65536 ]] ||
        fail "DEMO_PORT=$port is no port" "DEMO_PORT=8443"
    [[ $workers =~ ^[1-9][0-9]?$ ]] ||
        fail "DEMO_WORKERS=$workers is no number from 1 to 99" "DEMO_WORKERS=2"
    [[ $rate_limit =~ ^(on|off)$ ]] ||
        fail "DEMO_RATE_LIMIT=$rate_limit is neither on nor off" "DEMO_RATE_LIMIT=off"
    [[ $store =~ ^(sqlite|postgresql)$ ]] ||
        fail "DEMO_STORE=$store is neither sqlite nor postgresql" "DEMO_STORE=postgresql"
    [[ $waiting_room =~ ^(|off|psychologist_first|admit)$ ]] ||
        fail "DEMO_WAITING_ROOM=$waiting_room is none of off, psychologist_first, admit" \
            "DEMO_WAITING_ROOM=admit"
    [[ $call =~ ^(on|off)$ ]] || fail "DEMO_CALL=$call is neither on nor off" "DEMO_CALL=on"
    for place in "DEMO_DIR=$dir" "the path $root"; do
        [[ $place != *[\"\'\\\$[:cntrl:]]* ]] ||
            fail "$place has a quote, backslash, dollar or control character in it"
    done
    [[ -x $bin/roomkey && -x $bin/roomkey-fcgi ]] ||
        fail "there is no roomkey and roomkey-fcgi in $bin" "make demo builds them first"
    judged=$("$bin/roomkey" origin -- "${origins[@]}") ||
        fail 'DEMO_ORIGINS is not a list of origins with blanks between them' \
            "DEMO_ORIGINS='https://app.clinic.example http://localhost:3000'"
    mapfile -t origins <<<"$judged"
    for tool in nginx spawn-fcgi multiwatch openssl curl setsid; do
        command -v "$tool" >/dev/null ||
            fail "$tool is not installed" "make demo installs what is missing"
    done
}

fill_in() { # template, NAME=value...
    local text pair
    text=$(<"$root/demo/$1")
    while [[ $text = *@HEX@* ]]; do # something else in each place
        text=${text/@HEX@/$(openssl rand -hex 16)}
    done
    for pair in "${@:2}"; do
        text=${text//"@${pair%%=*}@"/"${pair#*=}"}
    done
    printf '%s\n' "$text"
}

setting() { # name; as roomkey.env has it: blanks around, in quotes or not
    sed -nE "s/^\s*$1\s*=\s*[\"']?([^\"']*[^\"'[:space:]]).*/\1/p" roomkey.env | tail -n 1
}

# KEY=VALUE lines and nothing else, so that any program can read them. There is no such account at
# Twilio: nobody is asked about it. What a kept file does not say is in this folder all the same.
configure() {
    local place
    if [ ! -e roomkey.env ]; then
        place="$dir/roomkey.db"
        # One server is all there is: no standby that could confirm a commit.
        [ "$store" = sqlite ] || place=$(postgresql_address)$'\n'ROOMKEY_DB_ALONE=allow
        fill_in roomkey.env.in "KEY=$(openssl rand -hex 6)" "STORE=$place" >roomkey.env.new
        mv roomkey.env.new roomkey.env
    fi
    [ "$store" = sqlite ] || is_on_postgresql ||
        fail "$dir/roomkey.env names another store" 'DEMO_DIR=another/folder, or remove that file'
    for place in ROOMKEY_DB=roomkey.db ROOMKEY_METRICS_DIR=metrics ROOMKEY_BACKUP_DIR=backups \
        ROOMKEY_CERTIFICATE_FILE=tls/cert.pem; do
        [ -n "$(setting "${place%%=*}")" ] || export "${place%%=*}=$dir/${place#*=}"
    done
    [ "$rate_limit" = on ] || [ -n "$(setting ROOMKEY_PERSON_RATE)" ] ||
        export ROOMKEY_PERSON_RATE=off
    [ -z "$waiting_room" ] || sed -i -e '/^\s*ROOMKEY_WAITING_ROOM\s*=/d' \
        -e "\$aROOMKEY_WAITING_ROOM=$waiting_room" roomkey.env
}

roomkey() {
    "$bin/roomkey" --env-file "$dir/roomkey.env" "$@"
}

# An unusable configuration is said here, once (78), and not by workers that die over and over.
write_files() {
    mkdir -p log tmp metrics tls
    [ "$rate_limit" = on ] || set -- --no-rate-limit
    roomkey demo --folder "$dir" --source "$root" --port "$port" "$@" -- "${origins[@]}"
}

fill_store() {
    roomkey db migrate >/dev/null
    ! roomkey appointment show 47 >/dev/null 2>&1 || return 0
    # Just begun, so that it is inside any join window.
    fill_in seed.json.in "ROOM=apt-47-$(date +%s)-$(openssl rand -hex 4)" \
        "START=$(date -u +%Y-%m-%dT%H:%M:00Z)" | roomkey import - >/dev/null
}

# What nginx has under /roomkey/: web/ as it is, and what the demo's own page needs beside it: logins
# for the two whom it shows (none where the key that signs is elsewhere), and Janus's script, where
# Debian's is installed.
serve_pages() {
    local file
    mkdir -p web/demo-data
    find web -type l -delete
    ln -s "$root"/web/* web/
    for file in janus-gateway/janus.js webrtc-adapter/adapter.js; do
        [ ! -e "/usr/share/javascript/$file" ] || ln -s "/usr/share/javascript/$file" web/demo-data/
    done
    printf '{"appointment": 47, "people": [%s, %s]}\n' "$(person 2 'Jane Doe' patient)" \
        "$(person 19 'Dr. Sarah' psychologist)" >web/demo-data/people.json
}

person() { # id, name, role
    printf '{"id": %s, "name": "%s", "role": "%s", "bearer": "%s"}' "$@" \
        "$(roomkey bearer "$1" --minutes 240 2>/dev/null)"
}

# --- Starting ---------------------------------------------------------------------------------

listens() { # address
    (exec 3<>"/dev/tcp/$1/$port") 2>/dev/null
}

fetch() { # path, curl options; a bearer token's header comes on standard input
    curl -q -sS --noproxy '*' --max-time 10 --cacert tls/cert.pem "${@:2}" "$url$1"
}

wait_until_up() {
    local try
    for try in {1..100}; do
        ! fetch /healthz -f -o /dev/null 2>/dev/null || return 0
        sleep 0.1
    done
    fail "no worker answers: $(grep -v 'died, respawn$' log/token.log | tail -n 3)" \
        "the logs are in $dir/log"
}

# --- One token, as a browser gets it ------------------------------------------------------------

pretty() { # a flat JSON object on standard input
    sed -E 's/("([^"\\]|\\.)*") *: *("([^"\\]|\\.)*"|[^,}]*)(,?) */\n  \1: \3\5/g; s/\}$/\n}/'
}

fetch_token() {
    local origin=${origins[0]} algorithm bearer answer outcome allowed
    local refusal='"code": *"(token_failed|too_early|too_late|appointment_closed|waiting|denied)"'
    local shown='%{http_code} %header{access-control-allow-origin}'
    allowed=$(fetch "$path" -X OPTIONS -o /dev/null -w "$shown" -H "Origin: $origin" \
        -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization')
    [ "$allowed" = "204 $origin" ] || fail "the preflight for $origin was answered with: $allowed"

    algorithm=$(setting ROOMKEY_JWT_ALGORITHM)
    if [[ $algorithm =~ ^([RE]S|Ed) ]]; then
        printf '\nno token is fetched: the key that signs bearer tokens is not here (%s)\n' \
            "$algorithm"
        return
    fi
    bearer=$(roomkey bearer 2) || fail 'no bearer token for Jane Doe (user 2) could be made'
    answer=$(printf 'header = "Authorization: Bearer %s"\n' "$bearer" |
        fetch "$path" -K - -H "Origin: $origin" -w "\\n$shown")
    outcome=${answer##*$'\n'}
    printf '\nGET %s%s (Jane Doe, in a page of %s)\n' "$url" "$path" "$origin"
    pretty <<<"${answer%$'\n'*}"
    # A refusal that a kept roomkey.env or a kept store asks for is an answer as good as a token.
    if [[ $answer =~ $refusal && $outcome = [45]??" $origin" ]]; then
        printf '\nno token, as %s or the appointment has it\n' "$dir/roomkey.env"
        return
    fi
    [ "$outcome" = "200 $origin" ] || fail 'that is no token for this page'
    [[ $answer =~ \"access_token\"\ *:\ *\"([^\"]*)\" &&
        $(roomkey inspect - <<<"${BASH_REMATCH[1]}") =~ signature\ +made\ with ]] ||
        fail "the access token is not signed with TWILIO_API_SECRET of $dir/roomkey.env"
    printf '\nverified with the API secret: yes\n'
}

say_what_next() {
    local roomkey curl stop='make demo-stop' make='make demo'
    roomkey="$(shown "$bin/roomkey") --env-file $(shown "$dir/roomkey.env")"
    [ -n "$(setting ROOMKEY_DB)" ] || roomkey="ROOMKEY_DB=$(shown "$dir/roomkey.db") $roomkey"
    curl="sed 's/.*/header = \"Authorization: Bearer &\"/' | curl -sSi -K -"
    curl+=" --cacert $(shown "$dir/tls/cert.pem") $url$path"
    ! calls || make+='-call'
    [ "$dir" = "$root/build/demo" ] || { stop+=" DEMO_DIR=$(shown "$dir")" make+=" DEMO_DIR=$(shown "$dir")"; }
    [ "$port" = 8443 ] || make+=" DEMO_PORT=$port"
    fill_in next.in "ROOMKEY=$roomkey" "CURL=$curl" "SITE=$(shown "$dir/roomkey-site.conf")" \
        "URL=$url" "STOP=$stop" "MAKE=$make"
}

shown() { # path, as short as it can be where the caller stands
    printf %q "${1#"$caller"/}"
}

start() {
    check_settings
    (umask 022 && mkdir -p "$(dirname "$dir")")
    mkdir -p "$dir"
    cd -P "$dir"
    dir=$PWD

    end_all
    up=''
    trap clear_up EXIT
    trap 'exit 130' INT TERM HUP
    if listens 127.0.0.1 || listens ::1; then
        fail "port $port is taken by another program" "DEMO_PORT=$((port % 65535 + 1))"
    fi
    configure
    ! calls || { check_call && configure_call; }
    write_files
    ! is_on_postgresql || start_postgresql
    fill_store
    serve_pages
    [ "$call" = off ] || move_visit
    nginx -t -q -c "$dir/nginx.conf" || fail 'nginx refuses its configuration'
    ! calls || start_janus
    start_pool token
    start_pool room
    nginx -c "$dir/nginx.conf" || fail 'nginx did not start'
    wait_until_up
    up=yes
    fetch_token
    say_what_next
}

stop() {
    if ! cd -P "$dir" 2>/dev/null; then
        echo "no demo in $dir"
        return
    fi
    dir=$PWD
    local said="the demo in $dir is not running"
    [ -z "$(ours nginx.pid)$(ours token.pid)$(ours room.pid)$(ours janus.pid)$(ours postgresql.pid)" ] || said="the demo in $dir has ended"
    end_all # where it does not run: what a crash may have left behind
    echo "$said"
}

case ${1:-} in
    start | stop) "$1" ;;
    *)
        echo 'usage: demo/demo.sh start|stop' >&2
        exit 2
        ;;
esac
