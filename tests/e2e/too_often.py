#!/usr/bin/env python3
"""Many campaigns over the same people, all at once through two dispatchers: nobody is texted more often than the cap allows in
any window, by what the provider saw and not by our own books. --people 1000000 --campaigns 40 is the size of a movement."""
import collections
import json
import random
import sys

from house import FIRST_NUMBER, House, check, equal, fullest_second, options, run, until
from sink import ACCEPT, REFUSED

ARGS = options(people=1500, campaigns=8, rate=4000, patience=600)
DAY_S = 24 * 3600


class World(House):
    def two_of_them(self, sink, **cap):
        more = {"port": sink.port, "gateway": {"rate_per_s": ARGS.rate}, "cap": {"day": "any", "week": "any", **cap}}
        return [self.start_musterd(name, **more) for name in ("one", "two")]

    def lists(self):
        """Each campaign has a list of its own, a random part of all people; in how many somebody is."""
        drawn, times = random.Random(ARGS.seed), collections.Counter()
        for n in range(ARGS.campaigns):
            members = [i for i in range(ARGS.people) if drawn.random() < 0.6]
            drawn.shuffle(members)
            path = self.folder / f"list{n}.csv"
            with open(path, "w", encoding="utf-8") as out:
                out.write("phone,first_name,town\n")
                out.writelines(f"+{FIRST_NUMBER + i},Ada,Town\n" for i in members)
            self.muster("audience", "import", path, "--name", f"list{n}")
            times.update(members)
        return {f"+{FIRST_NUMBER + i}": n for i, n in times.items()}

    def launch_all(self):
        return [self.launch(audience=f"list{n}", name=f"campaign{n}") for n in range(ARGS.campaigns)]

    def wait_all(self, campaigns):
        for campaign in campaigns:
            self.wait_status(campaign, "done", ARGS.patience)


def times_of(sink):
    """number -> when it was texted [s]; whom the provider refused was not."""
    found = collections.defaultdict(list)
    for r, refused in zip(list(sink.requests), sink.refused):
        if not refused:
            found[r.to].append(r.at)
    return found


def watched(house, refuse):
    """A provider that refuses some, and remembers whom."""
    drawn = random.Random(ARGS.seed + 1)

    def plan(_):
        sink.refused.append(drawn.random() < refuse)
        return REFUSED if sink.refused[-1] else ACCEPT
    sink = house.sink(latency_s=0.01, plan=plan)
    sink.refused = []
    return sink


def never_above(sink, cap):
    texted = times_of(sink)
    most = collections.Counter(fullest_second(times, DAY_S) for times in texted.values())
    print(f"# texted so often in a day -> people: {dict(sorted(most.items()))}")
    check(max(most) <= cap, f"somebody was texted {max(most)} times, and the cap is {cap}")
    return texted


def all_at_once(house):
    sink = watched(house, 0)
    house.two_of_them(sink, day=2)
    lists = house.lists()
    house.wait_all(house.launch_all())
    texted = never_above(sink, 2)
    equal({to: len(at) for to, at in texted.items()}, {to: min(2, n) for to, n in lists.items()}, "everybody has what the cap lets through")
    mixed = [f"+{FIRST_NUMBER + i}" for i in range(ARGS.people - 100, ARGS.people + 100)]
    house.import_people(200, "mixed", ARGS.people - 100)
    said = json.loads(house.muster("audience", "texted", "mixed", "--json"))
    equal(said["texted_today"], len([to for to in mixed if to in texted]), "of a list, who was texted today")


def one_dies_and_some_are_refused(house):
    sink = watched(house, 0.03)  # less than the brake stops for
    _, second = house.two_of_them(sink, week=3)
    lists = house.lists()
    campaigns = house.launch_all()
    until(lambda: len(sink.requests) > ARGS.people, "many to have been texted", ARGS.patience)
    second.kill()
    second.restart()
    house.wait_all(campaigns)
    texted = never_above(sink, 3)
    reached = sum(map(len, texted.values())) / sum(min(3, n) for n in lists.values())
    check(reached > 0.9, f"{reached:.0%} of what the cap lets through arrived")


sys.exit(run(ARGS, all_at_once, one_dies_and_some_are_refused, world=World))
