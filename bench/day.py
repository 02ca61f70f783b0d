#!/usr/bin/env python3
"""The day of 2017, all of it at once, on the real programs: all people are texted with the session near them that needs them most, by
two provider accounts of which one fails in the middle; seven of a hundred write back, and volunteers with the inbox open answer them;
a message goes from hand to hand in six generations; pages are looked at all the time; and in the last minute before the deadline two of
a hundred say that they come. Then all books are held against each other. Prints Markdown.

    bench/day.py [--build DIR] [--people N] [--seconds S] [--volunteers N] [--places N] [--sessions N] [--seed N]

400,000 people take 5 minutes and the time to write the lists and to look at the books: 9 minutes in all. Exit codes: 0 as promised,
1 not so, 2 usage."""
import argparse
import collections
import datetime
import json
import math
import os
import pathlib
import random
import sys
import time

import day_books as books
import day_people as people
import run
import world
from day_world import ACCOUNTS, RALLIES, TEXT, DayWorld, Land
from links import PAGE, link
from promises import quantile
from world import ROOT, house

REPLY_P99_MS, PAGE_P99_MS, MEMORY_MB = 50, 100, 64
PLEDGE_PERCENT, EARLY_STOP_PERCENT, GENERATIONS = 2, 0.1, 6
BLAST_PART, FAILS_FROM, FAILS_TO = 0.65, 0.25, 0.35  # of the day: the blast at its full rate; one account's failure
CHECKED_PER_S = 8000  # people of a list
RALLY_EXTRA = 1.25  # so many times a rally's room want to come


