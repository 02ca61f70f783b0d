#!/usr/bin/env bash
# PyPI redis 8.1.0 and 6.4.0 beside 5.3.1, Debian 12's redis-server 7.0.15, Python 3; seen on 29 November 2026.
#
# Guess:  a command whose answer does not come within socket_timeout raises TimeoutError, and the program decides: an RPUSH may have been done
#         or not, and only the program knows whether it may be done again. So it was up to 5.x.
# Seen:   since 6.0 the library sends it again by itself, whatever the command. A server that is busy for two seconds with somebody's script, and a
#         timeout of half a second: one rpush("text for Ann") puts two of them into the queue and returns 2, with no error and no
#         warning. 8.1 does so up to ten times, with a timeout of five seconds that is now its default. While the server is quick nothing of it shows, and Retry(NoBackoff(), 0)
#         gives back the error.
# For us: a feeder or a worker in Python that keeps its queue of texts in Redis texts people twice (RPUSH), or skips some (LPOP takes two and gives one), after a
#         mere upgrade. Muster asks again only by scripts that know what they did.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$dir"' EXIT
cd "$dir"
port=$((20000 + RANDOM % 20000))
redis-server --port $port --bind 127.0.0.1 --save '' --appendonly no --dir "$dir" >redis.log &
server=$!
cat >look.py <<'PY'
import sys
import threading
import time

import redis

port = int(sys.argv[1])
sure = redis.Redis(port=port, socket_timeout=20)
for _ in range(100):  # until the server is up
    try:
        sure.ping()
        break
    except redis.ConnectionError:
        time.sleep(0.1)
sure.delete("queue", "busy")
ours = redis.Redis(port=port, socket_timeout=0.5)
ours.ping()
BUSY = "local to = redis.call('time')[1] + 3 repeat until redis.call('time')[1] + 0 >= to"
others = redis.Redis(port=port, socket_timeout=20)
busy = threading.Thread(target=others.eval, args=(BUSY, 0))
others.ping()
busy.start()
time.sleep(0.3)  # the script is under way; it runs for at least two seconds
try:
    said = ours.rpush("queue", "text for Ann")
except redis.TimeoutError as e:
    said = type(e).__name__
busy.join()
sure.ping()
print(redis.__version__, said, sure.lrange("queue", 0, -1))
PY
seen=
for version in 5.3.1 6.4.0 8.1.0; do
    python3 -m venv "env-$version"
    "env-$version/bin/pip" install -q redis==$version
    seen+=$("env-$version/bin/python" look.py $port)$'\n'
done
wanted="5.3.1 TimeoutError [b'text for Ann']
6.4.0 2 [b'text for Ann', b'text for Ann']
8.1.0 2 [b'text for Ann', b'text for Ann']
"
printf '%s' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
