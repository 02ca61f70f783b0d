#!/usr/bin/env python3
"""Clocks that are wrong and clocks that are set, on the real parts: no sliding second at the gateway ever holds more
than the rate, nobody is texted twice, nobody is lost, allowed hours and deadlines are those of Redis' time. The sink
goes by the kernel's clock, which nobody sets here (clock_shim.c is between a process and its wall clock).

--shim FILE: clock_shim.so; --table FILE: the table as Markdown; MUSTER_LONG=1 for more jumps."""
import collections
import mmap
import os
import pathlib
import random
import re
import signal
import struct
import sys
import time

import zones
from house import FIRST_NUMBER, REDIS_SERVER, Skipped, check, equal, free_port, fullest_second, options, run, until

ARGS = options(shim="", table="", only="", jumps=40 if os.environ.get("MUSTER_LONG") else 4)
SHIM = os.path.abspath(ARGS.shim)  # meson names it from its build folder; redis-server runs in another one
RATE = 500
IN_FLIGHT_MAX = 32
OPEN_MAX = 2 * IN_FLIGHT_MAX  # granted and not recorded, at once
HOUR_S = 3600
DAY_S = 24 * HOUR_S
Row = collections.namedtuple("Row", "clock people rate fullest twice lost unknown")
TABLE = []


class Clock:
    """The clocks of one process, to be set at any time. ppm: its wall clock runs so much fast; mono_ppm: the others."""

    def __init__(self, house, name, offset_s=0.0, ppm=0, mono_ppm=0):
        self.path, self.offset_s = house.folder / f"{name}.clock", 0.0
        self.path.write_bytes(struct.pack("qqq", 0, ppm, mono_ppm))
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 24)
        self.set_by(offset_s)

    def set_by(self, seconds):
        self.offset_s += seconds
        self.memory[0:8] = struct.pack("q", round(self.offset_s * 1e9))

    def command(self):
        """What a program is started through, so that this is its clock."""
        return ("env", f"LD_PRELOAD={SHIM}", f"CLOCK_SHIM_FILE={self.path}")


def redis_on_a_clock(house, ppm=0):
    """Redis again, on a clock that can be set."""
    clock = Clock(house, "redis", ppm=ppm)
    house.kill_redis()
    house.redis_server = (*clock.command(), REDIS_SERVER)
    house.start_redis()
    clock.set_by(HOUR_S)
    shown = int(house.redis("TIME")[0]) - time.time()
    if abs(shown - HOUR_S) > 60:
        raise Skipped(f"{SHIM} does not reach redis-server's clock")
    clock.set_by(-HOUR_S)
    return clock


def start(house, name, sink, clock=None, **more):
    house.musterd_through = clock.command() if clock else ()
    gateway = {"rate_per_s": RATE, "in_flight_max": IN_FLIGHT_MAX}
    return house.start_musterd(name, port=sink.port, gateway=gateway, **more)


def fullest(sink, since=0.0, till=float("inf")):
    return fullest_second([r.at for r in sink.requests if since <= r.at < till])


def check_rate(what, seen, sink):
    check(sink.by_kernel, "the sink has the kernel's times")
    check(seen <= RATE, f"{what}: {seen} in a second, {RATE} are allowed")


def close_books(house, what, campaign, sink, people, unknown_max):
    states = collections.Counter(house.people(campaign).values())
    lost = people - sum(states.values()) + states["pending"] + states["in_flight"]
    TABLE.append(Row(what, people, RATE, fullest(sink), len(sink.twice()), lost, states["unknown"]))
    house.check_books(campaign, sink, people, unknown_max=unknown_max)
    check_rate(what, fullest(sink), sink)


def sent_for(sink, seconds):
    """Waits until the sink has seen that much work at the full rate since now."""
    wanted = len(sink.requests) + int(seconds * RATE)
    until(lambda: len(sink.requests) >= wanted, "the sending to go on")


# ---- Redis' clock is set while two dispatchers send ----

def set_by(house, clock, sink, jumps_s):
    """Returns, for each jump, when it was and the fullest second around it."""
    for seconds in jumps_s:
        sent_for(sink, random.uniform(1.2, 1.6))
        at = time.time()
        clock.set_by(seconds)
        sent_for(sink, 0.5)
        found = fullest(sink, at - 1.2, at + 2.2)
        print(f"# set by {seconds:+.3f} s: fullest second {found}, {len(sink.requests)} so far", flush=True)
        check_rate(f"Redis' clock set by {seconds:+.3f} s", found, sink)


def told_jumps(daemon, way):
    """[s] By how much its log says that Redis' clock was set that way: at least by so much it was."""
    return [float(ms) / 1000 for ms in re.findall(rf"Redis' clock was set {way} by ([0-9.]+) ms", daemon.log())]


def check_told(daemons, jump_s):
    """Whoever sends at that moment notices it; who has nothing to send need not."""
    told = [s for d in daemons for s in told_jumps(d, "forward" if jump_s > 0 else "back")]
    check(any(0.9 * abs(jump_s) < s <= abs(jump_s) for s in told), f"no log tells that the clock was set by {jump_s} s: {told}")


