#!/usr/bin/env bash
# The whole of roomkey on this machine, with made-up people: nginx with TLS on loopback, both pools
# and a store, all of it under one folder.
#
#   demo/demo.sh start     starts it (anew, where it runs already) and fetches a token through it
#   demo/demo.sh stop      ends it
#
# DEMO_DIR (build/demo)  DEMO_PORT (8443)  DEMO_WORKERS (2, of each pool)  DEMO_RATE_LIMIT (on|off)
# DEMO_ORIGINS (the CORS list)  BIN_DIR (build/release: where roomkey and roomkey-fcgi are)
set -euo pipefail
umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

here=$(CDPATH='' cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
dir=${DEMO_DIR:-$root/build/demo}
port=${DEMO_PORT:-8443}
workers=${DEMO_WORKERS:-2}
rate_limit=${DEMO_RATE_LIMIT:-on}
usual_origins='https://localhost:3000 http://localhost:3000 http://localhost:5173'
read -rd '' -a origins <<<"${DEMO_ORIGINS:-$usual_origins}" || true # it ends without a NUL
bin=${BIN_DIR:-$root/build/release}
caller=$PWD
[[ $dir = /* ]] || dir=$caller/$dir
[[ $bin = /* ]] || bin=$caller/$bin
url=https://localhost:$port

fail() {
    printf 'roomkey: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'roomkey: hint: %s\n' "$2" >&2
    exit 1
}

# --- Ending what runs -------------------------------------------------------------------------

# A pid file alone proves nothing: the number may belong to someone else by now. Ours are the
# processes in the session which that pid leads or led, and which name or work in this folder.
# (A worker hides its working directory, nginx's workers have no name of it.)
ours() { # pid file
    local leader process stat
    read -r leader <"$1" || return 0
    for process in /proc/[0-9]*; do
        read -r stat <"$process/stat" || continue
        read -ra stat <<<"${stat##*) }" # after the name: state, parent, group, session
        [ "${stat[3]}" = "$leader" ] || continue
        if [ "$process/cwd" -ef . ] || grep -qaF "$dir/" "$process/cmdline"; then
            echo "${process#/proc/}"
        fi
    done
} 2>/dev/null

end() { # pid file, signal
    local pids try leader=''
    [ ! -e "$1" ] || read -r leader <"$1" || true
    for try in {1..200}; do
        mapfile -t pids < <(ours "$1")
        [ ${#pids[@]} -gt 0 ] || break
        # At first the leader alone, which tells the others. Told all at once, workers can be gone
        # before multiwatch knows why; it starts others then, and those never hear of it.
        [[ $try != 1 || " ${pids[*]} " != *" $leader "* ]] || pids=("$leader")
        case $try in
            1 | 20 | 40 | 60 | 80 | 100) kill -s "$2" "${pids[@]}" 2>/dev/null || true ;;
            120) kill -s KILL "${pids[@]}" 2>/dev/null || true ;;
        esac
        sleep 0.05
    done
    rm -f "$1"
}

runs() {
    [ -n "$(ours nginx.pid)$(ours token.pid)$(ours room.pid)" ]
}

end_all() {
    end nginx.pid QUIT
    end token.pid TERM
    end room.pid TERM
    rm -f token.sock room.sock
}

# --- Making what is missing -------------------------------------------------------------------

check_settings() {
    [[ $port =~ ^[1-9][0-9]{0,4}$ && $port -lt 65536 ]] ||
        fail "DEMO_PORT=$port is no port" "DEMO_PORT=8443"
    [[ $workers =~ ^[1-9][0-9]?$ ]] ||
        fail "DEMO_WORKERS=$workers is no number from 1 to 99" "DEMO_WORKERS=2"
    [[ $rate_limit =~ ^(on|off)$ ]] ||
        fail "DEMO_RATE_LIMIT=$rate_limit is neither on nor off" "DEMO_RATE_LIMIT=off"
    [[ $dir != *[\"\'\\\$[:cntrl:]]* ]] ||
        fail "DEMO_DIR=$dir has a quote, backslash, dollar or control character in it"
    [[ $root != *[\"\'\\\$[:cntrl:]]* ]] ||
        fail "the path $root has a quote, backslash, dollar or control character in it"
    [[ -x $bin/roomkey && -x $bin/roomkey-fcgi ]] ||
        fail "there is no roomkey and roomkey-fcgi in $bin" "make demo builds them first"
    judge_origins
    local tool
    for tool in nginx spawn-fcgi multiwatch openssl curl setsid; do
        command -v "$tool" >/dev/null ||
            fail "$tool is not installed" "make demo installs what is missing"
    done
}

judge_origins() {
    local judged
    judged=$("$bin/roomkey" origin -- "${origins[@]}") ||
        fail 'DEMO_ORIGINS is not a list of origins with blanks between them' \
            "DEMO_ORIGINS='https://app.clinic.example http://localhost:3000'"
    mapfile -t origins <<<"$judged"
}

fill_in() { # template, output, NAME=value...
    local text pair
    text=$(<"$here/$1")
    for pair in "${@:3}"; do
        text=${text//"@${pair%%=*}@"/"${pair#*=}"}
    done
    printf '%s\n' "$text" >"$2"
}

# KEY=VALUE lines and nothing else, so that any program can read them. There is no such account at
# Twilio: nobody is asked about it.
write_env() {
    [ ! -e roomkey.env ] || return 0
    cat >roomkey.env.new <<EOF
ROOMKEY_DB=$dir/roomkey.db
ROOMKEY_JWT_ALGORITHM=HS256
ROOMKEY_JWT_SECRET=$(openssl rand -hex 32)
TWILIO_ACCOUNT_SID=AC$(openssl rand -hex 16)
TWILIO_API_KEY=SK$(openssl rand -hex 16)
TWILIO_API_SECRET=$(openssl rand -base64 96 | tr -dc 'A-Za-z0-9' | cut -c 1-32)
TWILIO_AUTH_TOKEN=$(openssl rand -hex 16)
TWILIO_REGION=au1
TWILIO_VIDEO_URL=http://127.0.0.1:9
TWILIO_API_URL=http://127.0.0.1:9
STREAM_API_KEY=$(openssl rand -hex 6)
STREAM_API_SECRET=$(openssl rand -hex 32)
ROOMKEY_FRONTEND_URL=https://localhost:3000
ROOMKEY_LOG_LEVEL=info
EOF
    mv roomkey.env.new roomkey.env
}

setting() { # name; as roomkey.env has it: blanks around, in quotes or not
    sed -nE "s/^\s*$1\s*=\s*[\"']?([^\"']*[^\"'[:space:]]).*/\1/p" roomkey.env | tail -n 1
}

# The caller's own variables stay outside: the file is the one truth.
scrub_environment() {
    scrubbed=(env -i "PATH=$PATH" LANG=C.UTF-8)
    default ROOMKEY_DB "$dir/roomkey.db"
    default ROOMKEY_METRICS_DIR "$dir/metrics"
    default ROOMKEY_BACKUP_DIR "$dir/backups"
    default ROOMKEY_CERTIFICATE_FILE "$dir/tls/cert.pem"
}

default() { # name, value where roomkey.env has none
    [ -n "$(setting "$1")" ] || scrubbed+=("$1=$2")
}

roomkey() {
    "${scrubbed[@]}" "$bin/roomkey" --env-file "$dir/roomkey.env" "$@"
}

certificate_is_good() {
    openssl x509 -in tls/cert.pem -noout -checkend 86400 >/dev/null 2>&1 &&
        cmp -s <(openssl x509 -in tls/cert.pem -noout -pubkey 2>/dev/null) \
            <(openssl pkey -in tls/key.pem -pubout 2>/dev/null)
}

write_certificate() {
    mkdir -p tls
    ! certificate_is_good || return 0
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
        -keyout tls/key.pem -out tls/cert.pem -config /dev/stdin 2>tls/openssl.log <<'EOF' ||
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
commonName = localhost
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
EOF
        fail "no certificate could be made: $(tail -n 1 tls/openssl.log)"
    rm -f tls/openssl.log
}

# An unusable configuration is said here, once, and not by workers that die over and over.
check_configuration() {
    local said status=0
    said=$("${scrubbed[@]}" "$bin/roomkey-fcgi" --env-file "$dir/roomkey.env" 2>&1 </dev/null) ||
        status=$?
    if [ $status = 78 ]; then
        printf '%s\n' "$said" >&2
        exit 78
    fi
}

fill_store() {
    local now status=0
    roomkey db migrate >/dev/null
    roomkey appointment show 47 >/dev/null 2>&1 || status=$?
    case $status in
        0) return ;;
        1) ;;
        *) roomkey appointment show 47 >/dev/null ;; # once more, for what it has to say
    esac
    now=$(date +%s)
    # Just begun, so that it is inside any join window.
    fill_in seed.json.in seed.json "ROOM=apt-47-$now-$(openssl rand -hex 4)" \
        "START=$(date -u -d "@$((now / 60 * 60))" +%Y-%m-%dT%H:%M:%SZ)"
    roomkey import seed.json >/dev/null
}

