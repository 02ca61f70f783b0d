#!/usr/bin/env python3
"""Budgets hold: a campaign pauses before it costs more, goes on when the budget is raised, and whatever is killed in between, what is
spent in the end is what those who were texted cost."""
import datetime
import json
import pathlib
import random
import sys
import time

from house import FIRST_NUMBER, check, equal, options, run, until

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


def in_an_hour():
    """No campaign begins by itself before that, however long a busy machine takes over what comes first."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def launch_held(house, *words, **changes):
    """It begins with `resume`, which asks no budget: there may be less money by then than it was launched with."""
    campaign = house.launch(*words, text=TEXT, start=in_an_hour(), **changes)
    house.muster("campaign", "pause", campaign)
    house.muster("campaign", "reschedule", campaign, "--start", "now")
    return campaign


def it_stops_before_and_goes_on(house):
    people = ARGS.people
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway=PRICE)
    house.import_people(people)
    path = house.folder / "dear.yaml"
    path.write_text(json.dumps({"name": "dear", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT,
                                "budget": amount(people - 1)}))
    said = house.muster("campaign", "check", path, code=1)
    check(all(words in said for words in (f"it may cost {amount(people)}", f"is left: {amount(1)} is missing", "that would end it at about")), f"the check says so: {said}")
    campaign = launch_held(house, budget=amount(people))
    most = people // 2 + 100  # not a whole number of blocks
    house.muster("campaign", "budget", campaign, amount(most), "--why", "less money")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "paused")
    now = json.loads(house.muster("campaign", "status", campaign, "--json"))
    equal(now["status_by"], "system:budget", "who paused it")
    gone = len(sink.seen())
    check(now["status_why"].startswith(f"the budget of the campaign is used up: of {amount(most)}, {amount(gone)} is spent, and those who still wait may "
                                       f"cost {amount(people - gone)}. Raise it to {amount(people)}, then go on"), f"why: {now['status_why']}")
    page = house.page(f"/campaigns/{campaign}")
    check("the budget of the campaign is used up" in page and "system:" not in page, f"the page says why: {page}")
    check(page.index(f'action="/campaigns/{campaign}/budget"') < page.index("Go on"), "the budget stands above Go on")
    check(most - 256 < len(sink.seen()) <= most, f"{len(sink.seen())} were texted for {most}")
    equal(spent(house, campaign), len(sink.seen()) * EACH, "what is spent")
    equal([now["money"][key] for key in ("spent", "paid", "set_aside")], [amount(gone), amount(gone), amount(0)], "what the API says is spent")
    check("set aside" not in page and f"{amount(gone)} spent of about" in page, f"what the page says is spent: {page}")
    house.muster("campaign", "budget", campaign, "0 GBP", code=1)  # which is not any amount
    equal(house.hash(campaign)["budget"], str(most * EACH), "the budget stays")
    house.muster("campaign", "money", "--month", "2026-13", code=1)
    house.muster("campaign", "budget", campaign, amount(people))
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    equal(spent(house, campaign), people * EACH, "what all cost")
    equal((month_spent(house, "main"), month_spent(house, None)), (people * EACH, people * EACH), "what the month cost")
    page = house.page("/money")
    check(page.index("<td>All groups</td>") < page.index("<td>main</td>"), "the organisation stands above its groups")
    equal(page.count(f">{amount(people)}<"), 2, f"what each of both spent, in {page}")
    page = house.page("/money?month=2020-12")
    check("December 2020" in page and "No campaign has cost anything" in page, f"another month: {page}")
    check("month=2020-11" in page and "month=2021-01" in page, "the months beside it")
    for wrong in ("2020-13", "2020-00", "2020", "x"):
        check(" 400 " in house.page(f"/money?month={wrong}").split("\r\n")[0], f"{wrong} is no month")


def a_dearer_text_for_those_who_wait(house):
    people = ARGS.people
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway=PRICE)
    house.import_people(people)
    campaign = launch_held(house, budget=amount(people))
    house.muster("campaign", "budget", campaign, amount(people // 2))
    house.muster("campaign", "resume", campaign)
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


def two_campaigns_have_one_month_s_budget(house):
    """Each would suffice for itself; the forecast knows that they spend it together. What a person costs is reckoned once, and anew after an edit."""
    people, sink, two_parts = 1024, house.sink(), "The meeting is at 8, not at 7. " * 6 + "Reply STOP to opt out"
    start = in_an_hour()  # of both
    house.start_musterd(port=sink.port, gateway=dict(PRICE, rate_per_s=20),
                        organisation={"name": "Test Movement", "month_budget": amount(3 * people + people // 4)})
    house.import_people(people)
    both = [house.launch(name=name, text=two_parts, start=start) for name in ("one", "two")]

    def foretold(campaign):
        forecast = json.loads(house.muster("campaign", "status", campaign, "--json"))["forecast"]
        return forecast and forecast["money_ends"]
    for campaign in both:
        ends = until(lambda c=campaign: foretold(c), "the forecast to tell when the money ends")
        equal((ends["budget"], ends["after"]), ("organisation", 768), f"campaign {campaign}: {ends}")
        equal(house.hash(campaign)["purse_each"], str(2 * EACH), "what a person costs")
    house.muster("campaign", "pause", both[1], "--why", "the other one first")
    until(lambda: not foretold(both[0]), "the one that goes on to have all of it")
    path = house.folder / "cheaper.yaml"
    path.write_text(json.dumps({"name": "two", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT}))
    house.muster("campaign", "edit", both[1], path)
    house.muster("campaign", "resume", both[1])
    until(lambda: house.hash(both[1]).get("purse_each") == str(EACH), "what a person costs since the edit")


def the_organisation_s_month_stops_a_campaign_that_runs(house):
    """Another one has spent it meanwhile. Whoever reads why it stands knows what is missing for all who wait, and who has to raise what; then
    it goes on."""
    people, sink = ARGS.people, house.sink()
    most = people // 2 + 50
    house.start_musterd(port=sink.port, gateway=PRICE, organisation={"name": "Test Movement", "month_budget": amount(people + most)})
    house.import_people(people)
    house.import_people(people, "others", first=people)
    campaign = launch_held(house, "members", "members")
    house.wait_status(house.launch("others", "others", text=TEXT), "done")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "paused")
    gone = len(sink.seen()) - people
    check(most - 256 < gone <= most, f"{gone} were texted for {most}")
    why = json.loads(house.muster("campaign", "status", campaign, "--json"))["status_why"]
    check(f"the budget of the organisation for this month is used up: of {amount(people + most)}, {amount(people + gone)} is spent, and those who still "
          f"wait may cost {amount(people - gone)}. Raise it to {amount(2 * people)} (organisation.month_budget of muster.yaml" in why, why)
    check("of the organisation for this month is used up" in house.page(f"/campaigns/{campaign}"), "the page says why")
    house.muster("campaign", "resume", campaign)  # which changes nothing
    house.wait_status(campaign, "paused")
    equal(len(sink.seen()), people + gone, "nobody is texted beyond it")
    house.daemon.config["organisation"]["month_budget"] = amount(2 * people)
    (house.folder / f"{house.daemon.name}.yaml").write_text(json.dumps(house.daemon.config))
    house.daemon.stop()
    house.daemon.restart()
    house.muster("group", "set", "main", "--month-budget", "20 USD")  # no budget that these prices can be held against
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "paused")
    why = json.loads(house.muster("campaign", "status", campaign, "--json"))["status_why"]
    check("the budget of the group for this month is in USD, and this campaign's prices are in GBP" in why, why)
    house.muster("group", "set", "main", "--month-budget", "")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    equal((len(sink.seen()), sink.twice()), (2 * people, []), "all have it, once")


def a_canary_s_block_costs_what_its_few_do(house):
    """A block of 256 is paid when it goes out, and a canary lets a few of it go: what the others would have cost is given back, also for
    those who opted out meanwhile. The forecast has said when it waits and when the money ends."""
    few, people = 60, 400
    gone = range(0, people, 6)
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway=dict(PRICE, rate_per_s=100))
    house.import_people(people)
    campaign = house.launch(text=TEXT, budget=amount(people), canary=str(few), canary_then="look", start=in_an_hour())
    for row in gone:
        equal(house.say(f"+{FIRST_NUMBER + row}", "STOP", f"stop{row}"), 200, "the webhook's response")
    house.muster("campaign", "budget", campaign, amount(people - 50), "--why", "less money")

    def foretold():
        forecast = json.loads(house.muster("campaign", "status", campaign, "--json"))["forecast"]
        return forecast and forecast["waits"] and forecast["money_ends"] and forecast
    forecast = until(foretold, "the forecast to tell of both")
    equal((forecast["waits"]["after"], forecast["waits"]["for"]), (few, "look"), f"when it waits: {forecast}")
    equal(forecast["money_ends"]["budget"], "campaign", f"whose money ends: {forecast}")
    equal(forecast["money_ends"]["after"], 256, f"after how many people: {forecast}")
    check(forecast["waits"]["at"] < forecast["money_ends"]["at"] < forecast["at"], f"in this order: {forecast}")
    said, page = house.muster("campaign", "status", campaign), house.page(f"/campaigns/{campaign}")
    check(f"until somebody resumes it, after the first {few}" in said and "the budget of the campaign ends it" in said, said)
    check("They all have it about" in page and "The budget of the campaign ends it after about" in page, page)
    house.muster("campaign", "budget", campaign, amount(people))
    house.muster("campaign", "reschedule", campaign, "--start", "now")
    house.wait_status(campaign, "paused")
    equal(house.hash(campaign)["status_by"], "system:canary", "who paused it")
    until(lambda: spent(house, campaign) == few * EACH, f"its block to be given back, but for {few} people: {spent(house, campaign)}")
    equal((month_spent(house, "main"), month_spent(house, None)), (few * EACH, few * EACH), "what the month cost")
    check(0 < house.counts(campaign)["skipped"] < len(gone), f"some who opted out were met, and skipped: {house.counts(campaign)}")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    equal(texted_cost(house, campaign), (people - len(gone)) * EACH, "what those who were texted cost")
    until(lambda: spent(house, campaign) == (people - len(gone)) * EACH, "what all cost, and nobody who was skipped")
    equal(month_spent(house, "main"), (people - len(gone)) * EACH, "what the month cost in the end")


def a_group_s_month_and_kills(house):
    people = ARGS.people
    sink = house.sink(latency_s=0.02)
    how = {"port": sink.port, "gateway": dict(PRICE, rate_per_s=400, in_flight_max=32)}
    daemons = [house.start_musterd(name, **how) for name in ("one", "two")]
    house.import_people(people)
    house.import_people(people, "others", first=people)
    until(lambda: "main" in house.muster("group", "list"), "the group of the list")
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
    check("ask somebody who runs every group to raise the budget" in said, f"and who may: {said}")


def with_costs(house):
    """A folder with Twilio's description, as if it told in receipts what it took."""
    source = pathlib.Path(house.args.source) / "conf/providers/twilio.yaml"
    folder, title = house.folder / "providers", "    title: [ErrorMessage, ChannelStatusMessage]\n"
    text = source.read_text()
    check(title in text, "where a reader of receipts ends")
    folder.mkdir()
    (folder / "twilio.yaml").write_text(text.replace(title, title + "    cost: {amount: Price, currency: PriceUnit, parts: NumSegments}\n"))
    return str(folder)


