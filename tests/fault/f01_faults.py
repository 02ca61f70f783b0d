#!/usr/bin/env python3
"""Faults at random moments of a running blast, on the real parts: after each, totals balance, nobody was texted twice,
nobody is lost, and no more are unknown than could be in flight. All of it is one table at the end.

--queue redis|kafka: only the faults over that queue; --table FILE: the table as Markdown; --kills 1000 --redis-kills 100
--kafka-kills 50 for a long evening, or MUSTER_LONG=1 for that of every fault (then `meson test -t 0`)."""
import collections
import contextlib
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import lib  # noqa: E402 pylint: disable=wrong-import-position
from proxy import CUTS, Proxy  # noqa: E402 pylint: disable=wrong-import-position

LONG = bool(os.environ.get("MUSTER_LONG"))
ARGS = lib.options(queue="", table="", only="", kills=1000 if LONG else 30, redis_kills=100 if LONG else 5,
                   kafka_kills=50 if LONG else 2, rounds=10 if LONG else 1, cuts=200 if LONG else 24)
IN_FLIGHT_MAX = 32
ZOMBIE_LEASE_S = 5  # the least
ZOMBIE_RESPONSE_MS = 30000  # the answers that came while it was stopped are not too late for it
REDIS_STOPPED_S = 7  # over the five seconds that a command may take
Row = collections.namedtuple("Row", "fault rounds people twice lost unknown bound")
TABLE = []


# ---- the books ----

def people_lost(house, campaign, sink, people):
    """Who is nowhere, unsettled, or said to be accepted by a gateway that never saw them."""
    states = house.people(campaign)
    taken = {to for to, _ in sink.taken}
    lost = {number for number, state in states.items()
            if state in ("pending", "in_flight") or (state == "accepted" and number not in taken)}
    return states, people - len(states) + len(lost)


def close_books(house, fault, rounds, campaign, sink, people, bound):
    """The fault's row of the table, and then the check."""
    states, lost = people_lost(house, campaign, sink, people)
    unknown = sum(state == "unknown" for state in states.values())
    TABLE.append(Row(fault, rounds, people, len(sink.twice()), lost, unknown, bound))
    house.check_books(campaign, sink, people, unknown_max=bound)


def table():
    yield "| " + " | ".join(Row._fields) + " |"
    yield "|---|" + "---:|" * (len(Row._fields) - 1)
    for row in TABLE:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) + " |"


# ---- what the faults have in common ----

def some_time(least_s, most_s):
    time.sleep(random.uniform(least_s, most_s))  # the moment is the point


def start(house, name, sink, rate=500, response_ms=5000, **more):
    gateway = {"rate_per_s": rate, "in_flight_max": IN_FLIGHT_MAX, "response_ms": response_ms}
    return house.start_musterd(name, port=sink.port, gateway=gateway, **more)


def blast(house, people):
    house.import_people(people)
    return house.launch()


def lasting(house, campaign, rounds):
    """The rounds, as long as there is something to disturb."""
    for n in range(1, rounds + 1):
        lib.check(house.status(campaign) != "done", f"the campaign was done before round {n} of {rounds}")
        yield n


def goes_on(house, campaign, sink, more=20):
    before = len(sink.requests)
    lib.until(lambda: len(sink.requests) >= before + more or house.settled(campaign), "the sending to go on", 40)


def finish(house, campaign, people, rate):
    house.wait_status(campaign, "done", patience_s=60 + 2 * people / rate)


# ---- musterd ----

def kill_9_of_musterd(house):
    people = max(2000, ARGS.kills * 150)
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.kills):
        some_time(0.0, 0.5)
        daemon.kill()
        house.counts(campaign)
        daemon.restart()
    finish(house, campaign, people, 500)
    close_books(house, "kill -9 of musterd", ARGS.kills, campaign, sink, people, ARGS.kills * IN_FLIGHT_MAX)


def one_of_three_dispatchers_is_killed(house):
    people = 1500 + 1500 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    daemons = [start(house, name, sink) for name in ("one", "two", "three")]
    campaign = blast(house, people)
    for n in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 200)
        some_time(0.0, 1.0)
        victim = daemons[n % 3]
        victim.kill()
        house.counts(campaign)
        if n < ARGS.rounds:  # the last one stays dead
            some_time(0.0, 1.0)
            victim.restart()
    house.daemon = next(d for d in daemons if d.process.poll() is None)
    finish(house, campaign, people, 500)
    close_books(house, "kill -9 of one of three dispatchers", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * IN_FLIGHT_MAX)


def check_silent(sink, zombie, states, since):
    """What the zombie sent since it came back went to people who were nobody's then."""
    for request in list(sink.requests):
        if request.at >= since and zombie.url in request.query["StatusCallback"]:
            lib.check(states[request.to] == "pending", f"the zombie texted somebody who was {states[request.to]}")


