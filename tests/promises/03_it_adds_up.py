#!/usr/bin/env python3
"""Everyone once, and the totals add up at every look."""
import sys
import time

from house import FIRST_NUMBER, PATIENCE_S, check, equal, options, run

ARGS = options(people=20000)


def everyone_is_texted_once_and_it_always_adds_up(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 20000, "in_flight_max": 256})
    house.import_people(ARGS.people)
    began = time.monotonic()
    campaign = house.launch()
    looks = 0
    while house.status(campaign) != "done":
        house.counts(campaign)
        looks += 1
        check(time.monotonic() - began < PATIENCE_S, f"not done: {house.counts(campaign)}")
    print(f"# {ARGS.people / (time.monotonic() - began):.0f} people a second with {looks} looks")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)
    equal(len(sink.requests), ARGS.people, "requests")
    first = next(r for r in sink.requests if r.to == f"+{FIRST_NUMBER + 1}")
    equal(first.text, "Hi Zoë1, the meeting in Town1 is on Thursday at 7. Reply STOP to opt out", "its text")


def the_same_by_kannels_interface(house):
    sink = house.sink(shape="kannel")
    house.start_musterd(port=sink.port, gateway={"provider": "kannel", "in_flight_max": 64,
                                                 "account": {"username": "muster", "password": "kannel-password"}})
    house.import_people(2000)
    campaign = house.launch(text="Hi {{first_name}} \U0001F44B")
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 2000, unknown_max=0)
    check(("+447400000003", "Hi Siân3 \U0001F44B") in sink.taken, "a text outside GSM-7 came as it was meant")


sys.exit(run(ARGS, everyone_is_texted_once_and_it_always_adds_up, the_same_by_kannels_interface))
