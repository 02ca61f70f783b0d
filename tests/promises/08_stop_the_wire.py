#!/usr/bin/env python3
"""Pause and cancel take effect at once."""
import collections
import csv
import json
import sys

from house import check, equal, options, run, until

ARGS = options(people=2400)
IN_FLIGHT_MAX = 32


def start(house):
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 600, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 200, "the first requests")
    return sink, campaign


def in_flight_settles(house, campaign):
    until(lambda: house.counts(campaign)["in_flight"] == 0, "what was in flight to be settled")


def paused_is_paused(house):
    sink, campaign = start(house)
    house.muster("campaign", "pause", campaign)
    at_pause = len(sink.requests)
    in_flight_settles(house, campaign)
    left = len(sink.requests)
    check(left - at_pause <= IN_FLIGHT_MAX, f"{left - at_pause} requests after the pause was stored")
    # meanwhile another campaign runs to its end: time enough, and the gateway is free for it
    house.import_people(300, "others", first=ARGS.people)
    house.wait_status(house.launch(audience="others", name="others"), "done")
    equal(len(sink.requests), left + 300, "requests while it is paused")
    equal(house.status(campaign), "paused", "status")
    house.daemon.stop()  # and a restart changes nothing about it
    house.daemon.restart()
    equal(len(sink.requests), left + 300, "requests after a restart")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    counts = house.counts(campaign)
    equal(counts["accepted"], ARGS.people, "accepted")
    equal(sink.twice(), [], "texted twice")


def cancelled_is_cancelled(house):
    sink, campaign = start(house)
    house.muster("campaign", "cancel", campaign)
    at_cancel = len(sink.requests)
    until(lambda: house.settled(campaign), "everybody to be settled")
    check(len(sink.requests) - at_cancel <= IN_FLIGHT_MAX, "requests after the cancel was stored")
    found = house.check_books(campaign, sink, ARGS.people, unknown_max=0, lost=("cancelled",))
    equal(found["cancelled"] + found["accepted"], ARGS.people, "cancelled and accepted")
    check(found["cancelled"] > ARGS.people / 3, "most of them had not been texted")
    house.muster("campaign", "resume", campaign, code=1)


def cancelled_before_it_began(house):
    """Scheduled, cancelled: nobody was texted, everybody is in the report, and the list stays as long as that needs it."""
    house.start_musterd(port=1)
    house.import_people(700)
    campaign = house.launch(start="2035-01-02T10:00Z")
    house.muster("campaign", "cancel", campaign)
    status = json.loads(house.muster("campaign", "status", campaign, "--json"))
    equal((status["total"], status["counts"]["cancelled"], status["started_at"]), (700, 700, None), "at once")
    report = house.folder / "report.csv"
    house.muster("campaign", "report", campaign, "--csv", report)
    until(lambda: house.counts(campaign)["cancelled"] == 700, "the sweep")
    until(lambda: not house.redis("SISMEMBER", "muster:active", str(campaign)), "its end")
    house.muster("audience", "delete", "members", code=1)
    equal(report_states(house, campaign, report), {("cancelled", True): 700}, "with the list")
    house.muster("audience", "delete", "members", "--reports-too")
    equal(report_states(house, campaign, report), {("cancelled", False): 700}, "without the list")


def report_states(house, campaign, path):
    house.muster("campaign", "report", campaign, "--csv", path)
    with open(path, encoding="utf-8", newline="") as rows:
        return dict(collections.Counter((row["state"], bool(row["number"])) for row in csv.DictReader(rows, strict=True)))


sys.exit(run(ARGS, paused_is_paused, cancelled_is_cancelled, cancelled_before_it_began))
