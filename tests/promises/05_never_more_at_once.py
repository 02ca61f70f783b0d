#!/usr/bin/env python3
"""Never more requests at the provider than allowed, and as many while there is work, also where the ledger is far away; and
what a crash leaves unknown is bounded. The sink counts what it has read and not answered."""
import contextlib
import sys
import time

from house import check, equal, options, run, until
from proxy import Line, resp_end

ARGS = options(people=240, shared_people=9216)
IN_FLIGHT_MAX, LATENCY_S = 8, 0.2
REDIS_S = 0.03  # each reply is late by so much: a message waits for two of them


def the_window_is_full_and_not_fuller(house):
    sink = house.sink(latency_s=LATENCY_S)
    with contextlib.ExitStack() as stack:
        line = Line(str(house.folder / "redis.sock"), resp_end, delay=lambda: REDIS_S)
        stack.callback(line.stop)
        house.start_musterd(port=sink.port, redis={"url": f"redis://127.0.0.1:{line.port}/0"},
                            gateway={"rate_per_s": 1000, "in_flight_max": IN_FLIGHT_MAX})
        house.import_people(ARGS.people)
        campaign = house.launch()
        until(lambda: len(sink.requests) >= ARGS.people // 4, "the first quarter")  # by then it is known how slow Redis is
        began_s, began = sink.open_s, time.monotonic()
        until(lambda: len(sink.requests) >= ARGS.people - IN_FLIGHT_MAX, "nearly all of them")
        used = (sink.open_s - began_s) / (time.monotonic() - began) / IN_FLIGHT_MAX
        house.wait_status(campaign, "done")
    print(f"# {100 * used:.1f} % of the window used")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)
    equal(sink.at_once_most, IN_FLIGHT_MAX, "requests at the provider at once")
    check(used >= 0.8, f"only {100 * used:.1f} % of the window were used")


def a_crash_leaves_unknown_who_was_open(house):
    sink = house.sink(latency_s=LATENCY_S)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 1000, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: len(sink.requests) >= ARGS.people // 4, "the first quarter")
    daemon.kill()
    check(house.counts(campaign)["in_flight"] <= 2 * IN_FLIGHT_MAX, "twice as many as are at the provider are open")
    daemon.restart()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=2 * IN_FLIGHT_MAX)


def three_at_full_speed_share_the_work(house):
    """Each has a window of its own; none takes what another one could do."""
    window, latency_s = 32, 0.1
    sink = house.sink(latency_s=latency_s)
    for i in range(3):
        house.start_musterd(f"one{i}", port=sink.port, gateway={"rate_per_s": 20000, "in_flight_max": window})
    house.import_people(ARGS.shared_people)
    campaign = house.launch()
    until(lambda: sink.requests, "the first request")
    began = time.monotonic()
    house.wait_status(campaign, "done")
    used = sink.open_s / (time.monotonic() - began) / (3 * window)
    print(f"# {100 * used:.1f} % of three windows used")
    house.check_books(campaign, sink, ARGS.shared_people, unknown_max=0)
    check(sink.at_once_most <= 3 * window, f"{sink.at_once_most} requests at the provider at once")
    check(used >= 0.5, f"only {100 * used:.1f} % of three windows were used")


sys.exit(run(ARGS, the_window_is_full_and_not_fuller, a_crash_leaves_unknown_who_was_open,
             three_at_full_speed_share_the_work))
