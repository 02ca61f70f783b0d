#!/usr/bin/env python3
"""A cascade: people open links in generations, each a link that somebody of the generation before got. The real musterd and a
private Redis that syncs every write; prints Markdown.

    bench/share.py [--build DIR] [--opens N] [--generations N] [--rate N]

Opens per second are those of one machine that also makes them. CPU is that of musterd and of Redis for each open.
Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import hashlib
import json
import pathlib
import random
import struct
import subprocess
import sys

import run
import world
from world import house


def siphash(key, text):
    """SipHash-2-4: links of our own making, to be opened."""
    mask = 2**64 - 1

    def turn(x, by):
        return (x << by | x >> 64 - by) & mask
    k0, k1 = struct.unpack("<QQ", key)
    a, b, c, d = k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573
    text += b"\0" * (7 - len(text) % 8) + bytes([len(text) & 255])
    for word in [*struct.unpack(f"<{len(text) // 8}Q", text), None]:
        d, rounds = (d ^ word, 2) if word is not None else (d, 4)
        c ^= 255 if word is None else 0
        for _ in range(rounds):
            a, c = (a + b) & mask, (c + d) & mask
            b, d, a = turn(b, 13) ^ a, turn(d, 16) ^ c, turn(a, 32)
            c, a = (c + b) & mask, (a + d) & mask
            b, d, c = turn(b, 17) ^ c, turn(d, 21) ^ a, turn(c, 32)
        a ^= word or 0
    return struct.pack("<Q", a ^ b ^ c ^ d)


def link(key, campaign, number):
    plain = struct.pack(">BII", 3, campaign, number)
    return world.base64.urlsafe_b64encode(plain + siphash(key, plain)).rstrip(b"=")


def measure(a, h):
    sink = h.sink()
    daemon = h.start_musterd(port=sink.port, trusted_proxies=["127.0.0.0/8"], web={"visitor_per_s": 10000})
    h.import_people(1)
    campaign = h.launch()
    said = json.loads(h.muster("campaign", "share", campaign, "--title", "Vote today", "--text", "Pass it on!", "--json"))
    key = hashlib.blake2b(b"muster link", key=house.SECRET.encode(), digest_size=16).digest()
    house.equal(said["address"].rsplit("/", 1)[1], link(key, campaign, 1).decode(), "a link of our own making")
    print("| generation | opens | a second | p99, ms | musterd, µs an open | Redis, µs an open |")
    print("| --- | --- | --- | --- | --- | --- |")
    redis = int(dict(line.split(":", 1) for line in h.redis("INFO", "server").decode().splitlines() if ":" in line)["process_id"])
    first, last, each, total = 1, 1, a.opens // a.generations, 0
    for generation in range(1, a.generations + 1):
        links = h.folder / "links"
        links.write_bytes(b"\n".join(link(key, campaign, random.randint(first, last)) for _ in range(min(each, 20000))) + b"\n")
        before = [run.cpu_us(daemon.process.pid), run.cpu_us(redis)]
        done = subprocess.run([a.build / "bench/load", "-n", str(each), "-c", "512", "-r", str(a.rate), "-i", str(total), "-l", links, "opens",
                               daemon.url + "/s/"], capture_output=True, text=True, check=False)
        house.check(done.returncode == 0, done.stdout + done.stderr)
        found, after = json.loads(done.stdout), [run.cpu_us(daemon.process.pid), run.cpu_us(redis)]
        first, last, total = last + 1, last + each, total + each
        print(f"| {generation} | {each:,} | {found['per_second']:,.0f} | {found['p99_ms']:.1f} | "
              f"{(after[0] - before[0]) / each:.1f} | {(after[1] - before[1]) / each:.1f} |", flush=True)
    now = json.loads(h.muster("campaign", "share", campaign, "--json"))
    house.equal((now["opens"], now["links"], now["deepest"]), (total, total, a.generations), "all are counted")
    keys = h.redis("KEYS", f"muster:c:{campaign}:links:*")
    kept = sum(h.redis("MEMORY", "USAGE", k) for k in keys)
    print(f"\n{kept / total:.1f} bytes a link in Redis ({len(keys)} strings); musterd at its largest {run.rss_peak_kb(daemon.process.pid) / 1024:.1f} MB.")


def main():
    p = argparse.ArgumentParser(description="What a cascade costs.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--opens", type=int, default=400000)
    p.add_argument("--generations", type=int, default=6)
    p.add_argument("--rate", type=int, default=0, help="opens a second; 0: as many as will go")
    a = p.parse_args()
    h = house.House(argparse.Namespace(source=str(run.ROOT), musterd=str(a.build / "src/app/musterd"),
                                       muster=str(a.build / "src/cli/muster")))
    try:
        measure(a, h)
    except house.Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        h.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