def read_arguments():
    p = argparse.ArgumentParser(description="The day, at full size or smaller.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=ROOT / "build")
    p.add_argument("--people", type=int, default=400000)
    p.add_argument("--seconds", type=int, default=300, help="from the launch to the deadline")
    p.add_argument("--pledge-seconds", type=int, default=60, help="before the deadline")
    p.add_argument("--volunteers", type=int, default=200)
    p.add_argument("--think-s", type=float, default=1, help="of a volunteer, from Next to Send")
    p.add_argument("--places", type=int, default=650)
    p.add_argument("--sessions", type=int, default=3250)
    p.add_argument("--seed", type=int, default=2017)
    return p.parse_args()


class Day:
    def __init__(self, w, a):
        self.w, self.a, self.loads = w, a, {}
        self.land = Land(a.people, a.places, a.sessions, a.seed)
        self.chance = random.Random(a.seed + 1)
        self.redis_pid = w.redis_process.pid

    def cpu_s(self):
        return {"musterd": run.cpu_us(self.w.daemon.process.pid) / 1e6, "Redis": run.cpu_us(self.redis_pid) / 1e6}

    def at(self, part):
        """Waits for that part of the day."""
        time.sleep(max(0, self.began + part * self.a.seconds - time.monotonic()))

    def memory_mb(self):
        """Of musterd, and of Redis as it says itself."""
        return self.w.memory_mb("VmRSS"), int(redis_info(self.w.redis, "memory")["used_memory"]) / 2**20

    # ---- before it ----

    def prepare(self):
        before = self.memory_mb()
        self.w.import_places(self.land)
        self.w.api.get("/api/v1/near?q=53.5,-2")  # sorts them
        self.land_mb = [now - then for now, then in zip(self.memory_mb(), before)]
        self.where = self.w.import_people_of(self.land)
        self.ids = self.w.session_ids()
        self.early = [number for numbers in self.where.values() for number in list(numbers)[int(-EARLY_STOP_PERCENT / 100 * len(numbers)):]]

    def launch(self):
        """Each list is checked before it begins: so both begin at one time, after that."""
        ahead_s = 1 + self.a.people // CHECKED_PER_S
        start, self.began = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead_s), time.monotonic() + ahead_s
        deadline = start + datetime.timedelta(seconds=self.a.seconds)
        self.campaigns = {name: self.launch_one(name, utc(start), utc(deadline)) for name in ACCOUNTS}
        shared = json.loads(self.w.muster("campaign", "share", self.campaigns["one"], "--title", "Vote today", "--text", "Pass it on!", "--json"))
        house.check(shared["address"], "a page to pass on")

    def launch_one(self, name, start, deadline):
        """A small day is so short that the check says it will be late."""
        api = world.Api(self.w.daemon, timeout_s=300)  # each text is looked at by the check
        return api("/campaigns", name=f"campaign {name}", audience=name, gateway=name, hours="any", start=start, deadline=deadline,
                   force_late="the day is short", message={"default": "en", "sms": {"en": {"text": TEXT}}})[0]["id"]

    # ---- it ----

    def wanted_pages(self):
        codes = [code.replace(" ", "+") for code in self.chance.sample(list(self.land.postcodes), 50)]
        return {"/day": (["/day"], world.TOKEN), "/campaigns/…": ([f"/campaigns/{c}" for c in self.campaigns.values()], world.TOKEN),
                "/inbox": (["/inbox"], "token-of-volunteer-0"), "/near?q=…": ([f"/near?q={code}" for code in codes], None),
                "/near/…": ([f"/near/{link(PAGE, i).decode()}" for i in self.chance.sample(list(self.ids.values()), 20)], None)}

    def stop_early(self):
        api = world.Api(self.w.daemon)
        return [(n, api.say(n, "STOP", name, people.SENDERS[name])) for name in ACCOUNTS for n in self.early if n in self.where[name]]

    def plan_pledges(self):
        """By link, by text and by the page, some of them twice; and who leaves again when all of that is said."""
        pages, plan, stopped = int(RALLY_EXTRA * self.land.rally(0).capacity), [], set(self.early)
        for r in self.told_of_a_session(self.a.people * PLEDGE_PERCENT // 100 - pages * RALLIES):
            account = "one" if r.number in self.where["one"] else "two"
            if r.number in stopped:
                continue
            session = r.word.decode()
            if len(plan) % 3:
                plan.append((people.Pledger.by_link, (r.number, session, "link", r.link)))
            else:
                plan.append((people.Pledger.by_text, (r.number, session, "text", account)))
            if len(plan) % 10 == 0:
                plan.append((people.Pledger.by_link, (r.number, session, "again", r.link)))
        plan += [(people.Pledger.by_page, (house.FIRST_NUMBER + 1000000 + pages * i + k, f"R{i}", "page")) for i in range(RALLIES) for k in range(pages)]
        self.chance.shuffle(plan)
        leaves = max(1, self.land.rally(0).capacity // 5)
        return plan, [(people.Pledger.leave, (f"R{i}", k)) for i in range(RALLIES) for k in range(1, leaves + 1)]

    def told_of_a_session(self, count):
        """Texts of people who were texted, and to whom nobody of ours has written."""
        wrote, found = people.REPLY_PERCENT, []
        for records in self.w.wires.values():
            told = [r for i, r in enumerate(records.told()) if i * wrote // 100 == (i + 1) * wrote // 100 and people.is_first_text(r) and r.word != b"stay"]
            found += self.chance.sample(told, min(count // 2, len(told)))
        return found

    def go(self):
        w, a = self.w, self.a
        self.launch()
        end_listening = w.listen(a.volunteers)
        self.at(0)
        before, machine = self.cpu_s(), world.machine_jiffies()
        parts = {"writers": people.Part(people.writers, w.daemon, w.wires),
                 "volunteers": people.Part(people.volunteers, w.daemon, a.volunteers, a.think_s),
                 "openers": people.Part(people.openers, w.args.load, w.folder, w.daemon, self.campaigns["one"], a.people, GENERATIONS, a.seconds * 0.9,
                                        self.chance)}
        early = self.stop_early()
        looks = people.Part(people.pages, w.daemon, self.wanted_pages())
        self.at(FAILS_FROM)
        self.fails_ns = world.now_ns()
        w.wires["two"].be(world.ERRORS)
        self.at((FAILS_FROM + FAILS_TO) / 2)
        w.wires["two"].be(world.CUTS)
        self.at(FAILS_TO)
        w.wires["two"].be(world.WELL)
        self.at(1 - a.pledge_seconds / a.seconds - 0.02)
        plan, leaves = self.plan_pledges()
        self.at(1 - a.pledge_seconds / a.seconds)
        pledging = people.Part(people.pledgers, w.daemon, self.ids, plan, leaves, a.pledge_seconds * 0.98)
        self.at(1)
        self.made, self.pledge_s = self.ended("pledgers", pledging)
        self.opened, self.opens = self.ended("openers", parts.pop("openers"))
        for campaign in self.campaigns.values():
            house.until(lambda c=campaign: w.status(c) in ("done", "expired"), "the end of a campaign")
        self.stops, self.wrote = self.ended("writers", parts.pop("writers"))
        self.stops += early
        self.answered = self.ended("volunteers", parts.pop("volunteers"))
        self.pages, self.wrong = self.ended("pages", looks)
        self.heard = end_listening()
        self.took_s = time.monotonic() - self.began
        self.use = {name: cpu - before[name] for name, cpu in self.cpu_s().items()}
        self.loads["openers"] += sum(o["cpu_us_per_request"] * o["requests"] for o in self.opened) / 1e6
        self.loads["listening"] = self.heard["cpu_us"] / 1e6
        self.loads["the providers"] = sum(run.cpu_us(c.pid) for c in w.children if "sink" in str(c.args[0])) / 1e6
        busy, _, total = (b - a for a, b in zip(machine, world.machine_jiffies()))
        ours = sum(self.use.values()) + sum(self.loads.values())
        self.busy, self.ours = busy / total, ours / (self.took_s * os.cpu_count())

    def ended(self, name, part):
        said, self.loads[name] = part.end()
        return said

    # ---- the books ----

    def reply_ms(self, seen):
        """Of those by an account that was there; and of those by the one that failed, until it took something again."""
        well, failing, sent = [], [], self.answered["sent_ns"]
        last = max((r.at_ns for r in self.w.wires["two"].told() if r.mood != world.WELL), default=self.fails_ns)
        back_ns = min((r.at_ns for r in self.w.wires["two"].told() if r.at_ns > last), default=math.inf)
        for i, texts in seen.replies.items():
            at, account = texts[0]
            fails = account == "two" and self.fails_ns <= at and sent[i] <= back_ns
            (failing if fails else well).append((at - sent[i]) / 1e6)
        return sorted(well), sorted(failing)

    def check(self):
        """Raises at what is not as promised. What was counted."""
        w = self.w
        house.until(self.all_are_told, "all notices and replies", 60)
        seen = books.Seen(w.wires)
        books.nobody_twice(seen)
        books.nobody_after_stop(seen, self.stops)
        states = books.everybody_is_somewhere(w, self.campaigns, self.where, seen)
        where = {n: code for numbers in self.where.values() for n, code in numbers.items()}
        choice = books.Choice(self.land, seen, self.made)
        told = choice.check(where)
        self.others, self.forfeited = choice.others, self.missed_their_moment()
        house.check(self.others <= self.forfeited,
                    f"{self.others} were told of another session than the best, and {self.forfeited} requests missed their moment")
        books.offers_follow_from_the_ledger(w, self.campaigns, self.ids)
        pledges = books.pledges_count_once(w, self.ids, self.land, self.made, seen)
        moved = books.rallies_wait_in_turn(w, self.ids, self.land, self.made, seen)
        self.check_opens()
        self.check_replies(seen)
        return seen, states, told, pledges, moved

    def missed_their_moment(self):
        """Grants that were given back: the session was held for them for a moment."""
        lines = self.w.page("/metrics").splitlines()
        return sum(int(float(line.split()[-1])) for line in lines if line.startswith("muster_gateway_forfeited_total{"))

    def all_are_told(self):
        told = self.w.redis("ZCARD", "muster:pledges:untold") == 0
        return told and ("total" not in self.w.hash(0) or self.w.settled(0))

    def check_opens(self):
        now = json.loads(self.w.muster("campaign", "share", self.campaigns["one"], "--json"))
        each = self.a.people // GENERATIONS
        house.equal((now["opens"], now["links"], now["deepest"]), (self.opens, self.opens, GENERATIONS), "opens, links, generations")
        counted = {g["generation"]: g["opens"] for g in now["generations"] if g["opens"]}
        house.equal(counted, {g: each for g in range(1, GENERATIONS + 1)}, "opens by generation")

    def check_replies(self, seen):
        took, replied = collections.Counter(self.answered["took"]), collections.Counter(self.answered["replied"])
        house.equal([i for i, n in took.items() if n > 1], [], "people whom two had")
        house.equal(sorted(seen.replies), sorted(replied), "replies at the providers, and those that were sent")
        house.equal(+self.answered["refused"], collections.Counter(), "refused to volunteers")
        house.check(len(replied) >= len(self.wrote), f"{len(self.wrote)} wrote, {len(replied)} were answered")

    # ---- what is said of it ----

    def tell(self, seen, states, told, pledges, moved):
        """Whether the bounds of time and memory hold, too."""
        a, n = self.a, len(self.made)
        reply, failing = self.reply_ms(seen)
        page = sorted(ms for times in self.pages.values() for ms in times)
        peak_mb = self.w.memory_mb("VmHWM")
        redis_mb = run.rss_peak_kb(self.redis_pid) / 1024
        good = [row("people; seconds to the deadline; volunteers", f"{a.people:,}; {a.seconds}; {a.volunteers}"),
                row("places; sessions", f"{a.places}; {a.sessions}"),
                row("they are kept in [MB], of musterd; of Redis", f"{self.land_mb[0]:.1f}; {self.land_mb[1]:.1f}"),
                row("states", ", ".join(f"{k} {v:,}" for k, v in states.most_common())),
                row("told", ", ".join(f"{k} {v:,}" for k, v in told.most_common())),
                row("told of another than the best that had room; requests that missed their moment", f"{self.others:,}; {self.forfeited:,}"),
                row("texted twice; texted after STOP, of those who said it", f"0; 0 of {len(self.stops):,}"),
                row("wrote; answered", f"{len(self.wrote):,}; {len(self.answered['replied']):,}"),
                row("a reply, Send to the provider, p50 / p99 / max [ms]", quantiles(reply), f"p99 <= {REPLY_P99_MS}", p99(reply) <= REPLY_P99_MS),
                row(f"… by the account that failed, while it did: {len(failing)} of them", quantiles(failing)),
                row("Next, p50 / p99 / max [ms]", quantiles(self.answered["next_ms"])),
                row("pages, p50 / p99 / max [ms]", quantiles(page), f"p99 <= {PAGE_P99_MS}", p99(page) <= PAGE_P99_MS)]
        good += [row(f"… {name}, of {len(times)}", quantiles(times)) for name, times in self.pages.items()]
        good += [row("not a page", len(self.wrong), "0", not self.wrong),
                 row("opens, in generations", f"{self.opens:,}, {GENERATIONS}"),
                 row("an open, p50 / p99 / max [ms]", " / ".join(f"{max(o[k] for o in self.opened):.1f}" for k in ("p50_ms", "p99_ms", "max_ms"))),
                 row("said that they come, in seconds", f"{n:,}, {self.pledge_s:.0f}"),
                 row("who comes", ", ".join(f"{k} {v:,}" for k, v in pledges.most_common())),
                 row("moved up from a waiting list", moved),
                 row("a pledge, p50 / p99 / max [ms]", quantiles([(m.done_ns - m.sent_ns) / 1e6 for m in self.made])),
                 row("messages to open pages; told to read anew", f"{self.heard['messages']:,}; {self.heard['resets']:,}"),
                 row("musterd at most [MB]", f"{peak_mb:.1f}", f"<= {MEMORY_MB}", peak_mb <= MEMORY_MB),
                 row("Redis at most [MB]", f"{redis_mb:.1f}"),
                 row("CPU of the day [s]", ", ".join(f"{k} {v:.1f}" for k, v in self.use.items())),
                 row("CPU of whoever did something [s]", ", ".join(f"{k} {v:.1f}" for k, v in self.loads.items())),
                 row("the machine", f"{100 * self.busy:.0f} % busy, {100 * self.ours:.0f} % with this; {self.took_s:.0f} s")]
        return all(good)


def utc(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def redis_info(redis, section):
    return dict(line.split(":", 1) for line in redis("INFO", section).decode().splitlines() if ":" in line)


def p99(times):
    return quantile(times, 0.99) if times else 0


def quantiles(times):
    times = sorted(times)
    return " / ".join(f"{t:.1f}" for t in (quantile(times, 0.5), quantile(times, 0.99), times[-1])) if times else "-"


def row(what, value, promise="", ok=None):
    print(f"| {what} | {value} | {promise} | {'' if ok is None else 'yes' if ok else 'NO'} |", flush=True)
    return ok is not False


def world_of(a):
    rate = math.ceil(a.people / len(ACCOUNTS) / (a.seconds * BLAST_PART))
    return DayWorld(a.build, rate, a.volunteers)


def have_it(w, a):
    """Raises house.Failed where a promise does not hold. The day, and what was counted."""
    day = Day(w, a)
    day.prepare()
    day.go()
    return day, day.check()


def main():
    a, began, good = read_arguments(), time.monotonic(), False
    w = world_of(a)
    try:
        day, counted = have_it(w, a)
        good = day.tell(*counted)
    except house.Failed as why:
        print("".join(f"# {line}\n" for line in w.logs()), why, file=sys.stderr)
    finally:
        w.end()
    print(f"\n{time.monotonic() - began:.0f} s in all")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
