#!/usr/bin/env python3
"""What campaigns cost that have nothing to do: half of them wait for their time, half run and have enough on the queue
(their gateway sends nothing). A musterd that leads and does nothing else, a private Redis. Prints Markdown: how much of a
processor each of the two uses, without campaigns and with them.

    bench/leader.py [--build DIR] [--campaigns N] [--seconds N]

Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import os
import pathlib
import sys
import time

import run
from world import house

# The same campaign under other ids, with its ledger and what of it is outstanding.
COPIES = """
for id = ARGV[3] + 0, ARGV[4] + 0 do
  for _, part in ipairs({'', ':l', ':o'}) do
    redis.call('COPY', ARGV[1] .. 'c:' .. ARGV[2] .. part, ARGV[1] .. 'c:' .. id .. part)
  end
  redis.call('ZADD', ARGV[1] .. 'campaigns', id, id)
  redis.call('SADD', ARGV[1] .. 'active', id)
  redis.call('ZADD', ARGV[1] .. 'due', 0, id)
end
return redis.call('SCARD', ARGV[1] .. 'active')
"""


def use(h, daemon, seconds):
    """Shares of a processor: musterd's, Redis'."""
    before = run.cpu_us(daemon.process.pid), run.cpu_us(h.redis_process.pid), time.monotonic()
    time.sleep(seconds)
    took_us = 1e6 * (time.monotonic() - before[2])
    return ((run.cpu_us(daemon.process.pid) - before[0]) / took_us, (run.cpu_us(h.redis_process.pid) - before[1]) / took_us)


def make(h, redis, campaigns):
    h.import_people(2048)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    h.launch(name="later", start=later)
    h.launch(name="now")
    h.wait_status(1, "scheduled")
    h.wait_status(2, "running")
    house.until(lambda: int(redis("ZCARD", "muster:c:2:o")) > 0, "blocks on the queue")
    half = campaigns // 2
    redis("EVAL", COPIES, "0", "muster:", "1", "3", str(half + 1))
    return redis("EVAL", COPIES, "0", "muster:", "2", str(half + 2), str(campaigns))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--campaigns", type=run.positive, default=2000)
    p.add_argument("--seconds", type=run.positive, default=60)
    a = p.parse_args()
    h = house.House(argparse.Namespace(source=str(run.ROOT), musterd=str(a.build / "src/app/musterd"),
                                       muster=str(a.build / "src/cli/muster")))
    try:
        daemon = h.start_musterd(port=1, roles=["web", "release"], queue={"lease_s": 30})
        nothing = use(h, daemon, a.seconds)
        active = make(h, h.redis, a.campaigns)
        time.sleep(2)  # each is looked at once
        with_them = use(h, daemon, a.seconds)
        house.equal(h.status(a.campaigns), "running", "the last campaign")
    finally:
        h.end()
    print(f"Commit `{run.commit()}` on {os.cpu_count()} × {run.processor()}, {a.seconds} s each.\n")
    print("| campaigns | of a processor, musterd | Redis |")
    print("|---:|---:|---:|")
    for n, (musterd_share, redis_share) in ((0, nothing), (active, with_them)):
        print(f"| {n:,} | {100 * musterd_share:.2f} % | {100 * redis_share:.2f} % |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
