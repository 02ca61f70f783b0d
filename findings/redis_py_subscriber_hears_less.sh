#!/usr/bin/env bash
# PyPI redis 8.1.0 beside 5.3.1, Debian 12's redis-server 7.0.15, Python 3; seen on 29 November 2026.
#
# Guess:  a subscriber that is too slow is disconnected when Redis holds more for it than client-output-buffer-limit allows. What it had not been sent
#         is lost, and get_message raises ConnectionError, so that the program knows to look for what it missed. So it was up to 5.x.
# Seen:   8.1 connects and subscribes again by itself and goes on with what comes then: no error, and a gap of as many messages as were held. PUBLISH
#         had said 1 receiver for each of them. The only trace is a second message of the kind "subscribe" between the two, and ignore_subscribe_messages=True,
#         with which most programs begin, hides it.
# For us: who stops a campaign, or tells workers of an opt-out, by PUBLISH alone is not heard by a worker that was slow, and nobody can see it: a "subscribe" that
#         one did not ask for means "read the state again". Muster's events are a stream with numbers, and a gap in them shows.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --dir "$dir" --save "" --client-output-buffer-limit "pubsub 1mb 0 0" >log 2>&1 &
pid=$!
cat >look.py <<'PY'
import sys

import redis

port = int(sys.argv[1])
others = redis.Redis(port=port)
subscriber = redis.Redis(port=port).pubsub()
subscriber.subscribe("all")
while others.pubsub_numsub("all")[0][1] == 0:
    pass
# It is asked for nothing until all have been published: 40 MB, more than the kernel keeps between the two.
receivers = sum(others.publish("all", f"{n} {'x' * 100000}") for n in range(400))
texts, subscribed, said = [], 0, "no error"
told = False
while len(texts) < receivers + 1:
    try:
        m = subscriber.get_message(timeout=2)
    except redis.ConnectionError as e:
        said = type(e).__name__
        break
    if m and m["type"] == "subscribe":
        subscribed += 1
    elif m:
        texts.append(m["data"].split()[0].decode())
    elif told:
        break
    if subscribed == 2 and not told:
        told = others.publish("all", "afterwards") == 1
print(redis.__version__)
print("more were received, says PUBLISH, than came:", receivers > len(set(texts) - {"afterwards"}))
print(f"{said}, subscribed {subscribed} times, hears what comes afterwards: {'afterwards' in texts}")
PY
until [[ $(redis-cli -p "$port" ping 2>/dev/null) == PONG ]]; do kill -0 "$pid"; sleep 0.1; done
seen=
for version in 5.3.1 8.1.0; do
    python3 -m venv "env-$version"
    "env-$version/bin/pip" install -q redis==$version
    seen+=$(timeout 100 "env-$version/bin/python" look.py "$port")$'\n'
done
printf '%s' "$seen"
[[ $seen == "5.3.1
more were received, says PUBLISH, than came: True
ConnectionError, subscribed 1 times, hears what comes afterwards: False
8.1.0
more were received, says PUBLISH, than came: True
no error, subscribed 2 times, hears what comes afterwards: True
" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
