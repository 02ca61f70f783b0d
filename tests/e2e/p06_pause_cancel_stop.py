#!/usr/bin/env python3
"""Pause, cancel and STOP take effect at once."""
import base64
import collections
import csv
import datetime
import hashlib
import hmac
import json
import sys

import lib

ARGS = lib.options(people=2400)
IN_FLIGHT_MAX = 32


def start(house, rate=600):
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": rate, "in_flight_max": IN_FLIGHT_MAX})
    house.import_people(ARGS.people)
    campaign = house.launch()
    lib.until(lambda: len(sink.requests) > 200, "the first requests")
    return sink, campaign


def in_flight_settles(house, campaign):
    lib.until(lambda: house.counts(campaign)["in_flight"] == 0, "what was in flight to be settled")


def paused_is_paused(house):
    sink, campaign = start(house)
    house.muster("campaign", "pause", campaign)
    at_pause = len(sink.requests)
    in_flight_settles(house, campaign)
    left = len(sink.requests)
    lib.check(left - at_pause <= IN_FLIGHT_MAX, f"{left - at_pause} requests after the pause was stored")
    # meanwhile another campaign runs to its end: time enough, and the gateway is free for it
    house.import_people(300, "others", first=ARGS.people)
    house.wait_status(house.launch(audience="others", name="others"), "done")
    lib.equal(len(sink.requests), left + 300, "requests while it is paused")
    lib.equal(house.status(campaign), "paused", "status")
    house.daemon.stop()  # and a restart changes nothing about it
    house.daemon.restart()
    lib.equal(len(sink.requests), left + 300, "requests after a restart")
    house.muster("campaign", "resume", campaign)
    house.wait_status(campaign, "done")
    counts = house.counts(campaign)
    lib.equal(counts["accepted"], ARGS.people, "accepted")
    lib.equal(sink.twice(), [], "texted twice")


def cancelled_is_cancelled(house):
    sink, campaign = start(house)
    house.muster("campaign", "cancel", campaign)
    at_cancel = len(sink.requests)
    lib.until(lambda: house.settled(campaign), "everybody to be settled")
    lib.check(len(sink.requests) - at_cancel <= IN_FLIGHT_MAX, "requests after the cancel was stored")
    found = house.check_books(campaign, sink, ARGS.people, unknown_max=0, lost=("cancelled",))
    lib.equal(found["cancelled"] + found["accepted"], ARGS.people, "cancelled and accepted")
    lib.check(found["cancelled"] > ARGS.people / 3, "most of them had not been texted")
    house.muster("campaign", "resume", campaign, code=1)


def the_deadline_ends_it(house):
    # the check believes the rate and lets it pass; the gateway is slower than that
    sink = house.sink(latency_s=0.05)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 2000, "in_flight_max": 8})
    house.import_people(ARGS.people)
    deadline = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
    campaign = house.launch(deadline=deadline.isoformat(timespec="seconds"))
    house.wait_status(campaign, "expired")
    lib.until(lambda: house.settled(campaign), "everybody to be settled")
    found = house.check_books(campaign, sink, ARGS.people, unknown_max=0, lost=("expired",))
    lib.check(found["accepted"] > 0 and found["expired"] > 0, "both happened")
    last = max(r.at for r in sink.requests)
    whole_second = deadline.replace(microsecond=0).timestamp()
    lib.check(last < whole_second, f"the last request came {last - whole_second:.3f} s after the deadline")
    lib.check(all(1 <= int(r.query["ValidityPeriod"]) <= 5 for r in sink.requests), "the provider knows the deadline")


def say(house, person, text, event, token="auth-token-of-the-test"):
    """What a person answers, as Twilio's signed webhook; the status that it gets."""
    url = house.daemon.url + "/hooks/main"
    form = {"MessageSid": event, "From": person, "To": lib.SENDER, "Body": text, "NumMedia": "0", "AccountSid": "ACtest"}
    signed = url + "".join(k + form[k] for k in sorted(form))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return lib.post(url, form, {"X-Twilio-Signature": signature})


def stop_means_now(house):
    sink, campaign = start(house)
    person, stranger = (f"+{lib.FIRST_NUMBER + ARGS.people - i}" for i in (1, 2))
    lib.equal(say(house, stranger, "STOP", "SM1", token="somebody-else"), 403, "a forged STOP")
    lib.equal(say(house, person, " Stop. ", "SM2"), 200, "a STOP")
    lib.equal(say(house, person, " Stop. ", "SM2"), 200, "the same again")
    house.wait_status(campaign, "done")
    found = house.people(campaign)
    lib.equal(found[person], "skipped", "who said STOP")
    lib.equal(found[stranger], "accepted", "whose STOP was forged")
    counts = house.counts(campaign)
    lib.equal((counts["skipped"], counts["accepted"]), (1, ARGS.people - 1), "skipped and accepted")
    texts = [r.text for r in sink.requests if r.to == person]
    lib.equal(len(texts), 1, f"the one confirmation ({texts})")
    lib.check("unsubscribed" in texts[0], texts[0])
    # and not from the next campaign either
    house.wait_status(house.launch(name="next"), "done")
    lib.equal(sum(1 for r in sink.requests if r.to == person), 1, "texts to who said STOP")


def cancelled_before_it_began(house):
    """Scheduled, cancelled: nobody was texted, everybody is in the report, and the list stays as long as that needs it."""
    house.start_musterd(port=1)
    house.import_people(700)
    campaign = house.launch(start="2035-01-02T10:00Z")
    house.muster("campaign", "cancel", campaign)
    status = json.loads(house.muster("campaign", "status", campaign, "--json"))
    lib.equal((status["total"], status["counts"]["cancelled"], status["started_at"]), (700, 700, None), "at once")
    report = house.folder / "report.csv"
    house.muster("campaign", "report", campaign, "--csv", report)
    lib.until(lambda: house.counts(campaign)["cancelled"] == 700, "the sweep")
    lib.until(lambda: not house.redis("SISMEMBER", "muster:active", str(campaign)), "its end")
    house.muster("audience", "delete", "members", code=1)
    lib.equal(report_states(house, campaign, report), {("cancelled", True): 700}, "with the list")
    house.muster("audience", "delete", "members", "--reports-too")
    lib.equal(report_states(house, campaign, report), {("cancelled", False): 700}, "without the list")


def report_states(house, campaign, path):
    house.muster("campaign", "report", campaign, "--csv", path)
    with open(path, encoding="utf-8", newline="") as rows:
        return dict(collections.Counter((row["state"], bool(row["number"])) for row in csv.DictReader(rows, strict=True)))


sys.exit(lib.run(ARGS, paused_is_paused, cancelled_is_cancelled, cancelled_before_it_began, the_deadline_ends_it, stop_means_now))