def zombies(house, fault, **queue):
    """Stopped for longer than its lease while it has batches; comes back when another has taken them over."""
    rounds, rate = 2 * ARGS.rounds, 200
    people = 2500 * rounds
    sink = house.sink(latency_s=0.2)
    queue = dict({"lease_s": ZOMBIE_LEASE_S}, **queue)
    zombie = start(house, "zombie", sink, rate, ZOMBIE_RESPONSE_MS, queue=queue)
    house.daemon = start(house, "other", sink, rate, ZOMBIE_RESPONSE_MS, queue=queue)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, rounds):
        lib.until(lambda: sent_since(sink, zombie, time.time() - 1) > 20, "the zombie to be sending")
        some_time(0.0, 0.5)
        before = house.counts(campaign)["unknown"]
        zombie.process.send_signal(signal.SIGSTOP)
        lib.until(lambda: house.counts(campaign)["unknown"] > before, "what it had in flight to be unknown")
        some_time(0.0, 1.0)
        states, back = house.people(campaign), time.time()
        zombie.process.send_signal(signal.SIGCONT)
        goes_on(house, campaign, sink, 2 * rate)
        check_silent(sink, zombie, states, back)
    finish(house, campaign, people, rate)
    close_books(house, fault, rounds, campaign, sink, people, rounds * IN_FLIGHT_MAX)


def sent_since(sink, daemon, since):
    return sum(1 for r in sink.requests[-1000:] if r.at >= since and daemon.url in r.query["StatusCallback"])


def zombies_over_redis(house):
    zombies(house, "SIGSTOP beyond the lease, SIGCONT")


# ---- Redis ----

def kill_9_of_redis(house):
    people = 1500 + ARGS.redis_kills * 400
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.redis_kills):
        some_time(0.1, 1.0)
        house.kill_redis()
        some_time(0.0, 0.3)
        house.start_redis()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    lib.check(daemon.process.poll() is None, "musterd is still the same process")
    close_books(house, "kill -9 of redis-server", ARGS.redis_kills, campaign, sink, people, ARGS.redis_kills * IN_FLIGHT_MAX)


@contextlib.contextmanager
def proxy_to_redis(house, **how):
    proxy = Proxy(str(house.folder / "redis.sock"), **how)
    try:
        yield proxy
    finally:
        proxy.stop()


def cut_at_the_nth_reply(house):
    people = 1000 + ARGS.cuts * 150
    sink = house.sink(latency_s=0.02)
    with proxy_to_redis(house) as proxy:
        start(house, "one", sink, 400, redis={"url": f"redis://127.0.0.1:{proxy.port}/0"})
        campaign = blast(house, people)
        for n in lasting(house, campaign, ARGS.cuts):
            proxy.cut(1 + n // len(CUTS), CUTS[n % len(CUTS)])
            lib.until(proxy.was_cut.is_set, "the cut")
            goes_on(house, campaign, sink, random.randrange(1, 50))
        finish(house, campaign, people, 400)
        close_books(house, "connection to Redis cut at the n-th reply", ARGS.cuts, campaign, sink, people,
                    ARGS.cuts * IN_FLIGHT_MAX)


def slow_redis(house):
    people = 250 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    with proxy_to_redis(house, delay=lambda: random.uniform(0.05, 0.5)) as proxy:
        start(house, "one", sink, redis={"url": f"redis://127.0.0.1:{proxy.port}/0"})
        campaign = blast(house, people)
        finish(house, campaign, people, 50)
        close_books(house, "every reply of Redis 50 to 500 ms late", proxy.replies, campaign, sink, people, 0)


def redis_is_stopped_for_a_while(house):
    people = 1000 + 800 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        some_time(0.0, 0.5)
        house.redis_process.send_signal(signal.SIGSTOP)
        time.sleep(REDIS_STOPPED_S)
        house.redis_process.send_signal(signal.SIGCONT)
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, f"Redis stopped for {REDIS_STOPPED_S} s", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * IN_FLIGHT_MAX)


def fill_disk(house):
    """Redis' append-only file may grow a little more, and then no further."""
    size = max(path.stat().st_size for path in house.folder.glob("appendonlydir/*.incr.aof"))
    limit_files(house, size + random.randrange(1, 20000))


def limit_files(house, limit):
    resource.prlimit(house.redis_process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def start_redis_on_a_disk(house, *settings):
    """One that gets an error from a full disk, not a signal."""
    house.kill_redis()
    house.redis_server = ("env", "--ignore-signal=XFSZ", "redis-server")
    house.start_redis(*settings)


def disk_of_redis_is_full(house):
    """With appendfsync always, Redis ends itself then; it is started again when there is room."""
    people = 1000 + 1000 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start_redis_on_a_disk(house)
    start(house, "one", sink, 300)
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        fill_disk(house)
        lib.until(lambda: house.redis_process.poll() is not None, "Redis to find the disk full")
        some_time(0.0, 1.0)
        house.redis.close()
        house.start_redis()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, "disk of Redis full (appendfsync always)", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * IN_FLIGHT_MAX)


