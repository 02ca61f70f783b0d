#!/usr/bin/env python3
"""kill -9 of musterd at random moments: none twice, none lost, unknown at most what was in flight.
--kills 1000 for a long evening."""
import random
import sys
import time

from house import check, options, run, until

ARGS = options(kills=20)
IN_FLIGHT_MAX, PEOPLE_PER_KILL = 32, 250  # nobody waits longer than 0.5 s for a kill, at 500 a second
OPEN_MAX = 2 * IN_FLIGHT_MAX  # granted and not recorded, at once


def kill_9_at_any_moment(house):
    people = max(2000, ARGS.kills * PEOPLE_PER_KILL)
    sink = house.sink(latency_s=0.02)
    daemon = house.start_musterd(port=sink.port, gateway={"rate_per_s": 500, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(people)
    campaign = house.launch()
    kills = 0
    while kills < ARGS.kills and house.status(campaign) != "done":
        time.sleep(random.uniform(0.0, 0.5))  # the moment is the point
        daemon.kill()
        kills += 1
        house.counts(campaign)
        daemon.restart()
    house.wait_status(campaign, "done", patience_s=60 + people / 250)
    print(f"# {kills} kills")
    check(kills == ARGS.kills, "the campaign lasted through all kills")
    house.check_books(campaign, sink, people, unknown_max=kills * OPEN_MAX)


def another_instance_takes_over(house):
    sink = house.sink(latency_s=0.02)
    first = house.start_musterd("first", port=sink.port, gateway={"rate_per_s": 500, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(2000)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 200, "the first requests")
    house.daemon = house.start_musterd("second", port=sink.port,
                                       gateway={"rate_per_s": 500, "in_flight_max": IN_FLIGHT_MAX})
    until(lambda: len(sink.requests) > 400, "more requests")
    first.kill()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 2000, unknown_max=OPEN_MAX)


sys.exit(run(ARGS, kill_9_at_any_moment, another_instance_takes_over))
