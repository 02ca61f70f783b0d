#!/usr/bin/env python3
"""A campaign begins with a few, and it stops by itself when it goes wrong: the simulator's people opt out, its provider
refuses, its receipts stop coming."""
import json
import sys
import urllib.request

from house import Failed, check, equal, options, run, until
from inbox_world import InboxWorld

ARGS = options(people=1000, rate=200)
FEW = 200


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Ann": ("owner", None)}, brake={"unanswered_times": 0, "receipts_minutes": 1},
                         canary={"above": 0, "minutes": 0, "receipts_percent": 95})
        self.sim_says(webhook=f"twilio={self.url}/hooks/main", reply_delay_ms=0, reply_jitter_ms=200)
        self.import_people(ARGS.people)

    def sim_says(self, **how):
        body = json.dumps({key.replace("_", "-"): str(value) for key, value in how.items()}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.sim}/sim/config", body), timeout=10) as answer:
            equal(answer.status, 200, "the simulator")

    def start_musterd(self, *args, **more):  # slower than a campaign that is over before anybody looks
        return super().start_musterd(*args, gateway={"rate_per_s": ARGS.rate}, **more)

    def texted(self, campaign):
        return ARGS.people - self.counts(campaign)["pending"]

    def stands(self, campaign, by):
        def paused():
            status = self.api("Ann", "GET", f"/campaigns/{campaign}")
            check(status["status"] != "done", f"it was not stopped: {self.hash(campaign)}")
            return status["status"] == "paused" and status
        status = until(paused, "it to stand")
        equal(status["status_by"], by, f"who paused it: {status['status_why']}")
        return status["status_why"]


def the_first_few_and_then_a_look(world):
    campaign = world.launch(canary=str(FEW), canary_then="look")
    why = world.stands(campaign, "system:canary")
    check(f"first {FEW}" in why, why)
    equal(world.texted(campaign), FEW, "who were texted")
    found = world.api("Ann", "POST", f"/campaigns/{campaign}/edit/check", {"hours": "any"})["findings"]
    check("waits_for_look" not in {f["code"] for f in found}, f"a change: those few have it, and nobody looks again: {found}")
    world.muster("campaign", "resume", campaign)
    world.wait_status(campaign, "done")
    equal(world.texted(campaign), ARGS.people, "everybody")


def the_first_few_and_then_the_rule(world):
    campaign = world.launch(canary="10%", canary_then="rule")
    equal(json.loads(world.muster("campaign", "status", campaign, "--json"))["canary"]["people"], ARGS.people // 10, "a tenth")
    world.wait_status(campaign, "done")
    trail = world.api("Ann", "GET", "/audit?what=campaign")["entries"]
    check(any(e["who"] == "system:canary" and f"goes on after its first {ARGS.people // 10}" in e["what"] for e in trail), trail)


def a_rule_that_does_not_hold_waits_for_a_person(world):
    world.sim_says(receipts="undelivered:0.08")
    campaign = world.launch(canary=str(FEW), canary_then="rule")
    why = world.stands(campaign, "system:canary")
    check("did not get it" in why or "have arrived" in why, why)
    equal(world.texted(campaign), FEW, "who were texted")


def many_opt_out(world):
    world.sim_says(replies="stop:0.06")
    campaign = world.launch()
    why = world.stands(campaign, "system:brake")
    check("opted out" in why, why)
    check(world.texted(campaign) < ARGS.people, "it was too late")
    world.sim_says(replies="yes:0.01")
    world.muster("campaign", "resume", campaign)  # it is counted anew
    world.wait_status(campaign, "done")
    trail = world.api("Ann", "GET", "/audit?what=campaign")["entries"]
    check(any(e["who"] == "system:brake" for e in trail), f"the audit: {trail}")


def many_are_refused(world):
    world.sim_says(errors="21610:0.3")
    campaign = world.launch()
    why = world.stands(campaign, "system:brake")
    check("did not get it" in why, why)


def its_own_bound_blocks_it(world):
    """By receipts, long before the brake has seen enough people."""
    world.sim_says(receipts="undelivered:0.4")
    campaign = world.launch(pause_failed_percent=8, pause_of_receipts=20)
    world.wait_status(campaign, "blocked")
    status = world.api("Ann", "GET", f"/campaigns/{campaign}")
    check("8 % are too many" in status["status_why"], status["status_why"])
    words = "when 8 of 100 did not arrive, not before 20 receipts are there"
    equal(status["pause_when"], {"text": words, "account_refusals": None, "failed_percent": 8, "filtered_percent": None,
                                 "of_receipts": 20}, "its bounds")
    check(f"receipts pause it {words}" in world.muster("campaign", "status", campaign), "the client says nothing of them")
    try:
        world.launch(name="other", pause_failed_percent=101)
        raise Failed("101 of a hundred")
    except Failed as said:
        check("pause_failed_percent" in str(said), said)


def it_is_off_only_aloud(world):
    world.sim_says(replies="stop:0.06")
    campaign = world.launch(brake_off="Ann watches it by hand")
    world.wait_status(campaign, "done")
    trail = world.api("Ann", "GET", "/audit?what=campaign")["entries"]
    check(any("Ann watches it by hand" in e["what"] for e in trail), f"the audit: {trail}")
    try:
        world.launch(name="other", brake_off="two\nlines")
        raise Failed("two lines are no reason")
    except Failed as said:
        check("in one line" in str(said), said)


def a_few_opt_outs_of_few_are_fine(world):
    world.import_people(60, "few")
    world.sim_says(replies="stop:0.05")
    campaign = world.launch("few")
    world.wait_status(campaign, "done")


sys.exit(run(ARGS, the_first_few_and_then_a_look, the_first_few_and_then_the_rule, a_rule_that_does_not_hold_waits_for_a_person,
             many_opt_out, many_are_refused, its_own_bound_blocks_it, it_is_off_only_aloud, a_few_opt_outs_of_few_are_fine, world=World))