def disk_of_redis_is_full_for_a_while(house):
    """With appendfsync everysec, Redis stays and refuses every write. (musterd wants to be told that this is unsafe.)"""
    people = 1000 + 1000 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    start_redis_on_a_disk(house, "--appendfsync", "everysec")
    start(house, "one", sink, 300, redis={"url": f"unix:{house.folder}/redis.sock", "unsafe": True})
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.rounds):
        goes_on(house, campaign, sink, 100)
        fill_disk(house)
        lib.until(lambda: refuses_writes(house), "Redis to find the disk full")
        some_time(0.5, 2.0)
        limit_files(house, resource.RLIM_INFINITY)
        lib.until(lambda: not refuses_writes(house), "Redis to find room")
        goes_on(house, campaign, sink)
    finish(house, campaign, people, 300)
    close_books(house, "disk of Redis full (appendfsync everysec)", ARGS.rounds, campaign, sink, people,
                ARGS.rounds * IN_FLIGHT_MAX)


def refuses_writes(house):
    return b"aof_last_write_status:err" in house.redis("INFO", "persistence")


# ---- Kafka ----

class Broker:
    """Apache Kafka; it is killed with its starter, and continues in its folder on its port."""

    def __init__(self, house):
        for tool in ("java", "mvn"):
            if not shutil.which(tool):
                raise lib.Skipped(f"no {tool} here: Kafka cannot be had")
        self.house, self.folder = house, house.folder / "kafka"
        self.script = os.path.join(ARGS.source, "tests/kafka/broker")
        self.starts = 0
        self.address = self.start()

    def start(self):
        self.starts += 1
        port = self.house.folder / f"kafka.{self.starts}.port"
        process = self.house.spawn("kafka", self.script, "start", "--dir", self.folder, "--port-file", port, "--foreground")

        def there():
            lib.check(process.poll() is None, "the broker ended")
            return port.exists()
        lib.until(there, "the broker")
        return "127.0.0.1:" + port.read_text().strip()

    def kill(self):
        subprocess.run([self.script, "stop", "--dir", self.folder, "--kill"], check=True)

    def queue(self, **more):
        return dict({"kind": "kafka", "kafka": {"brokers": self.address, "partitions": 4}}, **more)


def kill_9_of_kafka(house):
    people, rate = 1000 + 2000 * ARGS.kafka_kills, 200
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, rate, queue=broker.queue(lease_s=5))
    campaign = blast(house, people)
    for _ in lasting(house, campaign, ARGS.kafka_kills):
        goes_on(house, campaign, sink)
        some_time(0.0, 2.0)
        broker.kill()
        some_time(0.0, 1.0)
        broker.start()
        goes_on(house, campaign, sink)
    finish(house, campaign, people, rate)
    lib.check(daemon.process.poll() is None, "musterd is still the same process")
    close_books(house, "kill -9 of the Kafka broker", ARGS.kafka_kills, campaign, sink, people,
                ARGS.kafka_kills * IN_FLIGHT_MAX)


def kill_9_of_musterd_over_kafka(house):
    people, kills = 1000 + 1000 * ARGS.kafka_kills, ARGS.kafka_kills
    broker = Broker(house)
    sink = house.sink(latency_s=0.02)
    daemon = start(house, "one", sink, 300, queue=broker.queue(lease_s=5))
    campaign = blast(house, people)
    for _ in lasting(house, campaign, kills):
        goes_on(house, campaign, sink)
        some_time(0.0, 1.0)
        daemon.kill()
        daemon.restart()
    finish(house, campaign, people, 300)
    close_books(house, "kill -9 of musterd, over Kafka", kills, campaign, sink, people, kills * IN_FLIGHT_MAX)


def zombies_over_kafka(house):
    zombies(house, "SIGSTOP beyond the lease, SIGCONT, over Kafka", **Broker(house).queue())


# ---- main ----

FAULTS = {
    "redis": (kill_9_of_musterd, one_of_three_dispatchers_is_killed, zombies_over_redis, kill_9_of_redis,
              cut_at_the_nth_reply, slow_redis, redis_is_stopped_for_a_while, disk_of_redis_is_full,
              disk_of_redis_is_full_for_a_while),
    "kafka": (kill_9_of_kafka, kill_9_of_musterd_over_kafka, zombies_over_kafka),
}


def main():
    faults = [f for kind, of_kind in FAULTS.items() for f in of_kind
              if ARGS.queue in ("", kind) and ARGS.only in f.__name__]
    code = lib.run(ARGS, *faults)
    for line in table():
        print("# " + line)
    if ARGS.table:
        pathlib.Path(ARGS.table).write_text("\n".join(table()) + "\n", encoding="utf-8")
    return code


sys.exit(main())
