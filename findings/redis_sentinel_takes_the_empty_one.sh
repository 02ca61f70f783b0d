#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 and its Sentinel; seen on 29 November 2026.
#
# Guess:  both machines lose their power. The replica, which keeps nothing on disk (save "", no append-only file: "the master does that"), is back first, and
#         empty. Sentinel has a rule for who may take over: nobody that has been without the master for long. One that has not seen it since it
#         started is the worst of these, so Sentinel waits for the master, whose file (appendfsync always) has everything.
# Seen:   the replica takes over within seconds. "Never had a master" is -1 seconds without one (master_link_down_since_seconds), which is less than any bound.
#         When the master is back it is made the replica of the empty one and empties itself, its append-only file, too: three people and a STOP
#         are nowhere any more. And a replica that "keeps nothing" need not come back empty: the file in which it got its last full copy stays in its folder
#         (dump.rdb) and is read at the next start, so that it takes over with the data of that day: the people are there, the STOP is not.
# For us: each Redis of a Sentinel has to keep its own append-only file, the replica, too; or the replica has replica-priority 0 and does not take over. musterd
#         sees that Redis went back and sends nothing, and `muster restore apply` brings the STOP back from the journals (docs/OPERATIONS.md).
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
read -r m r s < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for h in held: h.bind(("127.0.0.1", 0))
print(*(h.getsockname()[1] for h in held))')
master() { redis-server --port "$m" --bind 127.0.0.1 --save "" --appendonly yes --appendfsync always --dir "$dir/master" >>"$dir/master.log" 2>&1 & }
replica() { redis-server --port "$r" --bind 127.0.0.1 --save "" --dir "$dir/replica" --replicaof 127.0.0.1 "$m" >>"$dir/replica.log" 2>&1 & }
until_true() {
    for _ in {1..900}; do if "$@"; then return 0; fi; sleep 0.1; done
    echo "waited in vain: $*" >&2
    tail -n 20 sentinel.log >&2
    exit 1
}
linked() { [[ $(redis-cli -p "$1" info replication 2>/dev/null | tr -d '\r' | sed -n 's/^master_link_status://p') == up ]]; }
has() { [[ $(redis-cli -p "$1" scard stopped 2>/dev/null) == 1 ]]; }
known() { redis-cli -p "$s" sentinel replicas main 2>/dev/null | tr '\n' ' ' | grep -q "port $r .*master-link-status ok"; }
took_over() { [[ $(redis-cli -p "$s" sentinel get-master-addr-by-name main | tail -n 1) == "$r" ]]; }
all() { echo "people $(redis-cli -p "$1" llen people), STOP of $(redis-cli -p "$1" scard stopped)"; }
look() {
    rm -rf master replica
    mkdir master replica
    pids=()
    master; pids+=($!)
    until_true redis-cli -p "$m" rpush people Ann Bob Eve >/dev/null 2>&1
    replica; pids+=($!)
    until_true linked "$r"
    redis-cli -p "$m" sadd stopped Bob >/dev/null
    until_true has "$r"
    printf '%s\n' "port $s" "bind 127.0.0.1" "dir $dir" "sentinel monitor main 127.0.0.1 $m 1" "sentinel down-after-milliseconds main 1000" \
        "sentinel failover-timeout main 2000" >sentinel.conf
    redis-server sentinel.conf --sentinel >sentinel.log 2>&1 & pids+=($!)
    until_true known
    echo "$1: before: master $(all "$m"); replica $(all "$r")"
    kill -9 "${pids[0]}" "${pids[1]}" # the power
    [[ $1 == "its own disk" ]] || rm -f replica/*
    replica; pids[1]=$!
    until_true took_over
    until_true eval '[[ $(redis-cli -p "$r" role | head -n 1) == master ]]'
    echo "$1: takes over: $(all "$r")"
    master; pids[0]=$!
    until_true linked "$m"
    echo "$1: the old master, with the new one: $(all "$m")"
    kill "${pids[@]}"
    wait 2>/dev/null
    grep -rqa stopped master/appendonlydir && stop=in || stop="not in"
    echo "$1: the STOP is $stop its append-only file"
}
{
    redis-server --version | grep -o 'v=[0-9.]*'
    look "a fresh disk"
    look "its own disk"
} | tee seen
[[ $(cat seen) == "v=7.0.15
a fresh disk: before: master people 3, STOP of 1; replica people 3, STOP of 1
a fresh disk: takes over: people 0, STOP of 0
a fresh disk: the old master, with the new one: people 0, STOP of 0
a fresh disk: the STOP is not in its append-only file
its own disk: before: master people 3, STOP of 1; replica people 3, STOP of 1
its own disk: takes over: people 3, STOP of 0
its own disk: the old master, with the new one: people 3, STOP of 0
its own disk: the STOP is not in its append-only file" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
