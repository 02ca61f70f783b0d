#!/usr/bin/env python3
"""Nothing outside allowed hours: people in time zones whose clocks are made so that it is open there now, opens in a
while, is over in a while, or is closed for the night. The zones are files of the test's own ($TZDIR)."""
import sys
import time

from house import FIRST_NUMBER, check, equal, options, run, until
from zones import make_folder, write_zone

ARGS = options(people=400)
OPENS_S = 9 * 3600  # 09:00-20:30
CLOSES_S = 20 * 3600 + 1800
HOURS = "09:00-20:30"


def next_time(clock_s, offset):
    """When [s since 1970] that clock shows it next."""
    now = time.time()
    return now + (clock_s - (now + offset)) % 86400


def import_people(house, zones):
    """One after another in those zones; returns the numbers of each."""
    found = {zone: set() for zone in zones}
    path = house.folder / "members.csv"
    with open(path, "w", encoding="utf-8") as out:
        out.write("phone,first_name,town,time_zone\n")
        for i in range(ARGS.people):
            number = f"+{FIRST_NUMBER + i}"
            out.write(f"{number},Ada{i},Town,{zones[i % len(zones)]}\n")
            found[zones[i % len(zones)]].add(number)
    house.muster("audience", "import", path, "--name", "members")
    return found


def begin(house, zones):
    """zones: name → what the clock there shows. Returns the sink, the campaign, who is where, the clocks' offsets."""
    folder = make_folder(house)
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400})
    people = import_people(house, list(zones))
    offsets = {zone: write_zone(folder, zone, clock_s) for zone, clock_s in zones.items()}
    return sink, house.launch(hours=HOURS), people, offsets


def each_by_their_own_clock(house):
    sink, campaign, people, offsets = begin(house, {
        "Test/Open": 12 * 3600, "Test/Soon": OPENS_S - 6, "Test/Later": OPENS_S - 38, "Test/Night": 22 * 3600})
    opens = {zone: next_time(OPENS_S, offset) for zone, offset in offsets.items()}
    awake = people["Test/Open"] | people["Test/Soon"] | people["Test/Later"]
    until(lambda: people["Test/Open"] <= set(sink.seen()), "those whose day it is")
    until(lambda: len(sink.seen()) == len(awake), "those whose day begins")
    equal(set(sink.seen()), awake, "who was texted")
    for zone in ("Test/Soon", "Test/Later"):
        first = min(r.at for r in sink.requests if r.to in people[zone])
        check(first >= opens[zone], f"{zone}: a text {opens[zone] - first:.3f} s too early")
    equal(sink.twice(), [], "texted twice")
    # the night's people sleep in the store, and the campaign says until when
    until(lambda: abs(int(house.hash(campaign).get("opens_ms", 0)) / 1000 - opens["Test/Night"]) < 5, "the time they wait for")
    equal(house.counts(campaign)["pending"], len(people["Test/Night"]), "pending")
    equal(house.status(campaign), "running", "status")
    check("waits for" in house.muster("campaign", "status", campaign), "status shows it")
    house.muster("campaign", "cancel", campaign)
    until(lambda: house.counts(campaign)["cancelled"] == len(people["Test/Night"]), "the night's people to be cancelled")


def the_day_ends(house):
    sink, campaign, people, offsets = begin(house, {"Test/Open": 12 * 3600, "Test/Ends": CLOSES_S - 20})
    closes = next_time(CLOSES_S, offsets["Test/Ends"])
    house.wait_status(campaign, "done")
    for r in sink.requests:
        validity = int(r.query["ValidityPeriod"])
        if r.to in people["Test/Ends"]:
            check(r.at + validity <= closes + 1, f"the provider may try {r.at + validity - closes:.1f} s too long")
        else:
            check(validity > 7 * 3600, f"the provider may try {validity} s at noon")
    # after that nobody is texted there
    until(lambda: time.time() > closes, "the end of the day")
    second = house.launch(name="second", hours=HOURS)
    until(lambda: house.counts(second)["accepted"] == len(people["Test/Open"]), "those at noon")
    until(lambda: int(house.hash(second).get("opens_ms", 0)) / 1000 > closes + 12 * 3600, "tomorrow")
    equal(sum(r.to in people["Test/Ends"] for r in sink.requests), len(people["Test/Ends"]), "texts to them")


sys.exit(run(ARGS, each_by_their_own_clock, the_day_ends))
