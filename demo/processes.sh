# How the demo's processes are started and ended. For demo.sh, which has cd'ed into $dir.
# shellcheck shell=bash disable=SC2154 # bin, dir, root and workers are demo.sh's

# A pid file alone proves nothing: the number may belong to someone else by now. Ours are the
# processes in the session which that pid leads or led, and which name or work in this folder.
# (A worker hides its working directory, nginx's workers have no name of it.)
ours() { # pid file
    local leader process stat
    read -r leader <"$1" || return 0
    for process in /proc/[0-9]*; do
        read -r stat <"$process/stat" || continue
        # After the name: state, parent, group, session.
        [[ $stat =~ .*\)\ [A-Za-z]\ [0-9]+\ [0-9]+\ "$leader"\  ]] || continue
        [ "$process/cwd" -ef . ] || grep -qaF "$dir/" "$process/cmdline" || continue
        echo "${process#/proc/}"
    done
} 2>/dev/null

end() { # pid file, signal
    local pids try leader=''
    [ ! -e "$1" ] || read -r leader <"$1" || true
    for try in {0..199}; do
        mapfile -t pids < <(ours "$1")
        [ ${#pids[@]} -gt 0 ] || break
        # At first the leader alone, which tells the others. Told all at once, workers can be gone
        # before multiwatch knows why; it starts others then, and those never hear of it.
        [[ $try != 0 || " ${pids[*]} " != *" $leader "* ]] || pids=("$leader")
        [ "$try" != 120 ] || set -- "$1" KILL
        ((try % 20)) || kill -s "$2" "${pids[@]}" 2>/dev/null || true
        sleep 0.05
    done
    rm -f "$1"
}

# Each of these programs becomes the next, so the pid is multiwatch's in the end, and leads the
# session. -t 1: a death counts only within a worker's first millisecond; with its defaults
# multiwatch gives up after three quick ones.
start_pool() { # name
    local without
    # What the pool's unit keeps from it, and no file gives back: empty is as good as unset.
    mapfile -t without < <(sed -n 's/^UnsetEnvironment=//p' "$root/systemd/roomkey-$1@.service" |
        tr ' ' '\n' | sed 's/$/=/')
    env "${without[@]}" setsid spawn-fcgi -n -s "$1.sock" -M 0600 -b 1024 -- \
        "$(command -v multiwatch)" -f "$workers" -r 100000 -t 1 -s TERM -- \
        "$bin/roomkey-fcgi" --env-file "$dir/roomkey.env" </dev/null >>"log/$1.log" 2>&1 &
    echo $! >"$1.pid"
    until [ -S "$1.sock" ]; do # only from then on is it sure to have a session of its own
        kill -0 $! 2>/dev/null || fail "the $1 pool did not start: $(tail -n 1 "log/$1.log")"
        sleep 0.01
    done
}
