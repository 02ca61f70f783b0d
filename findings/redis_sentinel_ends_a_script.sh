#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 and its Sentinel; seen on 29 November 2026.
#
# Guess:  a script that only reads and takes long (a report over all people) holds up the others until it is through; after busy-reply-threshold (5 s) they are told
#         BUSY, and an administrator may end it with SCRIPT KILL. Sentinel watches, and changes nothing but who is master; a BUSY is an answer, so
#         the master is there.
# Seen:   Sentinel ends the script. BUSY is no answer to its PING; after down-after-milliseconds it sends SCRIPT KILL by itself, and whoever asked for the report
#         reads "Script killed by user", where no user was. The master answers at once after that, and a replica takes its place all the same, for the failover was
#         agreed upon in the same moment. Without a Sentinel the same script ends by itself and returns.
# For us: with Sentinel no script may take longer than down-after-milliseconds (30 s unless set), one that reads no more than one that writes; the word "user" in that error
#         is not to send anybody to look for a colleague. Ours work in pages.
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
redis-server --port "$master" --bind 127.0.0.1 --dir "$dir/a" --save "" --busy-reply-threshold 500 >a.log 2>&1 &
pids+=($!)
redis-server --port "$replica" --bind 127.0.0.1 --dir "$dir/b" --save "" --replicaof 127.0.0.1 "$master" >b.log 2>&1 &
pids+=($!)
until_says() { # port, word, command …
    for _ in {1..600}; do
        if [[ $(redis-cli -p "$1" "${@:3}" 2>/dev/null) == *"$2"* ]]; then return; fi
        sleep 0.1
    done
    echo "$1 does not say $2" >&2
    exit 1
}
report() { # reads for so many seconds
    redis-cli -p "$master" eval '
    local ends = redis.call("TIME")[1] + ARGV[1]
    while tonumber(redis.call("TIME")[1]) < ends do redis.call("GET", "k") end
    return "the report"' 0 "$1" | sed 's/\.\.\. script:.*//' | grep .
}
until_says "$replica" master_link_status:up info replication
{
    echo "alone: $(report 15)"
    printf 'port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor m 127.0.0.1 %s 1\nsentinel down-after-milliseconds m 3000\n' "$sentinel" "$dir" "$master" >sentinel.conf
    redis-server sentinel.conf --sentinel >sentinel.log 2>&1 &
    pids+=($!)
    until_says "$sentinel" "$replica" sentinel replicas m
    echo "with Sentinel: $(report 60)"
    echo "the master at once: $(redis-cli -p "$master" ping)"
    until_says "$replica" role:master info replication
    echo "and the replica is a master"
} >seen
cat seen
[[ $(cat seen) == "alone: the report
with Sentinel: ERR Script killed by user with SCRIPT KILL
the master at once: PONG
and the replica is a master" ]] || { echo "it behaves otherwise now" >&2; tail -3 sentinel.log >&2; exit 1; }
