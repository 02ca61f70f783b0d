#!/usr/bin/env python3
"""Who says STOP in the middle of a campaign gets nothing more but the confirmation, from the next one neither."""
import sys

from house import FIRST_NUMBER, check, equal, options, run, until

ARGS = options(people=2400)


def stop_means_now(house):
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 600, "in_flight_max": 32})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: len(sink.requests) > 200, "the first requests")
    person, stranger = (f"+{FIRST_NUMBER + ARGS.people - i}" for i in (1, 2))
    equal(house.say(stranger, "STOP", "SM1", token="somebody-else"), 403, "a forged STOP")
    equal(house.say(person, " Stop. ", "SM2"), 200, "a STOP")
    equal(house.say(person, " Stop. ", "SM2"), 200, "the same again")
    house.wait_status(campaign, "done")
    found = house.people(campaign)
    equal(found[person], "skipped", "who said STOP")
    equal(found[stranger], "accepted", "whose STOP was forged")
    counts = house.counts(campaign)
    equal((counts["skipped"], counts["accepted"]), (1, ARGS.people - 1), "skipped and accepted")
    texts = [r.text for r in sink.requests if r.to == person]
    equal(len(texts), 1, f"the one confirmation ({texts})")
    check("unsubscribed" in texts[0], texts[0])
    # and not from the next campaign either
    house.wait_status(house.launch(name="next"), "done")
    equal(sum(1 for r in sink.requests if r.to == person), 1, "texts to who said STOP")


sys.exit(run(ARGS, stop_means_now))