def told(house, campaign):
    found = json.loads(house.muster("campaign", "status", campaign, "--json"))["money"]["told"]
    return found["cost"], found["cost_of"], found["parts"], found["parts_of"]


def what_receipts_tell(house):
    """What the provider took is summed up once a person, when the message comes to its end; nobody tells of absurd amounts."""
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway=PRICE, providers=with_costs(house))
    house.import_people(12)
    campaign = house.launch(text=TEXT)
    house.wait_status(campaign, "done")
    found = list(sink.callbacks().values())
    tell, most = lambda url, status, price, **more: house.receipt(url, status, Price=price, **more), 100 * EACH
    equal(told(house, campaign), ("0.00 GBP", 0, 0, 0), "before the first receipt")
    # one that comes again, out of order, and with another amount
    for status, price in (("sent", "-0.035"), ("delivered", "-0.035"), ("delivered", "-0.035"), ("sent", "3"), ("read", "3")):
        equal(tell(found[0], status, price, PriceUnit="GBP", NumSegments="1"), 200, "the webhook's response")
    equal(told(house, campaign), ("0.035 GBP", 1, 1, 1), "of one, once")
    tell(found[1], "undelivered", "0.08", PriceUnit="GBP", NumSegments="2", ErrorCode="30003")
    equal(told(house, campaign), ("0.115 GBP", 2, 3, 2), "of one who did not get it")
    tell(found[2], "delivered", f"{most / 1e6}")
    equal(told(house, campaign), ("4.115 GBP", 3, 3, 2), "the most that is believed")
    absurd = [{"Price": f"{(most + 1) / 1e6}"}, {"Price": "999"}, {"Price": "1e300"}, {"Price": "nan", "NumSegments": "999999"},
              {"Price": "-inf", "NumSegments": "-1"}, {"Price": "0.04 " * 2000}, {"Price": "0.04", "PriceUnit": "USD"}]
    for url, more in zip(found[3:], absurd):
        equal(house.receipt(url, "delivered", **more), 200, f"the response to {str(more)[:40]}")
    # strangers: not signed, signed with a reference that is nobody's
    one, left = found[10], "ref=" + "A" * 22
    equal(tell(one, "delivered", "0.04", token="a-stranger"), 403, "the response to a stranger")
    tell(one.split("ref=")[0] + left, "delivered", "0.04", NumSegments="1")
    equal(told(house, campaign), ("4.115 GBP", 3, 3, 2), "after all that")
    counts = house.counts(campaign)
    equal((counts["delivered"] + counts["read"], counts["undelivered"], counts["accepted"]), (9, 1, 2), f"the receipts themselves count: {counts}")
    equal(spent(house, campaign), 12 * EACH, "no budget is moved by it")
    said = house.muster("campaign", "report", campaign)
    check("says: 4.115 GBP for 3 people" in said and "says: 3 parts for 2 people" in said, f"the report says so: {said}")
    page = house.page(f"/campaigns/{campaign}/report")
    check("The provider says: 4.115 GBP for 3 people; 3 parts for 2 people." in page, f"the page says so: {page}")


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


sys.exit(run(ARGS, it_stops_before_and_goes_on, a_dearer_text_for_those_who_wait, a_canary_s_block_costs_what_its_few_do, two_campaigns_have_one_month_s_budget, the_organisation_s_month_stops_a_campaign_that_runs, a_group_s_month_and_kills, what_receipts_tell, what_is_refused))