# --- Starting ---------------------------------------------------------------------------------

listens() { # address
    (exec 3<>"/dev/tcp/$1/$port") 2>/dev/null
}

write_nginx_conf() {
    local listen="listen 127.0.0.1:$port ssl http2;" user='' map='' origin
    # shellcheck disable=SC2016 # the dollars are nginx's
    local rate_key='$binary_remote_addr'
    ! has_ipv6 || listen+=" listen [::1]:$port ssl http2;"
    # As root it has to read a folder that nobody else can.
    [ "$(id -u)" != 0 ] || user='user root;'
    [ "$rate_limit" = on ] || rate_key='""'
    for origin in "${origins[@]}"; do
        origin=${origin//./\\.}
        origin=${origin//+/\\+}
        origin=${origin//[/\\[}
        # shellcheck disable=SC2016
        map+="\"~^${origin//]/\\]}\$\" \$http_origin; "
    done
    mkdir -p log tmp metrics
    fill_in nginx.conf.in nginx.conf "DIR=$dir" "USER=$user"
    # HSTS would hold for the whole of localhost: every http://localhost:3000 in this browser.
    fill_in ../nginx/roomkey.conf.in roomkey-site.conf "ORIGINS=$map" "RATE_KEY=$rate_key" \
        "LISTEN=$listen" SERVER_NAME=localhost HSTS=max-age=0 HEALTH_ALLOW= \
        TOKEN_SOCKET=token.sock ROOM_SOCKET=room.sock "WEB=$root/web" \
        "CHECK_CONFIG=$(check_config)" \
        "CERTIFICATE=$dir/tls/cert.pem" "CERTIFICATE_KEY=$dir/tls/key.pem" \
        "ACCESS_LOG=$dir/log/nginx-access.log" "ERROR_LOG=$dir/log/nginx-error.log"
    sed -i '/^@PORT80@/d' roomkey-site.conf
}

# What the check page is told. The worker has looked at the region already.
check_config() {
    local list provider=twilio region
    [ -n "$(setting TWILIO_ACCOUNT_SID)" ] || provider=stream
    region=$(setting TWILIO_REGION)
    printf -v list ', "%s"' "${origins[@]}"
    printf '{"origins": [%s], "provider": "%s", "region": %s, "practice": %s}' "${list#, }" \
        "$provider" "$([[ $region =~ ^[a-z0-9-]+$ ]] && echo "\"$region\"" || echo null)" \
        '{"name": "Practice of Dr. Sarah", "phone": "+1 555 0100", "url": ""}'
}

has_ipv6() {
    grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null
}

# Each of these programs becomes the next, so the pid is multiwatch's in the end, and leads the
# session. -t 1: a death counts only within a worker's first millisecond; with its defaults
# multiwatch gives up after three quick ones.
start_pool() { # name
    setsid "${scrubbed[@]}" spawn-fcgi -n -s "$1.sock" -M 0600 -b 1024 -- \
        "$(command -v multiwatch)" -f "$workers" -r 100000 -t 1 -s TERM -- \
        "$bin/roomkey-fcgi" --env-file "$dir/roomkey.env" </dev/null >>"log/$1.log" 2>&1 &
    echo $! >"$1.pid"
    until [ -S "$1.sock" ]; do # only from then on is it sure to have a session of its own
        kill -0 $! 2>/dev/null || fail "the $1 pool did not start: $(tail -n 1 "log/$1.log")"
        sleep 0.01
    done
}

fetch() { # path, curl options; a bearer token's header comes on standard input
    "${scrubbed[@]}" curl -q -sS --noproxy '*' --max-time 10 --cacert tls/cert.pem "${@:2}" "$url$1"
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

# By hand, because the openssl command takes the key as an argument, which every process can read.
hmac_sha256() { # key; the message comes on standard input
    local key inner='' outer='' i
    key=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')
    [ ${#key} -le 128 ] || key=$(printf %s "$1" | openssl dgst -sha256 -r | cut -c 1-64)
    key+=$(printf '%0128d' 0)
    for ((i = 0; i < 128; i += 2)); do
        printf -v inner '%s\\x%02x' "$inner" $((16#${key:i:2} ^ 0x36))
        printf -v outer '%s\\x%02x' "$outer" $((16#${key:i:2} ^ 0x5c))
    done
    { printf %b "$inner" && cat; } | openssl dgst -sha256 -binary |
        { printf %b "$outer" && cat; } | openssl dgst -sha256 -binary
}

signed_with_the_api_secret() { # JWT
    local secret signature file
    secret=$(setting TWILIO_API_SECRET)
    file=$(setting TWILIO_API_SECRET_FILE)
    [ -n "$secret" ] || [ -z "$file" ] || secret=$(<"$file")
    [ -n "$secret" ] || return 1
    signature=$(printf %s "${1%.*}" | hmac_sha256 "$secret" | openssl base64 -A | tr '+/' '-_')
    [ "${signature%%=*}" = "${1##*.}" ]
}

pretty() { # a flat JSON object on standard input
    sed -E 's/("([^"\\]|\\.)*") *: *("([^"\\]|\\.)*"|[^,}]*)(,?) */\n  \1: \3\5/g; s/\}$/\n}/'
}

fetch_token() {
    local path=/api/appointments/video-token/47/ origin=${origins[0]} bearer answer allowed token
    local refusal='"code": *"(token_failed|too_early|too_late|appointment_closed)"'
    local outcome='%{http_code} %header{access-control-allow-origin}'
    allowed=$(fetch "$path" -X OPTIONS -o /dev/null -w "$outcome" -H "Origin: $origin" \
        -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization')
    [ "$allowed" = "204 $origin" ] || fail "the preflight for $origin was answered with: $allowed"

    if [[ $(setting ROOMKEY_JWT_ALGORITHM) =~ ^([RE]S|Ed) ]]; then
        printf '\nno token is fetched: the key that signs bearer tokens is not here (%s)\n' \
            "$(setting ROOMKEY_JWT_ALGORITHM)"
        return
    fi
    bearer=$(roomkey bearer 2) || fail 'no bearer token for Jane Doe (user 2) could be made'
    answer=$(printf 'header = "Authorization: Bearer %s"\n' "$bearer" |
        fetch "$path" -K - -H "Origin: $origin" -w "\\n$outcome")
    printf '\nGET %s%s (Jane Doe, in a page of %s)\n' "$url" "$path" "$origin"
    pretty <<<"${answer%$'\n'*}"
    # A refusal that a kept roomkey.env or a kept store asks for is an answer as good as a token.
    if [[ $answer =~ $refusal && ${answer##*$'\n'} = [45]??" $origin" ]]; then
        printf '\nno token, as %s or the appointment has it\n' "$dir/roomkey.env"
        return
    fi
    [ "${answer##*$'\n'}" = "200 $origin" ] || fail 'that is no token for this page'

    token=$(sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' <<<"$answer")
    signed_with_the_api_secret "$token" ||
        fail "the access token is not signed with TWILIO_API_SECRET of $dir/roomkey.env"
    printf '\nverified with the API secret: yes\n'
}

say_what_next() {
    local roomkey curl stop='make demo-stop'
    roomkey="$(shown "$bin/roomkey") --env-file $(shown "$dir/roomkey.env")"
    [ -n "$(setting ROOMKEY_DB)" ] || roomkey="ROOMKEY_DB=$(shown "$dir/roomkey.db") $roomkey"
    curl="sed 's/.*/header = \"Authorization: Bearer &\"/' | curl -sSi -K -"
    curl+=" --cacert $(shown "$dir/tls/cert.pem") $url/api/appointments/video-token/47/"
    [ "$dir" = "$root/build/demo" ] || stop+=" DEMO_DIR=$(shown "$dir")"
    cat <<EOF

What to try next:

Dr. Sarah gets another token for the same room:
  $roomkey bearer 19 | $curl

Sam Stranger gets none (403):
  $roomkey bearer 3 | $curl

Who was given what, and who was refused:
  $roomkey audit list --appointment 47

What is well here, and what is not (nobody asks Twilio about made-up keys):
  $roomkey check --offline --nginx-site $(shown "$dir/roomkey-site.conf")

Camera, microphone and network, as a patient checks them before the visit:
  $url/roomkey/check/

roomkey is up on $url until: $stop
EOF
}

shown() { # path, as short as it can be where the caller stands
    printf %q "${1#"$caller"/}"
}

# A start that failed leaves nothing running; a token that didn't come can be looked into.
clear_up() {
    local status=$?
    trap '' INT TERM HUP
    if [ -z "${up:-}" ]; then
        # Empty (so nginx -t leaves it): nginx may be about to write it.
        [ ! -e nginx.pid ] || [ -s nginx.pid ] || sleep 0.3
        end_all
    elif [ $status != 0 ]; then
        printf 'roomkey: hint: all is up on %s; the logs are in %s\n' "$url" "$dir/log" >&2
    fi
}

start() {
    check_settings
    (umask 022 && mkdir -p "$(dirname "$dir")")
    mkdir -p "$dir"
    cd -P "$dir"
    dir=$PWD

    end_all
    trap clear_up EXIT
    trap 'exit 130' INT TERM HUP
    if listens 127.0.0.1 || listens ::1; then
        fail "port $port is taken by another program" "DEMO_PORT=$((port % 65535 + 1))"
    fi
    write_env
    scrub_environment
    check_configuration
    write_certificate
    fill_store
    write_nginx_conf
    "${scrubbed[@]}" nginx -t -q -c "$dir/nginx.conf" || fail 'nginx refuses its configuration'
    start_pool token
    start_pool room
    "${scrubbed[@]}" nginx -c "$dir/nginx.conf" || fail 'nginx did not start'
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
    if runs; then
        end_all
        echo "the demo in $dir has ended"
    else
        end_all # what a crash may have left behind
        echo "the demo in $dir is not running"
    fi
}

case ${1:-} in
    start | stop) "$1" ;;
    *)
        echo 'usage: demo/demo.sh start|stop' >&2
        exit 2
        ;;
esac
