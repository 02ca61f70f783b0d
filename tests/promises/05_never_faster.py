#!/usr/bin/env python3
"""Never faster than allowed, measured where the requests arrive. How much of the rate is used is printed; on a busy
machine only the bench can hold anybody to it."""
import sys

import tunnel
from house import check, options, run

ARGS = options(seconds=6.0)


def measure(house, rate, instances=1, lowest_usage=0.5, sink=None, seconds=ARGS.seconds, **gateway):
    sink = sink or house.sink(latency_s=0.01)
    changes = dict({"rate_per_s": rate, "in_flight_max": 128}, **gateway)
    for i in range(instances):
        house.start_musterd(f"one{i}", port=sink.port, gateway=changes)
    people = int(rate * seconds)
    house.import_people(people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, people, unknown_max=0)
    fullest = sink.per_second()
    times = sorted(r.at for r in sink.requests)
    used = (people - 1) / (times[-1] - times[0]) / rate
    print(f"# {rate}/s: fullest second {fullest}, {100 * used:.1f} % used" +
          ("" if sink.by_kernel else " (no kernel timestamps)"))
    check(fullest <= rate, f"{fullest} in a second, {rate} are allowed")
    check(used >= lowest_usage, f"only {100 * used:.1f} % of {rate}/s used")
    return sink


def at_80_a_second(house):
    measure(house, 80)


def at_1000_a_second(house):
    measure(house, 1000)


def three_dispatchers_share_1000_a_second(house):
    measure(house, 1000, instances=3)


def each_sender_keeps_its_own_rate(house):
    senders = ["+447700900996", "+447700900997", "+447700900998"]
    sink = measure(house, 200, lowest_usage=0.3, senders=senders, sender_rate_per_s=50)
    for sender in senders:
        times = sorted(r.at for r in sink.requests if r.sender == sender)
        check(times, f"{sender} is used")
        fullest = max(sum(1 for t in times[i:i + 60] if t < at + 1) for i, at in enumerate(times))
        check(fullest <= 50, f"{fullest} in a second from {sender}")
    by_person = {r.to: r.sender for r in sink.requests}
    check(len(set(by_person.values())) == len(senders), "the people are spread over the senders")


def what_waits_for_its_connection_counts_when_it_leaves(house):
    """A provider that is far away: TLS takes three times the way there and back. The first requests wait for that; those after
    them go over the connections that stand by then, and come between them."""
    cert, key = tunnel.make_certificate(house.folder)
    sink = house.sink(latency_s=0.01, tls=tunnel.server(cert, key), handshake_s=0.3)
    measure(house, 200, lowest_usage=0, sink=sink, seconds=3, base_url=f"https://127.0.0.1:{sink.port}", ca_file=str(cert))


sys.exit(run(ARGS, at_80_a_second, at_1000_a_second, three_dispatchers_share_1000_a_second,
             each_sender_keeps_its_own_rate, what_waits_for_its_connection_counts_when_it_leaves))
