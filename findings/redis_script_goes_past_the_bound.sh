#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  with maxmemory 20 MB and noeviction, a script that writes 100 MB is refused at the write that would go past 20 MB, and what it wrote
#         before stays. One that begins when the memory is full already can take something away, and writes nothing.
# Seen:   the write is not refused. Whether there is room is looked at once, when a script begins, and no more from its first write on, so that no script stops
#         half-way: one that begins with a little room writes all of its 100 MB, five times past the bound, and is told OK each time. One that begins when it is full is refused at a
#         first write that takes room; but if its first write is one that gives room, were it the DEL of a key that is not there, it writes as much as it
#         likes. Only a script whose first line is "#!lua" is refused as a whole. A MULTI is stopped at the bound, and then all of it is dropped.
# For us: maxmemory is no bound to scripts, so the machine needs room beyond it, and nobody has to fear that one is cut in two. A move that takes
#         first and puts down then is done when Redis is full; the other way round it is refused, which is what stops a queue from being emptied.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -n ${pid:-} ]] && kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
redis-server --port 0 --unixsocket "$dir/socket" --dir "$dir" --save "" --maxmemory 20mb --maxmemory-policy noeviction >"$dir/log" 2>&1 &
pid=$!
ask() { redis-cli -s "$dir/socket" "$@" | tr -d '\r' | sed 's/^OOM .*/refused/'; }
for _ in {1..100}; do [[ $(ask ping 2>/dev/null) == PONG ]] && break; sleep 0.1; done
move="local it = redis.call('LPOP', 'one'); redis.call('RPUSH', 'two', it); return it"
all() { echo "one: $(ask lrange one 0 -1); two: $(ask lrange two 0 -1)"; }
# A transaction, while there is room: so many SETs that they do not fit.
{
    echo multi
    for i in {1..60000}; do printf 'set m%d %0500d\n' "$i" 1; done
    echo exec
} | ask >"$dir/transaction"
{
    ask info server | grep '^redis_version'
    echo "MULTI: $(grep -c '^refused' "$dir/transaction" | sed 's/^[1-9][0-9]*$/stopped/'), then $(tail -n 2 "$dir/transaction" | grep -o EXECABORT), keys: $(ask dbsize)"
    ask rpush one Ann Bob >/dev/null
    echo "script, with room: $(ask eval "for i = 1, 200000 do redis.call('SET', 's' .. i, string.rep('x', 500)) end return 'all written'" 0)"
    echo "keys: $(ask dbsize)"
    used=$(ask info memory | sed -n 's/^used_memory://p')
    ((used > 100000000)) && echo "more than 100 MB are used"
    echo "a SET: $(ask set x y)"
    echo "a move, full: $(ask eval "$move" 0 | cut -c1-7)"
    all
    echo "the other way round, full: $(ask eval "redis.call('RPUSH', 'two', 'Bob'); return redis.call('LPOP', 'one')" 0 | cut -c1-7)"
    echo "with #!lua, full: $(ask eval $'#!lua\n'"$move" 0 | cut -c1-7)"
    all
    echo "after a DEL of nothing, full: $(ask eval "redis.call('DEL', 'nothing'); for i = 1, 20000 do redis.call('SET', 't' .. i, string.rep('x', 500)) end return 'all written'" 0)"
    echo "keys: $(ask dbsize)"
} >"$dir/seen"
cat "$dir/seen"
[[ $(cat "$dir/seen") == "redis_version:7.0.15
MULTI: stopped, then EXECABORT, keys: 0
script, with room: all written
keys: 200001
more than 100 MB are used
a SET: refused
a move, full: Ann
one: Bob; two: Ann
the other way round, full: refused
with #!lua, full: refused
one: Bob; two: Ann
after a DEL of nothing, full: all written
keys: 220002" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
