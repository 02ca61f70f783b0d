#!/usr/bin/env python3
"""What the frequency cap costs: a private Redis and the book of contacts as the gate uses it (src/store/cap/contacts.lua),
everybody texted as often as the usual cap lets them. Prints Markdown: bytes and CPU a person.

    bench/contacts.py [--server redis-server|valkey-server] [--people N…]
    bench/contacts.py --campaigns 40 --every 360 --people 200000

CPU is the server's own, without what an empty script of the same arguments costs. With --campaigns so many campaigns come to
everybody, one each so many minutes, and a count of our own says whether anybody got more than one in 24 hours or three in seven days."""

import argparse
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = (ROOT / "src/store/cap/contacts.lua").read_text()
GATE = BOOK + """
local book, minute, granted = contacts_open(KEYS[1], ARGV[1], tonumber(ARGV[2])), tonumber(ARGV[2]), 0
for i = 1, #ARGV[1] / 5 do
  if not contacts_full(book, i, 1, 3) then
    contacts_add(book, i, minute + 1, 3)
    granted = granted + 1
  end
end
contacts_save(book)
return granted
"""
WHO = GATE.replace("granted = granted + 1", "granted = granted + 1; passed[i] = '1'").replace(
    "\nfor i = 1", "\nlocal passed = {}\nfor i = 1, #ARGV[1] / 5 do passed[i] = '0' end\nfor i = 1", 1).replace(
    "return granted", "return table.concat(passed)")
IN_A_CALL = 128
DAY, WEEK = 24 * 60, 7 * 24 * 60
TIMES = 4  # the fourth in a week is one too many
APART = 1500  # [minutes]


class Redis:
    """A server of our own and one connection to it."""

    def __init__(self, server, folder):
        path = pathlib.Path(folder) / "redis.sock"
        self.process = subprocess.Popen([server, "--port", "0", "--unixsocket", path, "--save", ""], stdout=subprocess.DEVNULL)
        self.socket = socket.socket(socket.AF_UNIX)
        while self.socket.connect_ex(str(path)) != 0:
            time.sleep(0.02)
        self.answers = self.socket.makefile("rb")

    def __call__(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self.read()

    def read(self):
        kind, rest = (line := self.answers.readline())[:1], line[1:-2]
        if kind == b"-":
            raise SystemExit(rest.decode())
        if kind == b"$":
            return self.answers.read(int(rest) + 2)[:-2] if rest != b"-1" else None
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest

    def cpu_us(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1000

    def used(self):
        info = dict(line.split(":", 1) for line in self("INFO", "memory").decode().splitlines() if ":" in line)
        return int(info["used_memory"])


def one_way(redis, script, people, minute):
    """All of them once: how many passed, and what it took."""
    before, passed = redis.cpu_us(), 0
    for i in range(0, len(people), IN_A_CALL):
        passed += redis("EVALSHA", script, 1, "contacts", b"".join(people[i:i + IN_A_CALL]), minute)
    return passed, redis.cpu_us() - before


def measure(server, n):
    rng = random.Random(n)
    people = [struct.pack("<IB", rng.getrandbits(32), rng.getrandbits(8)) for _ in range(n)]
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(server, folder)
        try:
            gate, nothing, empty = redis("SCRIPT", "LOAD", GATE), redis("SCRIPT", "LOAD", "return 0"), redis.used()
            costs = []
            for time_n in range(TIMES):
                passed, us = one_way(redis, gate, people, 30000000 + APART * time_n)
                costs.append((us - one_way(redis, nothing, people, 0)[1]) / n)
                if passed != (n if time_n < TIMES - 1 else 0):
                    print(f"(time {time_n + 1}: {passed} of {n} passed; two may have one print)")
            usage = redis("MEMORY", "USAGE", "contacts", "SAMPLES", 0)
            return f"| {n:,} | {usage / n:.1f} | {(redis.used() - empty) / n:.1f} | " + " | ".join(f"{c:.2f}" for c in costs) + " |"
        finally:
            redis.process.terminate()
            redis.process.wait()


def texted_too_often(before, minute):
    """One in 24 hours, three in seven days, counted by the minutes at which somebody was texted before."""
    return any(minute - at < DAY for at in before) or sum(minute - at < WEEK for at in before) >= 3


def many_campaigns(server, n, campaigns, every):
    """All of them as often as campaigns come: who was texted too often, and how many texts there were."""
    rng = random.Random(n)
    people = [struct.pack("<IB", rng.getrandbits(32), rng.getrandbits(8)) for _ in range(n)]
    before, texts, wrong = [[] for _ in range(n)], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(server, folder)
        try:
            who, empty = redis("SCRIPT", "LOAD", WHO), redis.used()
            for minute in range(30000000, 30000000 + campaigns * every, every):
                for i in range(0, n, IN_A_CALL):
                    passed = redis("EVALSHA", who, 1, "contacts", b"".join(people[i:i + IN_A_CALL]), minute)
                    for row in (i + k for k, one in enumerate(passed) if one == ord("1")):
                        wrong += texted_too_often(before[row], minute)
                        before[row] = before[row][-2:] + [minute]
                        texts += 1
            usage = redis("MEMORY", "USAGE", "contacts", "SAMPLES", 0)
            return f"| {n:,} | {campaigns} | {every} | {texts:,} | {wrong} | {usage / n:.1f} | {(redis.used() - empty) / n:.1f} |"
        finally:
            redis.process.terminate()
            redis.process.wait()


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--server", default="redis-server")
    p.add_argument("--people", type=int, nargs="+", default=[1000, 400000, 1000000])
    p.add_argument("--campaigns", type=int, help="how many come to everybody")
    p.add_argument("--every", type=int, default=360, help="minutes from one to the next")
    a = p.parse_args()
    if not shutil.which(a.server):
        raise SystemExit(f"{a.server} is not on the PATH")
    if a.campaigns:
        print("| people | campaigns | every [min] | texts | above the cap | bytes a person (MEMORY USAGE) | (used_memory) |")
        print("|---|---|---|---|---|---|---|")
        for n in a.people:
            print(many_campaigns(a.server, n, a.campaigns, a.every), flush=True)
        return
    print(f"{a.server}; {IN_A_CALL} people in a call; µs of the server's CPU a person\n")
    print("| people | bytes a person (MEMORY USAGE) | (used_memory) | first text | second | third | left out |")
    print("|---|---|---|---|---|---|---|")
    for n in a.people:
        print(measure(a.server, n), flush=True)


main()
