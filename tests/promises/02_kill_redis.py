#!/usr/bin/env python3
"""kill -9 of redis-server in the middle: what it said is on the disk, what it did not say is not guessed."""
import random
import sys
import time

from house import check, options, run, until

ARGS = options(kills=5)
IN_FLIGHT_MAX = 32
OPEN_MAX = 2 * IN_FLIGHT_MAX  # granted and not recorded, at once


def redis_is_killed_and_started_again(house):
    people = 1500 + ARGS.kills * 400
    sink = house.sink(latency_s=0.02)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 300, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(people)
    campaign = house.launch()
    kills = 0
    while kills < ARGS.kills and house.status(campaign) != "done":
        time.sleep(random.uniform(0.1, 1.0))  # the moment is the point
        house.kill_redis()
        time.sleep(random.uniform(0.0, 0.3))
        house.start_redis()
        kills += 1
        before = len(sink.requests)
        until(lambda: len(sink.requests) > before or house.settled(campaign), "the sending to go on")
    check(kills == ARGS.kills, "the campaign lasted through all kills")
    house.wait_status(campaign, "done")
    check(daemon.process.poll() is None, "musterd is still the same process")
    house.check_books(campaign, sink, people, unknown_max=kills * OPEN_MAX)


def both_are_killed_at_once(house):
    sink = house.sink(latency_s=0.02)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 500, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(1500)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 300, "the first requests")
    house.kill_redis()
    daemon.kill()
    house.start_redis()
    daemon.restart()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 1500, unknown_max=OPEN_MAX)


sys.exit(run(ARGS, redis_is_killed_and_started_again, both_are_killed_at_once))