def blast_over(house, what, jumps_s):
    sink = house.sink(latency_s=0.02)
    clock = redis_on_a_clock(house)
    people = int(RATE * 2.2 * len(jumps_s)) + 500
    daemons = [start(house, name, sink) for name in ("one", "two")]
    house.import_people(people)
    campaign = house.launch()
    set_by(house, clock, sink, jumps_s)
    check(house.status(campaign) != "done", "the campaign was done before the last jump")
    house.wait_status(campaign, "done", patience_s=60)
    close_books(house, what, campaign, sink, people, len(jumps_s) * 2 * OPEN_MAX)
    return daemons


def redis_is_set_forward(house):
    blast_over(house, "Redis' clock +50 ms, +150 ms, +3 s, +1 h", [0.05, 0.15, 3, HOUR_S])


def redis_is_set_back(house):
    """Each time by much more than before: the log tells of the third, too."""
    daemons = blast_over(house, "Redis' clock -150 ms, -3 s, -1 h", [-0.15, -3, -HOUR_S])
    check_told(daemons, -HOUR_S)


def redis_is_set_at_random(house):
    jumps_s = [random.choice((-1, 1)) * 10 ** random.uniform(-2.2, 3.6) for _ in range(ARGS.jumps)]
    blast_over(house, f"Redis' clock set {ARGS.jumps} times by up to an hour", jumps_s)


def redis_is_slewed(house):
    """By a time server, as fast as it may: no jump, so nothing pauses."""
    sink = house.sink(latency_s=0.02)
    clock = redis_on_a_clock(house)
    people = RATE * 4
    daemons = [start(house, name, sink) for name in ("one", "two")]
    house.import_people(people)
    campaign = house.launch()
    while house.status(campaign) != "done":
        clock.set_by(500e-6 * 0.02)
        time.sleep(0.02)
    for daemon in daemons:
        check("clock was set" not in daemon.log(), f"{daemon.name} took it for a jump")
    close_books(house, "Redis' clock slewed by 500 ppm", campaign, sink, people, 0)


