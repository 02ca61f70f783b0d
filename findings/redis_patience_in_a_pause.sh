#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  CLIENT PAUSE n WRITE holds up what writes. A script that writes nothing answers at once, and so does PFCOUNT; a BLPOP with
#         a patience of a second gives up after a second, paused or not.
# Seen:   EVAL "return 1" is held until the end; only EVAL_RO, or a script that begins with "#!lua flags=no-writes", passes. PFCOUNT and PUBLISH are held, since they
#         may write to a copy; TOUCH is not. A BLPOP that was sent before the pause gives up in time, but one that comes during the pause begins to count when it
#         ends: a pause of three seconds and a patience of one are four. MULTI and what reads in it pass, and the first write in it
#         waits before it is queued.
# For us: who pauses the writes for some seconds of upkeep holds each script, and each look at the state by EVAL, for as long. A reader of a queue has to have its own
#         clock: the patience that it gave to Redis is not the longest that it can wait.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -n ${pid:-} ]] && kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
redis-server --port 0 --unixsocket "$dir/socket" --dir "$dir" --save "" >"$dir/log" 2>&1 &
pid=$!
ask() { redis-cli -s "$dir/socket" "$@"; }
for _ in {1..100}; do [[ $(ask ping 2>/dev/null) == PONG ]] && break; sleep 0.1; done
# While the pause lasts (a minute, ended by us), a command either has its answer or is held: Redis counts those that wait for the end.
look() {
    ask client pause 60000 write >/dev/null
    ask "$@" >"$dir/answer" 2>&1 &
    local asked=$!
    for _ in {1..100}; do
        kill -0 "$asked" 2>/dev/null || break
        [[ $(ask info clients | tr -d '\r' | grep '^blocked_clients') == blocked_clients:1 ]] && break
        sleep 0.05
    done
    if kill -0 "$asked" 2>/dev/null; then echo "$1 held"; else echo "$1 answered"; fi
    ask client unpause >/dev/null
    wait "$asked"
}
ask info server | tr -d '\r' | grep '^redis_version' >"$dir/seen"
{
    look eval "return 1" 0
    look eval_ro "return 1" 0
    look eval $'#!lua flags=no-writes\nreturn 1' 0
    look pfcount nothing
    look publish nobody x
    look touch nothing
    ask client pause 3000 write >/dev/null
    began=$(date +%s%N)
    ask blpop queue 1 >/dev/null
    took=$((($(date +%s%N) - began) / 1000000))
    ((took >= 3500)) && echo "blpop 1 took the pause and its second" || echo "blpop 1 took $took ms"
} >>"$dir/seen"
cat "$dir/seen"
[[ $(cat "$dir/seen") == "redis_version:7.0.15
eval held
eval_ro answered
eval answered
pfcount held
publish held
touch answered
blpop 1 took the pause and its second" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
