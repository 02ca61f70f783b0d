#!/usr/bin/env python3
"""A morning of the day: N volunteers have the inbox open (server-sent events) and take Next, Send, Close, while people write and a
blast is sent beside them. Measures Next, grabs that were lost, people who were answered twice, the blast's use of its rate with
and without them, and musterd's memory.

Who presses is simulated here, in one thread: what it needs itself is in each Next, and the table says how late that thread was.
So volunteers begin one after the other, as they come, and what is told to all of them is read by bench/listen.c. That all
of them press in one moment is measured on its own, by the races.

    bench/volunteers.py [--build DIR] [--volunteers N] [--rate N] [--seconds N] [--writes-per-s N] [--think-s S] [--races N]

--races: besides, so many grabs by all of them at once, each of a person who waits. Exit codes: 0 as promised, 1 not so."""
import argparse
import asyncio
import pathlib
import random
import sys
import time

from world import PEOPLE_WHO_WRITE, ROOT, World

import house
from crowd import Volunteer, answered_twice, end
from promises import part_used, quantile

NEXT_P99_MS, USE_LEAST, MEMORY_MB = 50, 0.97, 64


def read_arguments():
    p = argparse.ArgumentParser(description="Volunteers beside a blast.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=ROOT / "build")
    p.add_argument("--volunteers", type=int, default=300)
    p.add_argument("--rate", type=int, default=1000, help="of the blast [1/s]")
    p.add_argument("--seconds", type=int, default=20, help="of the blast, once alone and once beside them")
    p.add_argument("--writes-per-s", type=float, default=20, help="people who write")
    p.add_argument("--think-s", type=float, default=5, help="from Next to Send")
    p.add_argument("--races", type=int, default=2000)
    return p.parse_args()


class Morning(World):
    def __init__(self, a):
        self.a = a
        super().__init__(a.build, a.rate)

    def config(self, name, port, gateways, **more):
        more["people"] = more["people"] + [{"name": f"Volunteer {i}", "role": "volunteer", "group": "main", "token": f"token-of-volunteer-{i}"}
                                           for i in range(self.a.volunteers)]
        more["inbox"] = {"strangers_max": 1_000_000, "stranger_per_hour": 1000}
        return super().config(name, port, gateways, **more)

    def volunteers(self):
        host, port = self.daemon.config["listen"].rsplit(":", 1)
        return [Volunteer(host, int(port), f"token-of-volunteer-{i}", self.a.think_s) for i in range(self.a.volunteers)]

    def blast(self, name):
        """The use of the rate, from the sink's own times."""
        self.import_people(self.a.rate * self.a.seconds, name)
        first = self.records.count()
        self.launch_by_api(name)
        return first

    def used(self, first):
        house.until(lambda: self.records.count() >= first + self.a.rate * self.a.seconds, "the blast", 60 + 3 * self.a.seconds)
        times = sorted(r.at_ns for r in self.records.read(first) if r.number)
        return part_used(times, self.a.rate)


async def people_write(w, first, n, per_s, over=lambda: False):
    for i in range(first, first + n):
        if over():
            return i - first
        await asyncio.to_thread(w.api.say, house.FIRST_NUMBER + PEOPLE_WHO_WRITE + i, "Where is it?")
        if per_s:
            await asyncio.sleep(1 / per_s)
    return n


async def comes(v, over):
    await asyncio.sleep(random.uniform(0, v.think_s))
    await v.work(over)


async def lateness(late_s, over):
    """How late this thread comes to what is due, for as long as it is asked."""
    while not over():
        due = time.monotonic() + 0.002
        await asyncio.sleep(0.002)
        late_s.append(time.monotonic() - due)


async def beside_a_blast(w, crowd, late_s):
    first = await asyncio.to_thread(w.blast, "beside")
    over = asyncio.Event()
    writes = asyncio.ensure_future(people_write(w, 0, 10**6, w.a.writes_per_s, over.is_set))
    work = [asyncio.ensure_future(comes(v, over.is_set)) for v in crowd] + [asyncio.ensure_future(lateness(late_s, over.is_set))]
    use = await asyncio.to_thread(w.used, first)
    over.set()
    wrote = await writes
    await asyncio.gather(*work)
    return use, wrote


async def races(w, crowd):
    """Rounds in which each of them grabs at the same moment, and as many wait as there are of them: how many got nobody, how many
    grabbed, and how long it took."""
    lost, first, took_s = 0, 10**6, []
    for v in crowd:
        v.think_s = 0
    for _ in range(max(1, w.a.races // len(crowd))):
        await people_write(w, first, len(crowd), 0)
        first += len(crowd)
        got = await asyncio.gather(*(v.take_next() for v in crowd))
        took_s += [v.next_s[-1] for v in crowd]
        lost += sum(1 for conversation in got if not conversation)
        await asyncio.gather(*(v.answer(conversation) for v, conversation in zip(crowd, got) if conversation))
        await asyncio.gather(*(v.work(lambda: True) for v in crowd[:20]))  # whoever was left
    return lost, first - 10**6, took_s


def show(what, value, promise="", ok=None):
    print(f"{what:<46}{value:>14}   {promise:<12}{'' if ok is None else 'yes' if ok else 'NO'}")
    return ok is not False


def ms(values_s, q):
    return f"{1000 * quantile(sorted(values_s), q):.1f}" if values_s else "-"


async def morning(w):
    alone = await asyncio.to_thread(w.used, await asyncio.to_thread(w.blast, "alone"))
    crowd = w.volunteers()
    end_listening = await asyncio.to_thread(w.listen, len(crowd))
    opened_mb, late_s = w.memory_mb("VmRSS"), []
    use, wrote = await beside_a_blast(w, crowd, late_s)
    next_s = [s for v in crowd for s in v.next_s]
    lost, raced, at_once_s = await races(w, crowd) if w.a.races else (0, 0, [])
    await asyncio.sleep(1)
    heard = await asyncio.to_thread(end_listening)
    await end(crowd, [])
    twice_taken, twice_answered = answered_twice(crowd)
    good = [
        show("volunteers", len(crowd)),
        show("people who wrote, answered", f"{wrote + raced}, {sum(len(v.replied) for v in crowd)}"),
        show("next, how often", len(next_s)),
        show("next, p50 [ms]", ms(next_s, 0.5)),
        show("next, p99 [ms]", ms(next_s, 0.99), f"<= {NEXT_P99_MS}", 1000 * quantile(sorted(next_s), 0.99) <= NEXT_P99_MS),
        show("next, p99 of all who press in one moment [ms]", ms(at_once_s, 0.99)),
        show("how late this program itself was, p99 [ms]", ms(late_s, 0.99)),
        show(f"grabs at one moment that were lost, of {raced}", lost, "0", lost == 0),
        show("people whom two had", len(twice_taken), "0", not twice_taken),
        show("people who were answered twice", len(twice_answered), "0", not twice_answered),
        show("not answered", wrote + raced - sum(len(v.replied) for v in crowd), "0", wrote + raced == sum(len(v.replied) for v in crowd)),
        show("messages that each of them heard", heard["messages"] // heard["streams"]),
        show("told to read anew; streams that broke off", f"{heard['resets']}; {heard['again']}"),
        show("use of the rate alone", f"{100 * alone:.1f} %"),
        show("use of the rate beside them", f"{100 * use:.1f} %", f">= {100 * USE_LEAST:.0f} %", use >= USE_LEAST),
        show("musterd with their pages open [MB]", f"{opened_mb:.1f}"),
        show("musterd at most [MB]", f"{w.memory_mb('VmHWM'):.1f}", f"<= {MEMORY_MB}", w.memory_mb("VmHWM") <= MEMORY_MB),
    ]
    refused = [dict(v.refused) for v in crowd if v.refused]
    if refused:
        print(f"refused: {refused[:5]}")
    return all(good) and not refused


def main():
    a, began = read_arguments(), time.monotonic()
    w = Morning(a)
    try:
        good = asyncio.run(morning(w))
        machine = w.machine()
        print(f"machine: {100 * machine['ours']:.0f} % ours, {100 * machine['others']:.0f} % others; {time.monotonic() - began:.0f} s")
    finally:
        w.end()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