def redis_runs_fast(house):
    """Nobody can tell whose clock is right: less is sent by Redis' time, and something is."""
    sink = house.sink(latency_s=0.02)
    redis_on_a_clock(house, ppm=50000)
    people = RATE * 8
    for name in ("one", "two"):
        start(house, name, sink)
    house.import_people(people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    close_books(house, "Redis' clock 5 % fast", campaign, sink, people, 0)


# ---- machines with wrong clocks ----

def import_by_zone(house, people):
    """Half of them where it is noon by Redis' clock, half where it is night. Returns the numbers of those at noon."""
    folder = zones.make_folder(house)
    for name, clock_s in (("Test/Noon", 12 * HOUR_S), ("Test/Night", 22 * HOUR_S)):
        zones.write_zone(folder, name, clock_s)
    path = house.folder / "zoned.csv"
    numbers = [f"+{FIRST_NUMBER + 100000 + i}" for i in range(people)]
    with open(path, "w", encoding="utf-8") as out:
        out.write("phone,first_name,town,time_zone\n")
        for i, number in enumerate(numbers):
            out.write(f"{number},Ada{i},Town,{('Test/Noon', 'Test/Night')[i % 2]}\n")
    return numbers[::2]


def machines_with_wrong_clocks(house):
    """By the first clock it is midnight three days on where it is noon, and day where it is night; by the second, half a
    day and a day before. All clocks of the others are 5 % fast, and 5 % slow."""
    sink, people = house.sink(latency_s=0.02), RATE * 12
    awake = import_by_zone(house, 600)
    clocks = {"ahead": Clock(house, "ahead", 3.5 * DAY_S), "behind": Clock(house, "behind", -1.5 * DAY_S),
              "fast": Clock(house, "fast", ppm=50000, mono_ppm=50000),
              "slow": Clock(house, "slow", ppm=-50000, mono_ppm=-50000)}
    daemons = [start(house, name, sink, clock) for name, clock in clocks.items()]
    house.import_people(people)
    house.muster("audience", "import", house.folder / "zoned.csv", "--name", "zoned")
    deadline = time.time() + HOUR_S
    campaign = house.launch(deadline=zones.iso(deadline))
    zoned = house.launch("zoned", "zoned", hours="09:00-20:30")
    house.wait_status(campaign, "done")
    until(lambda: house.counts(zoned)["accepted"] == len(awake), "those whose day it is")
    zoned_people = set(house.people(zoned))
    equal({r.to for r in sink.requests if r.to in zoned_people}, set(awake), "who was texted at noon")
    equal(house.counts(zoned)["pending"], len(awake), "those whose night it is")
    house.muster("campaign", "cancel", zoned)
    for daemon in daemons:
        check("no longer ours" not in daemon.log(), f"{daemon.name} lost a lease")
        check(any(daemon.url in r.query["StatusCallback"] for r in sink.requests), f"{daemon.name} sends, too")
    states, taken = house.people(campaign), {r.to for r in sink.requests}
    equal(collections.Counter(states.values()), {"accepted": people}, "states")
    check(set(states) <= taken, "all of them were texted")
    check_rate("wrong clocks", fullest(sink), sink)
    TABLE.append(Row("musterd's +3.5 days, -1.5 days, 5 % fast, 5 % slow", people, RATE, fullest(sink), len(sink.twice()), 0, 0))
    equal(sink.twice(), [], "texted twice")


def a_machine_is_set(house):
    """Its own wall clock, while it sends: nothing of the sending goes by that."""
    sink, people = house.sink(latency_s=0.02), RATE * 8
    clock = Clock(house, "one")
    daemons = [start(house, "one", sink, clock), start(house, "two", sink)]
    house.import_people(people)
    campaign = house.launch()
    for seconds in (HOUR_S, -2 * HOUR_S, 30 * DAY_S, -31 * DAY_S):
        sent_for(sink, 1)
        clock.set_by(seconds)
    house.wait_status(campaign, "done")
    for daemon in daemons:
        check("no longer ours" not in daemon.log(), f"{daemon.name} lost a lease")
        equal(told_jumps(daemon, "forward") + told_jumps(daemon, "back"), [], f"{daemon.name} takes it for Redis' clock")
    close_books(house, "a machine's +1 h, -2 h, +30 days, -31 days", campaign, sink, people, 0)


def a_deadline_by_wrong_clocks(house):
    """In an hour, when it is launched; then Redis' clock is set to just before it."""
    sink, people = house.sink(latency_s=0.02), RATE * 12
    redis = redis_on_a_clock(house)
    for name, offset_s in (("ahead", 3 * DAY_S), ("behind", -DAY_S)):
        start(house, name, sink, Clock(house, name, offset_s))
    house.import_people(people)
    deadline = int(time.time()) + HOUR_S
    campaign = house.launch(deadline=zones.iso(deadline))
    sent_for(sink, 1.5)
    redis.set_by(deadline - time.time() - 3)
    ends = deadline - redis.offset_s
    house.wait_status(campaign, "expired")
    until(lambda: house.settled(campaign), "everybody to be settled")
    last = max(r.at for r in sink.requests)
    check(last < ends, f"a text {last - ends:.3f} s after the deadline")
    house.check_books(campaign, sink, people, unknown_max=2 * OPEN_MAX, lost=("expired",))
    check_rate("a deadline", fullest(sink), sink)


# ---- what a dead dispatcher had ----

def holds_it(house):
    """It is in its hands, and not on its way: of a request that may have left nobody knows, and it is not sent again by guess. That is asked
    for last: what a stopped process had said to Redis is done by then."""
    return (house.redis("HGETALL", "muster:c:0:b") and house.redis("GET", "muster:q:reply:clock")
            and house.redis("HGET", "muster:c:0", "n0") == b"1")


def stands_with_it(house, daemon):
    """Whether it is stopped in such a moment; else it goes on until the next one."""
    if not holds_it(house):
        return False
    daemon.process.send_signal(signal.SIGSTOP)
    if holds_it(house):
        return True
    daemon.process.send_signal(signal.SIGCONT)
    return False


def a_dead_one_s_message_when_redis_is_set_back(house):
    """A message to one person, in the hands of somebody who is dead: others take it over, and not in an hour."""
    redis, sink = redis_on_a_clock(house), house.sink()
    gateway = {"rate_per_s": RATE, "connect_ms": 500}
    dead = house.start_musterd("dead", port=free_port(), gateway=gateway)
    house.import_people(1)
    path = house.folder / "test.yaml"
    path.write_text('{"name": "test", "audience": "members", "gateway": "main", "hours": "any", "text": "Hello"}')
    house.muster("campaign", "test", path, "--to", "+447700900123")
    until(lambda: stands_with_it(house, dead), "somebody to have it, and the queue to have looked at the clock")
    dead.kill()
    redis.set_by(-HOUR_S)
    house.daemon = start(house, "other", sink)
    until(lambda: sink.seen()["+447700900123"], "the message")


TESTS = (redis_is_set_forward, redis_is_set_back, redis_is_set_at_random, redis_is_slewed, redis_runs_fast,
         machines_with_wrong_clocks, a_machine_is_set, a_deadline_by_wrong_clocks,
         a_dead_one_s_message_when_redis_is_set_back)


def table():
    yield "| " + " | ".join(Row._fields) + " |"
    yield "|---|" + "---:|" * (len(Row._fields) - 1)
    for row in TABLE:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) + " |"


def main():
    code = run(ARGS, *[test for test in TESTS if ARGS.only in test.__name__])
    for line in table():
        print("# " + line)
    if ARGS.table:
        pathlib.Path(ARGS.table).write_text("\n".join(table()) + "\n", encoding="utf-8")
    return code


sys.exit(main())
