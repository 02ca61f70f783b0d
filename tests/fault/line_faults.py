"""The lines to Redis and to the gateway are cut at any place, slow, or silent."""
import contextlib
import random
import time

from faults import (ARGS, IN_FLIGHT_MAX, OPEN_MAX, blast, check_silent, close_books, finish, goes_on, lasting, sent_since,
                    some_time, start, through)
from house import check, until
from proxy import CUTS, Line, http_end, resp_end

LEASE_S = 5
SILENT_S = 6
RESPONSE_MS = 2000


@contextlib.contextmanager
def line_to(target, end, **how):
    line = Line(target, end, **how)
    try:
        yield line
    finally:
        line.stop()


def line_to_redis(house, **how):
    return line_to(str(house.folder / "redis.sock"), resp_end, **how)


def cut_all_over(house, campaign, sink, line):
    for n in lasting(house, campaign, ARGS.cuts):
        line.cut(1 + n // len(CUTS), CUTS[n % len(CUTS)])
        until(line.was_cut.is_set, "the cut")
        goes_on(house, campaign, sink, random.randrange(1, 50))


def cut_from_redis(house):
    people = 1000 + ARGS.cuts * 100
    sink = house.sink(latency_s=0.02)
    with line_to_redis(house) as line:
        start(house, "one", sink, 400, redis=through(line))
        campaign = blast(house, people)
        cut_all_over(house, campaign, sink, line)
        finish(house, campaign, people, 400)
        close_books(house, "line to Redis cut in or at the n-th request or reply", ARGS.cuts, campaign, sink, people,
                    ARGS.cuts * OPEN_MAX)


def cut_from_the_gateway(house):
    """A cut costs the one request that it hits."""
    people = 1000 + ARGS.cuts * 100
    sink = house.sink(latency_s=0.02)
    with line_to(sink.port, http_end) as line:
        start(house, "one", sink, 400, port=line.port)
        campaign = blast(house, people)
        cut_all_over(house, campaign, sink, line)
        finish(house, campaign, people, 400)
        close_books(house, "line to the gateway cut in or at the n-th request or answer", ARGS.cuts, campaign, sink, people,
                    ARGS.cuts)


def slow_redis(house):
    people = 150 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    with line_to_redis(house, delay=lambda: random.uniform(0.05, 0.5)) as line:
        start(house, "one", sink, redis=through(line))
        campaign = blast(house, people)
        finish(house, campaign, people, 50)
        close_books(house, "every reply of Redis 50 to 500 ms late", line.replies, campaign, sink, people, 0)


def silent_gateway(house):
    """Neither answers nor closes; afterwards all that was said arrives. Besides what is in flight there are those who
    went in place of the seven that may fail before it is left alone, and one request at a time that asks whether it is
    back."""
    people = 500 + 1000 * ARGS.rounds
    sink = house.sink(latency_s=0.02)
    with line_to(sink.port, http_end) as line:
        start(house, "one", sink, 300, RESPONSE_MS, port=line.port)
        campaign = blast(house, people)
        for _ in lasting(house, campaign, ARGS.rounds):
            goes_on(house, campaign, sink, 100)
            line.silence()
            some_time(SILENT_S, SILENT_S + 1)
            line.speak()
            goes_on(house, campaign, sink, 100)
        finish(house, campaign, people, 300)
        close_books(house, f"line to the gateway silent for {SILENT_S} s", ARGS.rounds, campaign, sink, people,
                    ARGS.rounds * (IN_FLIGHT_MAX + 7 + SILENT_S))


def holds(house, campaign, daemon):
    """Whether some batch was last leased by it."""
    flat = house.redis("HGETALL", f"muster:c:{campaign}:b")
    return any(lease.startswith(f"{daemon.name} ".encode()) for lease in flat[1::2])


def cut_off_from_redis(house, fault, *which):
    """One of three is alone with the gateway for longer than its lease, and then hears everything at once."""
    rounds, rate = ARGS.rounds, 300
    people = 4000 * rounds
    sink = house.sink(latency_s=0.2)
    with line_to_redis(house) as line:
        alone = start(house, "alone", sink, rate, redis=through(line))
        house.daemon = start(house, "two", sink, rate)
        start(house, "three", sink, rate)
        campaign = blast(house, people)
        for _ in lasting(house, campaign, rounds):
            until(lambda: sent_since(sink, alone, time.time() - 1) > 20, "it to be sending")
            some_time(0.0, 0.5)
            line.silence(*which)
            lease_ends = time.time() + LEASE_S
            until(lambda: not holds(house, campaign, alone), "another to take over what it had")
            until(lambda: time.time() > lease_ends, "the end of its lease")
            states, back = house.people(campaign), time.time()
            late = [r for r in list(sink.requests) if r.at >= lease_ends and alone.url in r.query["StatusCallback"]]
            check(not late, f"{len(late)} requests from it after its lease")
            line.speak()
            goes_on(house, campaign, sink, rate)
            check_silent(sink, alone, states, back)
        finish(house, campaign, people, rate)
        close_books(house, fault, rounds, campaign, sink, people, rounds * OPEN_MAX)


def one_of_three_is_cut_off_from_redis(house):
    cut_off_from_redis(house, "one of three silent to Redis beyond its lease")


def one_of_three_hears_nothing_of_redis(house):
    cut_off_from_redis(house, "one of three deaf to Redis beyond its lease", "reply")


FAULTS = (cut_from_redis, cut_from_the_gateway, slow_redis, silent_gateway, one_of_three_is_cut_off_from_redis,
          one_of_three_hears_nothing_of_redis)
