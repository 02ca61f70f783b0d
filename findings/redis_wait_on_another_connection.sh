#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15, PyPI redis 8.1.0, Python 3; seen on 29 November 2026.
#
# Guess:  WAIT 1 500 after a write is 1 when a replica has the write, and 0 when none has it within half a second. A client with a pool, shared by threads, may be asked so as well:
#         r.set(…), then r.wait(1, 500).
# Seen:   it asks about what was written until the last command before it on the same connection. With the replica stopped, the connection that wrote is told 0, and one that
#         has rested in the pool since before the write is told 1, at once. The pool hands out the connection that was given back last, so a program that is tried alone is told 0; when
#         another thread has taken that one meanwhile (a worker that waits with BLPOP) the answer is 1 about a write that is on no replica. A connection that is made
#         for it is told 0, for its greeting is a command, too; redis-cli, which says none, is told 1.
# For us: "on a replica" is said of texts and opt-outs that one machine's end forgets, and only under load. Write and WAIT belong on one connection that is held for both (a
#         pipeline without a transaction does it: 0). Muster sends both on one.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill -CONT "${pids[@]}" 2>/dev/null || true; kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q redis==8.1.0
read -r a b < <(python3 -c '
import socket
held = [socket.socket() for _ in range(2)]
for h in held: h.bind(("127.0.0.1", 0))
print(*(h.getsockname()[1] for h in held))')
mkdir a b
redis-server --port "$a" --bind 127.0.0.1 --save "" --dir "$dir/a" >a.log 2>&1 & pids+=($!)
redis-server --port "$b" --bind 127.0.0.1 --save "" --dir "$dir/b" --replicaof 127.0.0.1 "$a" >b.log 2>&1 & pids+=($!)
until [[ $(redis-cli -p "$b" info replication 2>/dev/null | grep -c master_link_status:up) == 1 ]]; do sleep 0.1; done
cat >look.py <<'PY'
import os
import signal
import subprocess
import sys
import threading
import time

import redis

port, replica = int(sys.argv[1]), int(sys.argv[2])
r = redis.Redis(port=port)
watcher = redis.Redis(port=port)
worker = threading.Thread(target=r.blpop, args=("queue", 60))


def waiting():
    worker.start()
    while watcher.info("clients")["blocked_clients"] == 0:
        time.sleep(0.05)


def over():
    watcher.rpush("queue", "go")
    worker.join()


waiting()
r.get("x")  # a second connection in the pool
over()
r.set("stop:Ann", 1)
print("the replica lives:", r.wait(1, 30000))
os.kill(replica, signal.SIGSTOP)
r.set("stop:Bob", 1)
print("stopped, alone:", r.wait(1, 500))
r.set("stop:Eve", 1)
worker = threading.Thread(target=r.blpop, args=("queue", 60))
waiting()
print("stopped, a worker waits in another thread:", r.wait(1, 500))
over()
r.set("stop:Joe", 1)
r.connection_pool.disconnect()
print("stopped, a new connection:", r.wait(1, 500))
watcher.set("stop:Lea", 1)
said = subprocess.run(["redis-cli", "-p", str(port), "wait", "1", "500"], capture_output=True, text=True, check=True).stdout
print("stopped, redis-cli:", said.strip())
pipe = r.pipeline(transaction=False)
pipe.set("stop:Kim", 1).execute_command("WAIT", 1, 500)
print("stopped, a pipeline:", pipe.execute()[1])
os.kill(replica, signal.SIGCONT)
PY
{
    redis-server --version | grep -o 'v=[0-9.]*'
    timeout 120 env/bin/python look.py "$a" "${pids[1]}"
} | tee seen
[[ $(cat seen) == "v=7.0.15
the replica lives: 1
stopped, alone: 0
stopped, a worker waits in another thread: 1
stopped, a new connection: 0
stopped, redis-cli: 1
stopped, a pipeline: 0" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
