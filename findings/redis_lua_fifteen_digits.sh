#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 (its Lua 5.1 and cjson); seen on 29 November 2026.
#
# Guess:  a script keeps an integer of 15 digits as it is: Lua's numbers are exact up to 9,007,199,254,740,992, and Redis stores what it is given.
# Seen:   it depends on the way in which the number leaves Lua. Given to redis.call by itself, or returned, it is exact. Joined to a text ("x" .. n),
#         by tostring, or in cjson.encode it has 14 digits and an exponent: 447700900123456 is 4.4770090012346e+14. So a record that a script reads
#         with cjson.decode and writes with cjson.encode loses the end of a number that it never touched. 14 digits are whole.
# For us: ids of accounts at WhatsApp have 15 digits and more, E.164 allows 15, and microseconds since 1970 have 16, while every common mobile
#         number and every time in milliseconds (13) passes a test. The times that our scripts encode are milliseconds.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -n ${pid:-} ]] && kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
redis-server --port 0 --unixsocket "$dir/socket" --dir "$dir" --save "" >"$dir/log" 2>&1 &
pid=$!
ask() { redis-cli -s "$dir/socket" "$@"; }
for _ in {1..100}; do [[ $(ask ping 2>/dev/null) == PONG ]] && break; sleep 0.1; done
seen=$(
    ask info server | tr -d '\r' | grep '^redis_version'
    ask eval "redis.call('SET', 'alone', ARGV[1] + 0) return redis.call('GET', 'alone')" 0 447700900123456
    ask eval "return ARGV[1] + 0" 0 447700900123456
    ask eval "return 'x' .. (ARGV[1] + 0)" 0 447700900123456
    ask eval "return cjson.encode(cjson.decode(ARGV[1]))" 0 '[447700900123456]'
    ask eval "return cjson.encode(cjson.decode(ARGV[1]))" 0 '[44770090012345]'
)
printf '%s\n' "$seen"
[[ $seen == "redis_version:7.0.15
447700900123456
447700900123456
x4.4770090012346e+14
[4.4770090012346e+14]
[44770090012345]" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
