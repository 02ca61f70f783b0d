#!/usr/bin/env python3
"""Budgets hold: a campaign pauses before it costs more, goes on when the budget is raised, and whatever is killed in between, what is
spent in the end is what those who were texted cost."""
import datetime
import json
import random
import sys
import time

from house import check, equal, options, run, until

ARGS = options(people=1200, kills=4)
TEXT = "Hi {{first_name}}, the meeting is at 7. Reply STOP to opt out"
EACH = 40000  # millionths: one part
PRICE = {"price": {"currency": "GBP", "default": 0.04}}
PAID = ("in_flight", "accepted", "sent", "delivered", "read", "undelivered", "unknown")


def amount(people):
    return f"{people * EACH / 1e6:.2f} GBP"


def spent(house, campaign):
    return int(house.hash(campaign).get("spent", 0))


def month(house):
    return json.loads(house.muster("campaign", "money", "--json"))


def month_spent(house, group):
    found = [one["spent"] for one in month(house)["spent"] if one["group"] == group]
    return round(sum(float(text.split()[0]) for text in found) * 1e6)


def texted_cost(house, campaign):
    counts = house.counts(campaign)
    return sum(counts[state] for state in PAID) * EACH


def in_a_moment(seconds=3):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def it_stops_before_and_goes_on(house):
    people = ARGS.people
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway=PRICE)
    house.import_people(people)
    path = house.folder / "dear.yaml"
    path.write_text(json.dumps({"name": "dear", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT,
                                "budget": amount(people - 1)}))
    said = house.muster("campaign", "check", path, code=1)
    check(f"it may cost {amount(people)}" in said and "is left" in said, f"the check says so: {said}")
    campaign = house.launch(text=TEXT, budget=amount(people), start=in_a_moment())
    most = people // 2 + 100  # not a whole number of blocks
    house.muster("campaign", "budget", campaign, amount(most), "--why", "less money")
    house.wait_status(campaign, "paused")
    now = json.loads(house.muster("campaign", "status", campaign, "--json"))
    equal(now["status_by"], "system:budget", "who paused it")
    check("the budget of the campaign does not suffice" in now["status_why"], f"why: {now['status_why']}")
    check(most - 256 < len(sink.seen()) <= most, f"{len(sink.seen())} were texted for {most}")
    equal(spent(house, campaign), len(sink.seen()) * EACH, "what is spent")
    equal(now["money"]["spent"], amount(len(sink.seen())), "what the API says is spent")
    house.muster("campaign", "budget", campaign, amount(people))
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    equal(spent(house, campaign), people * EACH, "what all cost")
    equal((month_spent(house, "main"), month_spent(house, None)), (people * EACH, people * EACH), "what the month cost")


def a_dearer_text_for_those_who_wait(house):
    people = ARGS.people
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway=PRICE)
    house.import_people(people)
    campaign = house.launch(text=TEXT, budget=amount(people), start=in_a_moment())
    house.muster("campaign", "budget", campaign, amount(people // 2))
    house.wait_status(campaign, "paused")
    before = len(sink.seen())
    path = house.folder / "dearer.yaml"
    path.write_text(json.dumps({"name": "campaign", "audience": "members", "gateway": "main", "hours": "any",
                                "text": "The meeting is at 8, not at 7. " * 6 + "Reply STOP to opt out"}))  # two parts
    house.muster("campaign", "edit", campaign, path, code=1)  # over its budget
    house.muster("campaign", "budget", campaign, amount(before + 2 * (people - before)))
    house.muster("campaign", "edit", campaign, path)
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    equal(spent(house, campaign), (before + 2 * (people - before)) * EACH, "what all cost")
    equal(month_spent(house, "main"), spent(house, campaign), "what the month cost")


def a_group_s_month_and_kills(house):
    people = ARGS.people
    sink = house.sink(latency_s=0.02)
    how = {"port": sink.port, "gateway": dict(PRICE, rate_per_s=400, in_flight_max=32)}
    daemons = [house.start_musterd(name, **how) for name in ("one", "two")]
    house.import_people(people)
    house.import_people(people, "others", first=people)
    house.muster("group", "set", "main", "--month-budget", amount(3 * people - 1))
    campaigns = [house.launch(name, name, text=TEXT) for name in ("members", "others")]
    for _ in range(ARGS.kills):
        time.sleep(random.uniform(0.1, 0.7))  # the moment is the point
        daemon = random.choice(daemons)
        daemon.kill()
        sums = [spent(house, campaign) for campaign in campaigns]
        check(sum(sums) <= (3 * people - 1) * EACH, f"{sums} is beyond the month's budget")
        daemon.restart()
    for campaign in campaigns:
        house.wait_status(campaign, "done", patience_s=60)
        until(lambda campaign=campaign: spent(house, campaign) == texted_cost(house, campaign), "the last batches to end")
    equal(sink.twice(), [], "texted twice")
    equal(month_spent(house, "main"), sum(texted_cost(house, campaign) for campaign in campaigns), "what the month cost")
    path = house.folder / "third.yaml"
    path.write_text(json.dumps({"name": "third", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT}))
    said = house.muster("campaign", "check", path, code=1)
    check("the budget of the group for this month" in said, f"the check says so: {said}")


def what_is_refused(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateways={"main": PRICE, "free": {}, "dollar": {"price": {"currency": "USD", "default": 0.01}}})
    house.import_people(5)
    for gateway, wanted in (("free", "nobody knows what a text costs"), ("dollar", "prices are in USD")):
        path = house.folder / f"{gateway}.yaml"
        path.write_text(json.dumps({"name": gateway, "audience": "members", "gateway": gateway, "hours": "any", "text": TEXT,
                                    "budget": "10 GBP"}))
        said = house.muster("campaign", "check", path, code=1)
        check(wanted in said, f"the check of {gateway} says so: {said}")


sys.exit(run(ARGS, it_stops_before_and_goes_on, a_dearer_text_for_those_who_wait, a_group_s_month_and_kills, what_is_refused))
