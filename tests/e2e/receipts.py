#!/usr/bin/env python3
"""Receipts find their people, whatever became of the answers."""
import json
import sys
import urllib.request

from house import check, equal, options, run, until

ARGS = options(people=1000)


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/stats", timeout=10) as answer:
        return json.load(answer)


def run_campaign(house, *sim, **gateway):
    port = house.start_sim("--receipt-delay-ms", "10", "--receipt-jitter-ms", "400", *sim)
    house.start_musterd(port=port, gateway=gateway, brake={"failed_percent": 0, "unanswered_times": 0})  # a fifth fails here
    house.import_people(ARGS.people)
    return port, house.launch()


def all_receipts_in(house, port, campaign):
    def there():
        house.counts(campaign)
        return house.settled(campaign) and stats(port)["posts_pending"] == 0
    until(there, "the last receipt")


def everybody_gets_a_receipt(house):
    port, campaign = run_campaign(house, "--receipts", "delivered:0.8,undelivered:0.2", "--receipt-steps", "yes")
    all_receipts_in(house, port, campaign)
    counts = house.counts(campaign)
    equal(counts["delivered"] + counts["undelivered"], ARGS.people, f"settled by receipts, of {counts}")
    check(counts["delivered"] > counts["undelivered"] > 0, f"both happened: {counts}")
    equal(stats(port)["duplicates"], 0, "duplicates")


def a_receipt_settles_unknown(house):
    """Of some the answer is lost although they were taken, of others the request: only the receipts can tell."""
    port, campaign = run_campaign(house, "--receipts", "delivered:1", "--errors", "drop:0.1,lost:0.1")
    all_receipts_in(house, port, campaign)
    counts, sim = house.counts(campaign), stats(port)
    check(sim["unique"] < ARGS.people, "some requests were lost")
    equal(counts["delivered"], sim["unique"], f"delivered, of {counts}")
    equal(counts["delivered"] + counts["unknown"], ARGS.people, f"delivered and unknown, of {counts}")
    equal(sim["duplicates"], 0, "duplicates")


def receipts_outlive_a_kill(house):
    """The daemon is killed in the middle: receipts that come later settle what it left unknown."""
    port, campaign = run_campaign(house, "--receipts", "delivered:1", "--latency-ms", "50", rate_per_s=400, in_flight_max=32)
    until(lambda: stats(port)["accepted"] > ARGS.people / 3, "the first third")
    house.daemon.kill()
    house.daemon.restart()
    all_receipts_in(house, port, campaign)
    counts = house.counts(campaign)
    taken = stats(port)
    equal(taken["duplicates"], 0, "duplicates")
    # unknown stays only who was never taken
    equal(counts["delivered"], taken["unique"], f"delivered, of {counts}")
    equal(counts["delivered"] + counts["unknown"], ARGS.people, f"delivered and unknown, of {counts}")


def before_the_answer(house):
    """The provider reports before it has answered the request: the answer, when it comes, moves nothing back."""
    sink = house.sink(latency_s=1.5)
    house.start_musterd(port=sink.port)
    house.import_people(5)
    campaign = house.launch()
    found = until(lambda: len(sink.requests) == 5 and sink.callbacks(), "the requests")
    for url in found.values():
        equal(house.receipt(url, "delivered"), 200, "the webhook's answer")
    equal(house.counts(campaign)["delivered"], 5, "delivered while the requests are under way")
    house.daemon.stop()  # waits for the answers
    equal(house.counts(campaign)["delivered"], 5, "delivered after the answers")
    equal(sink.twice(), [], "texted twice")


def late_and_out_of_order(house):
    """Twice, backwards, for a campaign that was cancelled: what is known of a person only grows."""
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 20, "in_flight_max": 4})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: len(sink.requests) >= 3, "three requests")
    house.muster("campaign", "cancel", campaign)
    until(lambda: house.settled(campaign), "everybody to be settled")
    before, found = house.counts(campaign), sink.callbacks()
    equal(before["accepted"], len(found), f"accepted, of {before}")
    for url in found.values():
        for status in ("delivered", "sent", "delivered", "queued", "failed"):
            equal(house.receipt(url, status), 200, "the webhook's answer")
    after = house.counts(campaign)
    equal(after, dict(before, accepted=0, delivered=before["accepted"]), "the books")
    equal(house.status(campaign), "cancelled", "status")


def forged_and_foreign(house):
    """Only our own reference moves anybody, and only behind a signature."""
    sink = house.sink()
    other = {"account": {"account_sid": "ACother", "auth_token": "another-token"}}
    house.start_musterd(port=sink.port, gateways={"main": {}, "other": other})
    house.import_people(3)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    one, two, three = sink.callbacks().values()
    equal(house.receipt(one, "delivered", token="somebody-else"), 403, "a receipt without the account's signature")
    equal(house.receipt(one.replace("/main/", "/other/"), "delivered"), 403, "one signed by another account")
    start, ref = one.split("ref=")
    for wrong in (ref[:-1] + ("A" if ref[-1] != "A" else "B"), ref[:-1], ref + "A", ref[::-1], "", "A" * 22,
                  two.split("ref=")[1][:11] + ref[11:], "%00" * 22):
        check(house.receipt(f"{start}ref={wrong}", "delivered") in (200, 400), f"the answer to {wrong}")
    equal(house.counts(campaign)["accepted"], 3, "accepted after what was forged")
    # What one account brings back settles nothing of another's.
    equal(house.receipt(three.replace("/main/", "/other/"), "delivered", gateway="other"), 200, "the other gateway's")
    counts = house.counts(campaign)
    equal((counts["accepted"], counts["delivered"]), (3, 0), "after the other account's receipt")
    equal(house.receipt(three, "delivered"), 200, "its own gateway's")
    counts = house.counts(campaign)
    equal((counts["accepted"], counts["delivered"]), (2, 1), "accepted and delivered")


sys.exit(run(ARGS, everybody_gets_a_receipt, a_receipt_settles_unknown, receipts_outlive_a_kill, before_the_answer,
             late_and_out_of_order, forged_and_foreign))
