#!/usr/bin/env python3
"""What each thing of the day costs alone: CPU of musterd and of Redis, and the commands that Redis runs (those of scripts among them),
for one page, one open, one text of a person, one pledge with the text that confirms it. Prints Markdown.

    bench/day_costs.py [--build DIR] [--people N] [--places N] [--sessions N] [--times N]

CPU is dearer on a machine that is busy with something else. Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import http.client
import pathlib
import sys
import time

import day
import day_people as people
import run
from day_world import ACCOUNTS, DayWorld, Land
from links import SHARED, link
from world import ROOT, house


def read_arguments():
    p = argparse.ArgumentParser(description="What each thing of the day costs.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=ROOT / "build")
    p.add_argument("--people", type=int, default=20000)
    p.add_argument("--places", type=int, default=650)
    p.add_argument("--sessions", type=int, default=3250)
    p.add_argument("--times", type=int, default=1000, help="each thing")
    return p.parse_args()


class Costs(day.Day):
    def commands(self):
        """That Redis has run; not those of this look."""
        stats = day.redis_info(self.w.redis, "commandstats")
        return sum(int(v.split("calls=")[1].split(",")[0]) for k, v in stats.items() if k not in ("cmdstat_info", "cmdstat_evalsha"))

    def measure(self, what, times, do):
        """A row: do() does it that often."""
        pids, commands = (self.w.daemon.process.pid, self.redis_pid), self.commands()
        before = [run.cpu_us(pid) for pid in pids]
        do()
        house.until(self.all_are_told, "what follows from it")
        cost = [(run.cpu_us(pid) - b) / times for pid, b in zip(pids, before)]
        print(f"| {what} | {cost[0]:.0f} | {cost[1]:.0f} | {(self.commands() - commands) / times:.1f} |", flush=True)

    def look_at(self, paths, token):
        connection = http.client.HTTPConnection(self.w.daemon.config["listen"], timeout=30)
        for i in range(self.a.times):
            connection.request("GET", paths[i % len(paths)], headers={"Authorization": f"Bearer {token}"} if token else {})
            response = connection.getresponse()
            house.check(response.read() and response.status == 200, f"{paths[0]}: {response.status}")

    def say(self, text, numbers):
        for number in numbers:
            self.w.api.say(number, text, "one", people.SENDERS["one"])

    def open_links(self, times):
        path = self.w.folder / "links"
        path.write_bytes(link(SHARED, self.campaigns["one"], 1) + b"\n")
        people.run_load([self.w.args.load, "-n", times, "-l", path, "opens", self.w.daemon.url + "/s/"])

    def table(self):
        a, made = self.a, []
        self.prepare()
        self.launch()
        house.until(lambda: all(self.w.status(c) == "done" for c in self.campaigns.values()), "both campaigns", 300)
        told = [r for r in self.w.wires["one"].told() if people.is_first_text(r) and r.word != b"stay"]
        one, two, three = (told[i * a.times:(i + 1) * a.times] for i in range(3))
        house.check(len(three) == a.times, "more people are needed for so many times")
        pledger = people.Pledger(self.w.daemon, self.ids, made)
        print("| one of | musterd, µs | Redis, µs | commands of Redis |\n| --- | --- | --- | --- |")
        for name, (paths, token) in self.wanted_pages().items():
            self.measure(name, a.times, lambda paths=paths, token=token: self.look_at(paths, token))
        self.measure("/near/… that says a place is wanted", a.times, lambda: self.look_at(["/near/" + r.link.decode() for r in one], None))
        self.measure("an open", 20 * a.times, lambda: self.open_links(20 * a.times))
        self.measure("a text that somebody writes", a.times, lambda: self.say("Where is it?", [r.number for r in one]))
        self.measure("a pledge by link", a.times, lambda: [pledger.by_link(r.number, r.word.decode(), "link", r.link) for r in two])
        self.measure("a pledge by text", a.times, lambda: self.say("Yes!", [r.number for r in three]))
        self.measure("a pledge by the page", a.times, lambda: [pledger.by_page(house.FIRST_NUMBER + 1000000 + i, f"P{i % a.sessions}", "page")
                                                              for i in range(a.times)])
        wrong = [m for m in made if m.status != 303]
        house.equal(wrong[:1], [], f"refused ({len(wrong)})")


def main():
    a, began = read_arguments(), time.monotonic()
    a.seconds, a.seed, a.volunteers = 600, 1, 1
    w = DayWorld(a.build, 50000, a.volunteers)
    try:
        Costs(w, a).table()
    except house.Failed as why:
        print(why, file=sys.stderr)
        return 1
    finally:
        machine = w.machine()
        w.end()
    print(f"\n{a.people:,} people were texted by {len(ACCOUNTS)} accounts; {a.places} places, {a.sessions} sessions; others had "
          f"{100 * machine['others']:.0f} % of the machine; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
