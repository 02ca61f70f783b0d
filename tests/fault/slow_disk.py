#!/usr/bin/env python3
"""Disks that are slow all the time, as a rented one is whose burst is used up. It goes slowly, and it goes on: everybody is texted once, and never
more in a second than is allowed. (A disk that took more than a quarter second made every grant miss its slot: nothing left, for ever.)

--shim FILE: slow_disk_shim.so."""
import os
import sys

from house import REDIS_SERVER, check, equal, fullest_second, options, run

ARGS = options(shim="")
SHIM = os.path.abspath(ARGS.shim)  # meson names it from its build folder; redis-server runs in another one
PEOPLE, RATE = 150, 100


def slow(ms):
    """What a program is started through, so that its disk is slow."""
    return ("env", f"LD_PRELOAD={SHIM}", f"SLOW_DISK_MS={ms}")


def slow_redis(house, ms):
    house.kill_redis()
    house.redis_server = (*slow(ms), REDIS_SERVER)
    house.start_redis()


def blast(house):
    sink = house.sink()
    house.start_musterd("one", port=sink.port, gateway={"rate_per_s": RATE})
    house.import_people(PEOPLE)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, PEOPLE, unknown_max=0)
    equal(len(sink.requests), PEOPLE, "requests")
    fullest = fullest_second([r.at for r in sink.requests])
    check(fullest <= RATE, f"{fullest} in a second, {RATE} are allowed")


def the_disk_of_musterd(house):
    house.musterd_through = slow(500)
    blast(house)


def both_disks(house):
    slow_redis(house, 250)
    house.musterd_through = slow(250)
    blast(house)


sys.exit(run(ARGS, the_disk_of_musterd, both_disks))
