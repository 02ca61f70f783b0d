#!/usr/bin/env python3
"""A provider that takes all that comes and passes it on slowly: no more builds up there than queue_max_s allows."""
import json
import socket
import sys
import urllib.request

from house import check, equal, options, run, until

ARGS = options(people=800)
RATE, IN_FLIGHT_MAX = 300, 32
BOUND = RATE  # queue_max_s: 1


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/stats", timeout=10) as answer:
        return json.load(answer)


def came_to(port, number):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/messages?to={number}", timeout=10) as answer:
        return json.load(answer)["messages"]


def metrics(house):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(house.daemon.socket)
        s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        with s.makefile("rb") as answer:
            return answer.read().decode()


def figure(house, name):
    """Of the only gateway; None when it is not told."""
    before = name + '{gateway="main"} '
    told = [line[len(before):] for line in metrics(house).splitlines() if line.startswith(before)]
    return float(told[0]) if told else None


def start(house, *sim, people=ARGS.people, **gateway):
    port = house.start_sim("--receipt-delay-ms", "0", "--receipt-jitter-ms", "0", "--latency-ms", "5", *sim)
    house.start_musterd(port=port, gateway=dict({"rate_per_s": RATE, "queue_max_s": 1, "in_flight_max": IN_FLIGHT_MAX}, **gateway))
    house.import_people(people)
    return port, house.launch()


def everybody_was_taken(house, port, campaign, people=ARGS.people):
    house.wait_status(campaign, "done")
    found = stats(port)
    equal((found["unique"], found["duplicates"]), (people, 0), "people that the provider took, and twice")
    return found


def waits(house, campaign):
    return json.loads(house.muster("campaign", "status", campaign, "--json"))["waits_for_provider"]


def a_slow_provider_is_not_filled(house):
    port, campaign = start(house, "--receipts", "sent:1", "--passes-on-per-s", "40")
    until(lambda: waits(house, campaign), "the campaign to wait")
    check("waits for the provider" in house.muster("campaign", "status", campaign), "the status says why")
    check(figure(house, "muster_gateway_provider_queue") > BOUND * 0.9, "the metrics say how much is there")
    equal(figure(house, "muster_gateway_provider_queue_max"), BOUND, "and how much may be")
    check("of at most 300 at the provider" in house.muster("gateway", "list"), "the list of gateways says it")
    # A person's message does not wait with the campaign.
    path = house.folder / "test.yaml"
    path.write_text(json.dumps({"name": "test", "audience": "members", "gateway": "main", "hours": "any", "text": "Hello"}))
    house.muster("campaign", "test", path, "--to", "+447700999999")
    until(lambda: came_to(port, "447700999999"), "the message to one person")
    check(waits(house, campaign), "the campaign waits still")
    found = everybody_was_taken(house, port, campaign, people=ARGS.people + 1)
    print(f"# at most {found['queued_highest']} at the provider, of {BOUND} that may be")
    check(found["queued_highest"] <= BOUND + 2 * IN_FLIGHT_MAX + 1, f"{found['queued_highest']} were at the provider")
    check(found["queued_highest"] > BOUND * 0.9, f"only {found['queued_highest']} were at the provider")
    check(not waits(house, campaign), "who is done does not wait")


def without_receipts_nobody_waits(house):
    port, campaign = start(house)
    everybody_was_taken(house, port, campaign)
    equal(house.hash(campaign).get("queue_full_ms"), None, "when it waited")
    equal(figure(house, "muster_gateway_provider_queue"), None, "what nobody knows")


def lost_receipts_hold_nobody_up(house):
    """Two of three receipts never come: those people alone would fill the bound. A receipt that a busy machine is late with counts
    as one that waits at the provider, and rightly; so there is room for two seconds of them."""
    bound_s = 3
    people = 2 * bound_s * RATE
    port, campaign = start(house, "--receipts", "sent:0.33", people=people, queue_max_s=bound_s)
    everybody_was_taken(house, port, campaign, people)
    equal(house.hash(campaign).get("queue_full_ms"), None, "when it waited")


def no_bound_when_told_so(house):
    port, campaign = start(house, "--receipts", "sent:1", "--passes-on-per-s", "10", queue_max_s=0)
    found = everybody_was_taken(house, port, campaign)
    check(found["queued_highest"] > BOUND, "more than the bound that is not")
    equal(house.redis("EXISTS", "muster:rate:main:queue"), 0, "the book")


sys.exit(run(ARGS, a_slow_provider_is_not_filled, without_receipts_nobody_waits, lost_receipts_hold_nobody_up,
             no_bound_when_told_so))
