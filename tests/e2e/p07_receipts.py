#!/usr/bin/env python3
"""Receipts find their people, whatever became of the answers."""
import json
import sys
import urllib.request

import lib

ARGS = lib.options(people=1000)


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/stats", timeout=10) as answer:
        return json.load(answer)


def run_campaign(house, *sim, **gateway):
    port = house.start_sim("--receipt-delay-ms", "10", "--receipt-jitter-ms", "400", *sim)
    house.start_musterd(port=port, gateway=gateway)
    house.import_people(ARGS.people)
    return port, house.launch()


def all_receipts_in(house, port, campaign):
    def there():
        house.counts(campaign)
        return house.settled(campaign) and stats(port)["posts_pending"] == 0
    lib.until(there, "the last receipt")


def everybody_gets_a_receipt(house):
    port, campaign = run_campaign(house, "--receipts", "delivered:0.8,undelivered:0.2", "--receipt-steps", "yes")
    all_receipts_in(house, port, campaign)
    counts = house.counts(campaign)
    lib.equal(counts["delivered"] + counts["undelivered"], ARGS.people, f"settled by receipts, of {counts}")
    lib.check(counts["delivered"] > counts["undelivered"] > 0, f"both happened: {counts}")
    lib.equal(stats(port)["duplicates"], 0, "duplicates")


def a_receipt_settles_unknown(house):
    """Of some the answer is lost although they were taken, of others the request: only the receipts can tell."""
    port, campaign = run_campaign(house, "--receipts", "delivered:1", "--errors", "drop:0.1,lost:0.1")
    all_receipts_in(house, port, campaign)
    counts, sim = house.counts(campaign), stats(port)
    lib.check(sim["unique"] < ARGS.people, "some requests were lost")
    lib.equal(counts["delivered"], sim["unique"], f"delivered, of {counts}")
    lib.equal(counts["delivered"] + counts["unknown"], ARGS.people, f"delivered and unknown, of {counts}")
    lib.equal(sim["duplicates"], 0, "duplicates")


def receipts_outlive_a_kill(house):
    """The daemon is killed in the middle: receipts that come later settle what it left unknown."""
    port, campaign = run_campaign(house, "--receipts", "delivered:1", "--latency-ms", "50", rate_per_s=400, in_flight_max=32)
    lib.until(lambda: stats(port)["accepted"] > ARGS.people / 3, "the first third")
    house.daemon.kill()
    house.daemon.restart()
    all_receipts_in(house, port, campaign)
    counts = house.counts(campaign)
    taken = stats(port)
    lib.equal(taken["duplicates"], 0, "duplicates")
    # unknown stays only who was never taken
    lib.equal(counts["delivered"], taken["unique"], f"delivered, of {counts}")
    lib.equal(counts["delivered"] + counts["unknown"], ARGS.people, f"delivered and unknown, of {counts}")


sys.exit(lib.run(ARGS, everybody_gets_a_receipt, a_receipt_settles_unknown, receipts_outlive_a_kill))
