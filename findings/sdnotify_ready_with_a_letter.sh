#!/usr/bin/env bash
# PyPI sdnotify 0.3.2 beside a socket in the place of systemd's, Python 3; seen on 29 November 2026.
#
# Guess:  notify("READY=1\nSTATUS=…") reaches systemd whatever the status says: the protocol (sd_notify(3)) is lines of text in UTF-8.
# Seen:   the lines are written as Latin-1. With a sign beyond it (ş, a euro sign, an ellipsis) nothing is sent, READY=1 neither, and the error is
#         swallowed: a unit of Type=notify is never "started". With "é" READY=1 comes, and the status is a byte that is no UTF-8. debug=True
#         raises, but no sooner than the first such status: a campaign's name in it is enough.
# For us: a status that holds what people typed is sent by itself, never in one call with READY or WATCHDOG. musterd writes its own lines, in UTF-8.
set -euo pipefail
export PYTHONUTF8=1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q sdnotify==0.3.2
cat >look.py <<'PY'
import os
import socket

import sdnotify

there = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
there.bind("notify")
there.setblocking(False)
os.environ["NOTIFY_SOCKET"] = os.path.abspath("notify")
systemd = sdnotify.SystemdNotifier()
for status in ("sending", "José", "teşekkür", "5 €", "sending…"):
    systemd.notify(f"READY=1\nSTATUS={status}")
    try:
        print(status, there.recv(1000))
    except BlockingIOError:
        print(status, "nothing")
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
wanted=$(
    cat <<'TEXT'
sending b'READY=1\nSTATUS=sending'
José b'READY=1\nSTATUS=Jos\xe9'
teşekkür nothing
5 € nothing
sending… nothing
TEXT
)
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
