#!/usr/bin/env bash
# Debian 12's haproxy 2.6.12 in front of two of its redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  HAProxy asks each Redis whether it is the master (tcp-check, "role:master"), and "on-marked-down shutdown-sessions" cuts the connections to one that is it no
#         more, so that pools of kept connections find the new master. A reload, which loses no connection, changes nothing about that.
# Seen:   what was connected before the reload stays in the old process, which looks after nobody any more: it makes no checks, so it never cuts. When the master changes, those
#         connections go on to the old one, whose every write is READONLY and whose every read is of a copy; new connections go to the right one. It lasts for as long as the
#         connection does. The pages of HAProxy show the new process, where all is well; until its first checks are through it takes both for the master.
# For us: every reload (a renewed certificate does one a day in many places) disarms the failover of all programs that run then. `hard-stop-after` bounds it; so does a
#         client that drops a connection that says READONLY. Muster asks the sentinels itself and needs no HAProxy before Redis.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 >/dev/null 2>&1 ||
    { echo "needs Debian 12's package haproxy 2.6.12-1+deb12u4"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
read -r a b front < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for h in held: h.bind(("127.0.0.1", 0))
print(*(h.getsockname()[1] for h in held))')
mkdir a b
redis-server --port "$a" --bind 127.0.0.1 --save "" --dir "$dir/a" >a.log 2>&1 & pids+=($!)
redis-server --port "$b" --bind 127.0.0.1 --save "" --dir "$dir/b" --replicaof 127.0.0.1 "$a" >b.log 2>&1 & pids+=($!)
cat >haproxy.cfg <<END
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen redis
    bind 127.0.0.1:$front
    option tcp-check
    tcp-check connect
    tcp-check send PING\r\n
    tcp-check expect string +PONG
    tcp-check send info\ replication\r\n
    tcp-check expect string role:master
    tcp-check send QUIT\r\n
    tcp-check expect string +OK
    timeout check 2s
    default-server check inter 200ms fall 2 rise 2 on-marked-down shutdown-sessions
    server a 127.0.0.1:$a
    server b 127.0.0.1:$b
END
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name liblua5.3.so.0 | head -n 1)") root/usr/sbin/haproxy -W -f haproxy.cfg >haproxy.log 2>&1 &
pids+=($!)
cat >look.py <<'PY'
import os
import signal
import socket
import sys
import time

a, b, front, haproxy = (int(x) for x in sys.argv[1:])


class Kept:
    """a connection that is kept, as a pool keeps them"""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)

    def ask(self, *words):
        try:
            self.socket.sendall((" ".join(words) + "\r\n").encode())
            answer = self.socket.recv(65536).decode()
        except OSError:
            answer = ""
        return answer.split()[0] if answer else "closed"

    def is_master(self):
        self.socket.sendall(b"info replication\r\n")
        return "role:master" in self.socket.recv(65536).decode()


def until(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def new():
    """what a new connection says to a write"""
    try:
        return Kept(front).ask("SET", "x", "1")
    except OSError:
        return "refused"


def settled():
    """twenty new connections one after the other come to a master"""
    try:
        return all(Kept(front).is_master() for _ in range(20))
    except OSError:
        return False


def master_is(new_one, old):
    Kept(new_one).ask("REPLICAOF", "NO", "ONE")
    Kept(old).ask("REPLICAOF", "127.0.0.1", str(new_one))
    until(settled)


until(lambda: new() == "+OK")
master_is(a, b)
first = Kept(front)
print("kept connection:", first.ask("SET", "x", "1"))
master_is(b, a)
print("the master changes: kept", first.ask("SET", "x", "2") + ", new", new())
second = Kept(front)
print("kept connection:", second.ask("SET", "x", "3"))
os.kill(haproxy, signal.SIGUSR2)  # what systemctl reload does
until(lambda: open("haproxy.log").read().count("Loading success") == 2 and "Proxy redis stopped" in open("haproxy.log").read())
until(settled)
print("reloaded: kept", second.ask("SET", "x", "4") + ", new", new())
master_is(a, b)
print("the master changes: kept", second.ask("SET", "x", "5") + ", new", new())
time.sleep(10)
print("ten seconds later: kept", second.ask("SET", "x", "6") + ", new", new())
PY
{
    timeout 400 python3 look.py "$a" "$b" "$front" "${pids[2]}" || { cat haproxy.log >&2; exit 1; }
} | tee seen
[[ $(cat seen) == "kept connection: +OK
the master changes: kept closed, new +OK
kept connection: +OK
reloaded: kept +OK, new +OK
the master changes: kept -READONLY, new +OK
ten seconds later: kept -READONLY, new +OK" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
