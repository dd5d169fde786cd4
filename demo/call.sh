# The demo's own video server: Debian's Janus, with a configuration under this folder, on loopback but
# for sound and picture. For demo.sh, which has cd'ed into $dir.
# shellcheck shell=bash disable=SC2154 # bin, dir, port and root are demo.sh's

# Wanted now, or since an earlier start of this demo.
calls() {
    [ "$call" = on ] || [ -n "$(setting JANUS_API_URL)" ]
}

check_call() {
    command -v janus >/dev/null || fail 'janus is not installed' 'make demo-call installs it'
    # Of the loopback interface alone Janus makes no use.
    [ -n "$(hostname -I)" ] || fail 'this machine has no address but loopback, and Janus needs one' \
        'as root: ip link add call type veth peer call-peer && ip link set call-peer up && ip addr add 192.0.2.1/32 dev call && ip link set call up'
}

# As browsers reach it, whichever port the demo has this time; all else is kept.
configure_call() {
    local api=$port
    if [ -z "$(setting JANUS_API_URL)" ]; then
        while api=$((api % 65535 + 1)) && (exec 3<>"/dev/tcp/127.0.0.1/$api") 2>/dev/null; do :; done
        fill_in janus/roomkey.env.in "API_PORT=$api" "PORT=$port" >>roomkey.env
    fi
    sed -i "s|^JANUS_URL=wss://localhost:[0-9]*/|JANUS_URL=wss://localhost:$port/|" roomkey.env
}

start_janus() {
    local file api
    api=$(setting JANUS_API_URL)
    api=${api##*:}
    mkdir -p janus
    for file in janus.jcfg janus.plugin.videoroom.jcfg janus.transport.{http,websockets}.jcfg; do
        fill_in "../systemd/janus/$file" "TOKEN_SECRET=$(setting JANUS_TOKEN_SECRET)" \
            "ADMIN_KEY=$(setting JANUS_ADMIN_KEY)" | sed -E \
            -e "s/port = 8088/port = ${api%%\/*}/" -e '/rtp_port_range/d' \
            -e 's/ws_port = 8188/ws_unix = "janus.sock"/' -e '/ws_ip/d' >"janus/$file"
    done
    rm -f janus.sock
    setsid janus --disable-colors --configs-folder="$dir/janus" </dev/null >>log/janus.log 2>&1 &
    echo $! >janus.pid
    for _ in {1..100}; do
        ! curl -q -sf --noproxy '*' --max-time 5 -o /dev/null "$(setting JANUS_API_URL)/info" ||
            return 0
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    fail "Janus did not start: $(tail -n 1 log/janus.log)" "its log is $dir/log/janus.log"
}

# A visit that was there before has its room elsewhere.
move_visit() {
    roomkey appointment set 47 --provider janus >/dev/null ||
        fail 'the visit can not go on at Janus' 'DEMO_DIR=DIR, with another folder, begins anew'
}
