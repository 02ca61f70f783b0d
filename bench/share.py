#!/usr/bin/env python3
"""A cascade: people open links in generations, each a link that somebody of the generation before got. The real musterd and a
private Redis that syncs every write; prints Markdown.

    bench/share.py [--build DIR] [--opens N] [--generations N] [--rate N]

Opens per second are those of one machine that also makes them. CPU is that of musterd and of Redis for each open.
Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import json
import pathlib
import random
import subprocess
import sys

import run
from links import SHARED, link
from world import house


def measure(a, h):
    sink = h.sink()
    daemon = h.start_musterd(port=sink.port, trusted_proxies=["127.0.0.0/8"], web={"visitor_per_s": 10000})
    h.import_people(1)
    campaign = h.launch()
    said = json.loads(h.muster("campaign", "share", campaign, "--title", "Vote today", "--text", "Pass it on!", "--json"))
    house.equal(said["address"].rsplit("/", 1)[1], link(SHARED, campaign, 1).decode(), "a link of our own making")
    print("| generation | opens | a second | p99, ms | musterd, µs an open | Redis, µs an open |")
    print("| --- | --- | --- | --- | --- | --- |")
    redis = int(dict(line.split(":", 1) for line in h.redis("INFO", "server").decode().splitlines() if ":" in line)["process_id"])
    first, last, each, total = 1, 1, a.opens // a.generations, 0
    for generation in range(1, a.generations + 1):
        links = h.folder / "links"
        links.write_bytes(b"\n".join(link(SHARED, campaign, random.randint(first, last)) for _ in range(min(each, 20000))) + b"\n")
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
