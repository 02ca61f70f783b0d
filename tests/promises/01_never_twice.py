#!/usr/bin/env python3
"""A gateway that misbehaves: what nobody can know becomes unknown and is never sent again; what was surely not taken
is."""
import sys

import sink as sinks
from house import check, equal, options, run, until

ARGS = options(people=12)


def campaign_of(house, sink, name, people, done=True):
    first = campaign_of.next
    campaign_of.next += people
    house.import_people(people, name, first)
    campaign = house.launch(audience=name, name=name)
    if done:
        house.wait_status(campaign, "done")
        equal(sink.twice(), [], f"texted twice ({name})")
    return campaign


campaign_of.next = 0


def expect(house, campaign, **wanted):
    equal({k: v for k, v in house.counts(campaign).items() if v}, {k: v for k, v in wanted.items() if v},
          "states")


def each_nth_answer_in_turn(house, fault, **first):
    """One request at a time, so that connections are used again; the n-th request meets the fault, n = 1, 2, …"""
    sink = house.sink(latency_s=0.001)
    house.start_musterd(port=sink.port, gateway={"in_flight_max": 1, "response_ms": 1000})
    for n in range(1, ARGS.people + 1):
        at = len(sink.requests) + sink.unread + n
        fault(sink, at)
        campaign = campaign_of(house, sink, f"n{n}", ARGS.people)
        expect(house, campaign, **dict({"accepted": ARGS.people - 1}, **first))
        equal(len(sink.requests) + sink.unread, n * ARGS.people, "requests")


def plan(answer):
    def fault(sink, at):
        sink.plan = lambda n: answer if n == at else sinks.ACCEPT
    return fault


def cut_after_the_nth_request_was_read(house):
    each_nth_answer_in_turn(house, plan(sinks.CUT_AFTER), unknown=1)


def cut_before_the_nth_request_was_read(house):
    def fault(sink, at):
        sink.cut_unread = lambda n: n == at
    each_nth_answer_in_turn(house, fault, unknown=1)


def the_nth_answer_is_html(house):
    each_nth_answer_in_turn(house, plan(sinks.HTML), unknown=1)


def the_nth_answer_is_500(house):
    each_nth_answer_in_turn(house, plan(sinks.ERROR_500), unknown=1)


def half_of_the_nth_answer(house):
    each_nth_answer_in_turn(house, plan(sinks.HALF), unknown=1)


def the_nth_answer_is_a_no(house):
    each_nth_answer_in_turn(house, plan(sinks.REFUSED), refused=1)


def an_answer_that_comes_too_late(house):
    sink = house.sink(plan=lambda n: sinks.Answer(delay_s=3.0) if n == 5 else sinks.ACCEPT)
    house.start_musterd(port=sink.port, gateway={"response_ms": 1000})
    campaign = campaign_of(house, sink, "late", 20)
    expect(house, campaign, accepted=19, unknown=1)


def a_storm(house, answer, **gateway):
    """The first twenty requests are too fast for the gateway."""
    sink = house.sink(plan=lambda n: answer if n <= 20 else sinks.ACCEPT)
    house.start_musterd(port=sink.port, gateway=dict({"rate_per_s": 1000, "in_flight_max": 16}, **gateway))
    campaign = campaign_of(house, sink, "storm", 300)
    expect(house, campaign, accepted=300)
    equal(len(sink.requests), 320, "requests")
    # what was under way still comes; then it holds for the second that the gateway asked for
    times = sorted(r.at for r in sink.requests)
    early = sum(1 for t in times if t < times[0] + 0.9)
    check(early <= 2 * 16, f"{early} requests in the second in which the gateway was to be left alone")


def a_storm_of_429(house):
    a_storm(house, sinks.throttled(1))


def a_storm_about_the_sender(house):
    a_storm(house, sinks.throttled(1, 400, 63018), sender_rate_per_s=1000)


def a_storm_about_a_sender_without_a_rate_of_its_own(house):
    a_storm(house, sinks.throttled(1, 400, 63018))


def a_gateway_that_was_never_there(house):
    sink = house.sink()
    sink.close()
    house.start_musterd(port=sink.port)
    campaign = campaign_of(house, sink, "dead", 500, done=False)
    until(lambda: "cannot be reached" in house.daemon.log(), "the log to say so")
    counts = house.counts(campaign)
    equal(counts["unknown"] + counts["refused"], 0, "given up")
    sink.open()
    house.wait_status(campaign, "done")
    expect(house, campaign, accepted=500)
    house.check_books(campaign, sink, 500, unknown_max=0)


def a_gateway_that_dies_and_comes_back(house):
    sink = house.sink(latency_s=0.02)
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 500, "in_flight_max": 16})
    campaign = campaign_of(house, sink, "back", 1500, done=False)
    for requests in (200, 600):
        until(lambda: len(sink.requests) > requests, "requests")
        sink.close()
        until(lambda: house.counts(campaign)["in_flight"] <= 1, "what was in flight to be settled")
        sink.open()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, 1500, unknown_max=2 * 16)


sys.exit(run(ARGS, cut_after_the_nth_request_was_read, cut_before_the_nth_request_was_read, the_nth_answer_is_html,
             the_nth_answer_is_500, half_of_the_nth_answer, the_nth_answer_is_a_no, an_answer_that_comes_too_late,
             a_storm_of_429, a_storm_about_the_sender, a_storm_about_a_sender_without_a_rate_of_its_own,
             a_gateway_that_was_never_there, a_gateway_that_dies_and_comes_back))
