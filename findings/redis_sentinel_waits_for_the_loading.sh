#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 and its Sentinel; seen on 29 November 2026.
#
# Guess:  a master dies and is started again by systemd at once; it reads its data for minutes and answers everything with LOADING. For Sentinel it is down after
#         down-after-milliseconds, and the replica, which has all data in memory, takes over: for that it is there.
# Seen:   nothing happens for as long as it loads. LOADING is an answer to a PING, so the master is healthy: no s_down, no failover, while each client gets
#         an error; the replica, cut off from it, answers "master_link_status:down" and serves reads. When the same master stays dead, the replica is promoted in seconds. So Restart=always,
#         which is meant to help, makes a dead master cost the time of its loading, where without it there would be a failover.
# For us: the more there is in memory, the longer the standstill: what a failover costs is to be tried with kill -9 under systemd and the real amount of data. Redis 7.0 has
#         a setting for it, master-reboot-down-after-period, which is 0, off, unless set.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
read -r master replica sentinel < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
mkdir a b
start() { # more…
    redis-server --port "$master" --bind 127.0.0.1 --dir "$dir/a" --save "" --appendonly yes "$@" >a.log 2>&1 &
    pid=$!
    pids+=("$pid")
}
until_says() { # port, word, command …
    for _ in {1..600}; do
        if [[ $(redis-cli -p "$1" "${@:3}" 2>/dev/null) == *"$2"* ]]; then return; fi
        sleep 0.1
    done
    echo "$1 does not say $2" >&2
    exit 1
}
start
redis-server --port "$replica" --bind 127.0.0.1 --dir "$dir/b" --save "" --replicaof 127.0.0.1 "$master" >b.log 2>&1 &
pids+=($!)
until_says "$replica" master_link_status:up info replication
redis-cli -p "$master" eval "for i = 1, 3000 do redis.call('SET', 'k' .. i, i) end" 0 >/dev/null
redis-cli -p "$master" bgrewriteaof >/dev/null
until_says "$master" aof_rewrite_in_progress:0 info persistence
printf 'port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor m 127.0.0.1 %s 1\nsentinel down-after-milliseconds m 5000\n' "$sentinel" "$dir" "$master" >sentinel.conf
redis-server sentinel.conf --sentinel >sentinel.log 2>&1 &
pids+=($!)
until_says "$sentinel" "$replica" sentinel replicas m
{
    kill -9 "$pid"
    # As slow as with a big amount of data: 3,000 keys take 36 seconds.
    start --key-load-delay 12000 --loading-process-events-interval-bytes 1024
    until_says "$master" LOADING get k1
    sleep 15 # three times the five seconds after which it is down
    echo "it loads: get k1: $(redis-cli -p "$master" get k1 | cut -d ' ' -f 1)"
    echo "Sentinel: $(redis-cli -p "$sentinel" sentinel master m | sed -n '/^flags$/{n;p}'), $(grep -c 'sdown master' sentinel.log || true) times down"
    echo "the replica: $(redis-cli -p "$replica" role | sed -n 1p), get k1: $(redis-cli -p "$replica" get k1)"
    kill -9 "$pid"
    until_says "$replica" role:master info replication
    echo "it stays dead: the replica is $(redis-cli -p "$replica" role | sed -n 1p)"
} >seen
cat seen
[[ $(cat seen) == "it loads: get k1: LOADING
Sentinel: master, 0 times down
the replica: slave, get k1: 1
it stays dead: the replica is master" ]] || { echo "it behaves otherwise now" >&2; tail -5 sentinel.log >&2; exit 1; }
