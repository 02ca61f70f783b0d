"""What the faults have in common: the books and the table, a blast that goes on, and who answers to it."""
import collections
import os
import pathlib
import random
import shutil
import subprocess
import time

from house import PATIENCE_S, TEXT, check, options, run, until

LONG = bool(os.environ.get("MUSTER_LONG"))
ARGS = options(story="", only="", table="", kills=1000 if LONG else 80, moment_kills=20 if LONG else 1,
               redis_kills=100 if LONG else 10, kafka_kills=50 if LONG else 3, rounds=10 if LONG else 1,
               cuts=200 if LONG else 20, count=30 if LONG else 2, kafka="3.9.2")
IN_FLIGHT_MAX = 32
OPEN_MAX = 2 * IN_FLIGHT_MAX  # granted and not recorded, at once
Row = collections.namedtuple("Row", "fault rounds people twice lost unknown bound")
TABLE = []


# ---- the books ----

def people_lost(house, campaign, sink, people):
    """Who is nowhere, unsettled, or said to be accepted by a gateway that never saw them."""
    states = house.people(campaign)
    taken = {to for to, _ in sink.taken}
    lost = {number for number, state in states.items()
            if state in ("pending", "in_flight") or (state == "accepted" and number not in taken)}
    return states, people - len(states) + len(lost)


def close_books(house, fault, rounds, campaign, sink, people, bound, **more):
    """Adds the campaign to the fault's row of the table, and then checks it."""
    states, lost = people_lost(house, campaign, sink, people)
    unknown = sum(state == "unknown" for state in states.values())
    add_to_row(Row(fault, rounds, people, len(sink.twice()), lost, unknown, bound))
    house.check_books(campaign, sink, people, unknown_max=bound, **more)


def add_to_row(row):
    for i, there in enumerate(TABLE):
        if there.fault == row.fault:
            TABLE[i] = Row(row.fault, *(a + b for a, b in zip(there[1:], row[1:])))
            return
    TABLE.append(row)


def machine():
    """Where and what of: a table without that says nothing."""
    names = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")]
    commit = shutil.which("git") and subprocess.run(["git", "-C", ARGS.source, "rev-parse", "--short=12", "HEAD"],
                                                    capture_output=True, text=True, check=False).stdout.strip()
    return f"{commit or 'no commit'} on {os.cpu_count()} × {names[0] if names else os.uname().machine}, seed {ARGS.seed}"


def table():
    yield "| " + " | ".join(Row._fields) + " |"
    yield "|---|" + "---:|" * (len(Row._fields) - 1)
    for row in TABLE:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) + " |"


def part_of(sink, name):
    """What the sink saw of one campaign, of those whose text begins with their name."""
    return Part(sink, name + ":")


class Part:
    def __init__(self, sink, beginning):
        self.requests = [r for r in list(sink.requests) if r.text.startswith(beginning)]
        self.taken = collections.Counter({key: n for key, n in list(sink.taken.items()) if key[1].startswith(beginning)})

    def seen(self):
        return collections.Counter(r.to for r in self.requests)

    def twice(self):
        return [key for key, n in self.taken.items() if n > 1]


# ---- a blast, and its going on ----

def some_time(least_s, most_s):
    time.sleep(random.uniform(least_s, most_s))  # the moment is the point


def start(house, name, sink, rate=500, response_ms=5000, port=None, **more):
    gateway = {"rate_per_s": rate, "in_flight_max": IN_FLIGHT_MAX, "response_ms": response_ms}
    return house.start_musterd(name, port=port or sink.port, gateway=gateway, **more)


def through(line):
    """musterd's way to Redis."""
    return {"url": f"redis://127.0.0.1:{line.port}/0"}


def blast(house, people):
    house.import_people(people)
    return house.launch()


def launch_named(house, name):
    """One of several campaigns to the same people."""
    return house.launch(name=name, text=name + ": " + TEXT)


def lasting(house, campaign, rounds):
    """The rounds, as long as there is something to disturb."""
    for n in range(1, rounds + 1):
        check(house.status(campaign) != "done", f"the campaign was done before round {n} of {rounds}")
        yield n


def goes_on(house, campaign, sink, more=20, patience_s=PATIENCE_S):
    before, began = len(sink.requests), time.monotonic()
    until(lambda: len(sink.requests) >= before + more or house.settled(campaign), "the sending to go on", patience_s)
    if time.monotonic() - began > 30:
        print(f"# the sending went on after {time.monotonic() - began:.0f} s", flush=True)


def finish(house, campaign, people, rate):
    house.wait_status(campaign, "done", patience_s=60 + 2 * people / rate)


def sent_since(sink, daemon, since):
    return sum(1 for r in sink.requests[-1000:] if r.at >= since and daemon.url in r.query["StatusCallback"])


def check_silent(sink, zombie, states, since):
    """What the zombie sent since it came back went to people who were nobody's then."""
    for request in list(sink.requests):
        if request.at >= since and zombie.url in request.query["StatusCallback"]:
            check(states[request.to] == "pending", f"the zombie texted somebody who was {states[request.to]}")


# ---- main ----

def main(stories):
    """Runs the faults that are asked for; the table at the end has a row of each."""
    faults = [f for story, of_story in stories.items() for f in of_story
              if ARGS.story in ("", story) and ARGS.only in f.__name__]
    code = run(ARGS, *faults)
    print("# " + machine())
    for line in table():
        print("# " + line)
    if ARGS.table:
        pathlib.Path(ARGS.table).write_text("\n".join(table()) + "\n", encoding="utf-8")
    return code
