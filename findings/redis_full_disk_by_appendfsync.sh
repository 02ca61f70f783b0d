#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 (the disk's end is a bound on the size of a file, which is a short write like a full disk's); seen on 29 November 2026.
#
# Guess:  when the disk of the append-only file is full Redis refuses what writes (MISCONF) and answers what reads, and goes on when there is room. appendfsync says how
#         often the disk is waited for, no more: with "always", the careful one, nothing is told OK that is not on disk, and otherwise all is the same.
# Seen:   with "always" Redis ends itself: the client's connection is closed without an answer, and nobody reads any more; started again by systemd with the disk still full it
#         comes up, answers, and ends at the next write. With "everysec" it lives and refuses, as guessed, but the first write that did not fit was told OK (more of them,
#         where the disk is slow as well): it is read by everybody, is in memory only, and is gone with a restart.
# For us: a full disk is a standstill of all with "always", and with "everysec" the words "refused since then" are right for all but the last that were not refused. The disk has
#         to be watched from outside, and a bigger one is cheaper than either.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
start() { # folder, appendfsync, bound of a file [KiB]
    (
        trap '' XFSZ # an error of write instead of a signal
        ulimit -f "$3"
        exec redis-server --port "$port" --bind 127.0.0.1 --dir "$dir/$1" --save "" --appendonly yes --appendfsync "$2" >"$1.log" 2>&1
    ) &
    pid=$!
    pids+=("$pid")
    for _ in {1..600}; do
        if [[ $(redis-cli -p "$port" ping 2>/dev/null) == PONG ]]; then return; fi
        sleep 0.1
    done
    echo "redis-server does not answer" >&2
    exit 1
}
ask() { timeout 30 redis-cli -p "$port" "$@" 2>&1 | cut -d ' ' -f 1-4 | grep . || true; }
text=$(printf '%05000d' 0)
for sync in everysec always; do
    mkdir "$sync"
    start "$sync" "$sync" 200
    said=OK
    told=0
    while [[ $said == OK && $told -lt 5000 ]]; do
        said=$(ask set "text$told" "$text")
        if [[ $said == OK ]]; then told=$((told + 1)); fi
    done
    echo "$sync: told OK, and then: $said"
    if [[ $sync == everysec ]]; then
        echo "  it reads: $(($(ask dbsize) - told)) fewer than were told OK"
        kill -9 "$pid"
        wait "$pid" 2>/dev/null || true
    else
        code=0
        wait "$pid" || code=$?
        echo "  it ended by itself: $code, $(grep -o "when the AOF fsync policy is 'always'. Exiting" "$sync.log" || true)"
        start "$sync" "$sync" 200
        echo "  started again it reads: $(($(ask dbsize) - told)) fewer than were told OK"
        echo "  and at the next: $(ask set another "$text")"
        wait "$pid" || true
    fi
    start "$sync" "$sync" 100000
    left=$(ask dbsize)
    echo "  with room again: $( ((left < told)) && echo "some are gone" || echo "all that were told OK")"
    kill "$pid"
    wait "$pid" 2>/dev/null || true
done >seen
cat seen
[[ $(cat seen) == "everysec: told OK, and then: MISCONF Errors writing to
  it reads: 0 fewer than were told OK
  with room again: some are gone
always: told OK, and then: Error: Server closed the
  it ended by itself: 1, when the AOF fsync policy is 'always'. Exiting
  started again it reads: 0 fewer than were told OK
  and at the next: Error: Server closed the
  with room again: all that were told OK" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
