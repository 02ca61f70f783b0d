#!/usr/bin/env bash
# Debian 12's redis-cli and redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  a file of commands for redis-cli (redis-cli <file) whose connection ends in the middle ends there, with an exit code that is not 0, as redis-cli does when the
#         command is an argument. What stood between MULTI and EXEC is done whole or not at all: that is what one writes them for.
# Seen:   the command at which it is noticed is passed over, with one line on stderr; the next one goes over a new connection, and so does the rest, to an exit code of 0. Behind a MULTI
#         that the old connection took with it the rest is done at once, each by itself: of "RPUSH taken ann, DEL todo, SET moved 1" only the last is done, and EXEC is an
#         error on stdout. With -e, which is there so that errors end it, it goes on all the same, and its exit code is 0 as well.
# For us: a repair that an operator writes into a file and pipes in may be done by a third, and looks done. It is to be one script (EVAL), or its commands are arguments; "&&" behind
#         redis-cli <file holds nothing back.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$dir" >redis.log &
pids+=($!)
ask() { redis-cli -p "$port" "$@"; }
until_says() { # word, command …
    for _ in {1..600}; do
        if [[ $(ask "${@:2}" 2>/dev/null) == *"$1"* ]]; then return; fi
        sleep 0.1
    done
    echo "Redis does not say $1" >&2
    exit 1
}
until_says PONG ping
look() { # what, options of redis-cli …
    ask flushall >/dev/null
    ask set todo ann >/dev/null
    rm -f file
    mkfifo file
    timeout 100 redis-cli -p "$port" "${@:2}" <file >said 2>errors &
    local cli=$! code=0
    exec 5>file
    printf 'MULTI\nRPUSH taken ann\n' >&5
    until_says multi=1 client list
    ask client kill type normal >/dev/null # as a restart does it, or a proxy
    printf 'DEL todo\nSET moved 1\nEXEC\n' >&5
    exec 5>&-
    wait "$cli" || code=$?
    echo "$1: exit code $code; said: $(paste -sd, said), on stderr: $(cat errors)"
    echo "  taken: $(ask exists taken), todo: $(ask exists todo), moved: $(ask exists moved)"
}
{
    look "a file"
    look "a file, -e" -e
    code=0
    timeout 100 redis-cli -p "$port" blpop none 60 >said 2>errors &
    cli=$!
    until_says cmd=blpop client list
    ask client kill type normal >/dev/null
    wait "$cli" || code=$?
    echo "an argument: exit code $code; on stderr: $(cat errors)"
} >seen
cat seen
[[ $(cat seen) == "a file: exit code 0; said: OK,QUEUED,OK,ERR EXEC without MULTI,, on stderr: Error: Server closed the connection
  taken: 0, todo: 1, moved: 1
a file, -e: exit code 0; said: OK,QUEUED,OK,ERR EXEC without MULTI,, on stderr: Error: Server closed the connection
  taken: 0, todo: 1, moved: 1
an argument: exit code 1; on stderr: Error: Server closed the connection" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
