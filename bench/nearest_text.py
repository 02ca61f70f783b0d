#!/usr/bin/env python3
"""What it costs to tell each person of the session near them: CPU time a person, of musterd and of Redis, of the same list and about the
same text, without and with a session; without a limit of the rate. Prints Markdown for docs/adr/0051.

    bench/nearest_text.py [--build DIR] [--people N] [--places N] [--capacity N]

Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import datetime
import pathlib
import random
import sys
import time

import run
from world import ROOT, World, house

PLAIN = "Hi {{first_name}}, the meeting at Derby North is on Sat 28 Nov 10:00, 12 km from you. https://m.example/near/AAAAAAAAAAAAAAAAAAAAAAA"
TOLD = "Hi {{first_name}}, the meeting at {{nearest.place}} is on {{nearest.when}}, {{nearest.distance}} from you. {{nearest.link}}"


def read_arguments():
    p = argparse.ArgumentParser(description="The cost of telling people of sessions.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=ROOT / "build")
    p.add_argument("--people", type=int, default=20000)
    p.add_argument("--places", type=int, default=300)
    p.add_argument("--capacity", type=int, default=50, help="of each of three sessions a place")
    return p.parse_args()


def write_list(path, people):
    with open(path, "w", encoding="utf-8") as out:
        out.write("phone,first_name,town,postcode\n")
        for i in range(people):
            out.write(f'+{house.FIRST_NUMBER + i},Ada{i % 50},York,"{random.uniform(50.5, 55):.3f},{random.uniform(-3, 0):.3f}"\n')


def write_places(path, places, capacity):
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=1)
    with open(path, "w", encoding="utf-8") as out:
        out.write("place,at,priority,needed,start,end,where,capacity\n")
        for i in range(places):
            at = f"{random.uniform(50.5, 55):.4f},{random.uniform(-3, 0):.4f}"
            for day in range(3):
                begin = start + datetime.timedelta(days=day)
                out.write(f'Place {i},"{at}",{("marginal", "close", "likely", "safe")[i % 4]},{3 * capacity},{begin.isoformat()},'
                          f"{(begin + datetime.timedelta(hours=2)).isoformat()},The hall,{capacity}\n")


def measure(w, name, text, people):
    """[µs of CPU a person] of musterd, of Redis; and people a second."""
    pids = (w.daemon.process.pid, w.redis_process.pid)
    before, began, seen = [run.cpu_us(p) for p in pids], time.monotonic(), w.records.count()
    w.launch(audience="crowd", name=name, text=text + " Reply STOP to end")
    house.until(lambda: w.records.count() >= seen + people, "all are texted", 300)
    took = time.monotonic() - began
    return [(run.cpu_us(p) - b) / people for p, b in zip(pids, before)] + [people / took]


def main():
    a = read_arguments()
    random.seed(1)
    w = World(a.build, 100000)
    try:
        write_list(w.folder / "crowd.csv", a.people)
        w.muster("audience", "import", w.folder / "crowd.csv", "--name", "crowd")
        write_places(w.folder / "places.csv", a.places, a.capacity)
        w.muster("place", "import", w.folder / "places.csv")
        rows = [(name, *measure(w, name, text, a.people)) for name, text in
                (("warm", PLAIN), ("without", PLAIN), ("with", TOLD), ("without again", PLAIN))]
        print(f"{a.people} people, {a.places} places with three sessions of {a.capacity}\n\n| | musterd | Redis | |\n|---|---|---|---|")
        for name, musterd, redis, rate in rows[1:]:
            print(f"| {name} a session | {musterd:.0f} µs | {redis:.0f} µs | {rate:.0f}/s |")
        busy = w.machine()
        print(f"\nothers had {busy['others']:.0%} of the machine")
    finally:
        w.end()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except house.Failed as why:
        print(why, file=sys.stderr)
        sys.exit(1)
