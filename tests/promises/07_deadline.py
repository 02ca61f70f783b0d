#!/usr/bin/env python3
"""Nothing after the deadline, and the provider knows how long it may try."""
import datetime
import sys

from house import check, options, run, until

ARGS = options(people=2400)


def the_deadline_ends_it(house):
    # the check believes the rate and lets it pass; the gateway is slower than that
    sink = house.sink(latency_s=0.05)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 2000, "in_flight_max": 8})
    house.import_people(ARGS.people)
    deadline = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=8)  # a launch takes some of it on a busy machine
    campaign = house.launch(deadline=deadline.isoformat(timespec="seconds"))
    house.wait_status(campaign, "expired")
    until(lambda: house.settled(campaign), "everybody to be settled")
    found = house.check_books(campaign, sink, ARGS.people, unknown_max=0, lost=("expired",))
    check(found["accepted"] > 0 and found["expired"] > 0, "both happened")
    last = max(r.at for r in sink.requests)
    whole_second = deadline.replace(microsecond=0).timestamp()
    check(last < whole_second, f"the last request came {last - whole_second:.3f} s after the deadline")
    check(all(1 <= int(r.query["ValidityPeriod"]) <= 9 for r in sink.requests), "the provider knows the deadline")


sys.exit(run(ARGS, the_deadline_ends_it))
