#!/usr/bin/env python3
"""The promises as figures, measured on the real parts: a private Redis that syncs every write, musterd, and a sink that
notes when each request arrived. Prints one table and keeps it, with all single values, in bench/results.

    bench/promises.py [--build DIR] [--only PART,…] [--quick] [--long]

Parts: blast80, blast1000 (replies, STOP, pause, cancel, fairness and use beside a blast of 400,000), shared (three
dispatchers on one gateway), beside (a paused, a blocked and a dead neighbour), speed (400,000 people without a limit).
On a machine that has something else to do at the time the figures are of that machine: the table says how busy it was.

Exit codes: 0 measured (a promise that was missed is marked), 1 not measured, 2 usage."""
import argparse
import base64
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import traceback

import run
import world
from world import World, house, now_ns, text_hash

FEW = 200
REPLY_WITHIN_MS, PAUSE_WITHIN_MS, STOP_WITHIN_MS = 50, 250, 10
FAIR_FACTOR, USE_MIN = 2.5, 0.98
FIRST, BLOCKED = house.FIRST_NUMBER, house.FIRST_NUMBER + world.BLOCKED_FROM
FEW_FROM, OTHERS_FROM = 100_000_000, 150_000_000  # where the audiences' numbers begin
QUIET_S = 1.5  # as long as we listen for what still comes after a pause


def read_arguments():
    p = argparse.ArgumentParser(description="Muster's promises as figures.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    p.add_argument("--quick", action="store_true", help="fewer of everything")
    p.add_argument("--long", action="store_true", help="memory with 1,000,000 people too")
    p.add_argument("--results", type=pathlib.Path, default=run.ROOT / "bench" / "results")
    a = p.parse_args()
    a.parts = a.only.split(",")
    if any(part not in PARTS for part in a.parts):
        p.error(f"--only takes {', '.join(PARTS)}")
    a.people = 100_000 if a.quick else 400_000
    return a


# ---- figures ----


class Figures:
    def __init__(self):
        self.rows, self.machines = [], {}

    def add(self, part, what, value, unit, promise="", ok=None, values=()):
        self.rows.append({"part": part, "what": what, "value": value, "unit": unit, "promise": promise, "ok": ok,
                          "values": list(values)})
        print(f"# {part}: {what}: {value} {unit}{'' if ok in (None, True) else '  MISSED'}", flush=True)

    def delays(self, part, what, values_ms, limit_ms=None, judged="p99"):
        values = sorted(values_ms)
        found = {"p50": quantile(values, 0.5), "p99": quantile(values, 0.99), "max": values[-1]}
        text = " / ".join(f"{v:.1f}" for v in found.values())
        self.add(part, f"{what}, p50 / p99 / max of {len(values)}", text, "ms",
                 f"{judged} ≤ {limit_ms} ms" if limit_ms else "", found[judged] <= limit_ms if limit_ms else None, values)

    def use(self, part, what, times_ns, rate):
        used = part_used(times_ns, rate)
        self.add(part, what, f"{100 * used:.2f}", "%", f"≥ {100 * USE_MIN:.0f} %", used >= USE_MIN)

    def never_above(self, part, world_):
        fullest = house.fullest_second([s.at_ns for s in world_.records.read()], 1_000_000_000)
        self.add(part, "fullest sliding second", f"{fullest:,}", "requests", f"≤ {world_.rate:,}", fullest <= world_.rate)

    def once(self, part, world_):
        seen = world_.records.read()
        twice = len(seen) - len({(s.number, s.text) for s in seen})
        self.add(part, "the same text to the same person again", twice, "messages", "0", twice == 0)

    def machine(self, part, world_):
        self.machines[part] = world_.machine()


def quantile(values, q):
    return values[min(len(values) - 1, int(q * len(values)))]


def part_used(times_ns, rate):
    """Of the rate; between the first and the last request."""
    return (len(times_ns) - 1) / ((times_ns[-1] - times_ns[0]) / 1e9) / rate


def ms(from_ns, to_ns):
    return (to_ns - from_ns) / 1e6


# ---- beside a running blast ----


class Beside:
    """What is done while a blast runs."""

    def __init__(self, figures, part, w):
        self.figures, self.part, self.w = figures, part, w

    def steady(self, seconds, what="use of the rate"):
        """The gateway's use for a while, whatever goes on beside."""
        first = self.w.records.count()
        time.sleep(seconds)
        self.figures.use(self.part, what, [s.at_ns for s in self.w.records.read(first)], self.w.rate)

    def replies(self, n, every_s):
        numbers = [FIRST + world.PEOPLE_WHO_WRITE + i for i in range(n)]
        for number in numbers:
            self.w.api.say(number, "Where is it?")
        flat = self.w.redis("HGETALL", "muster:convof:main")
        of = {int(k.lstrip(b"+")): int(v) for k, v in zip(flat[::2], flat[1::2])}
        clicked, answered, synced_ms = {}, {}, []
        first = self.w.records.count()
        for i, number in enumerate(numbers):
            synced_ms.append(self.synced_write_ms())
            claim, _ = self.w.api(f"/conversations/{of[number]}/claim")
            clicked[number] = now_ns()
            _, answered[number] = self.w.api(f"/conversations/{of[number]}/reply", text=f"reply-{i}", fence=claim["fence"])
            time.sleep(every_s)
        wanted = {(number, text_hash(f"reply-{i}")) for i, number in enumerate(numbers)}

        def arrived():
            found = {s.number: s.at_ns for s in self.w.records.read(first) if (s.number, s.text) in wanted}
            return found if len(found) == n else None
        at = house.until(arrived, "the replies at the sink")
        self.figures.delays(self.part, "reply: the API's 202 to its arrival",
                            [max(0, ms(answered[k], at[k])) for k in numbers], REPLY_WITHIN_MS)
        self.figures.delays(self.part, "reply: asked of the API to its arrival", [ms(clicked[k], at[k]) for k in numbers])
        self.figures.delays(self.part, "  one synced write of Redis at that time (a reply is several)", synced_ms)

    def synced_write_ms(self):
        began = now_ns()
        self.w.redis("SET", "bench", began)
        return ms(began, now_ns())

    def stops(self, n):
        """STOP from those whose turn is next: the audience is sent in its order."""
        stored = {}
        first = self.w.records.count()
        for i in range(n):
            # The blast is what the newest requests are of, but for others who got a turn.
            at = max(s.number for s in self.w.records.read(self.w.records.count() - 20) if s.number < FIRST + FEW_FROM)
            number = at + 1 + (i * 7) % max(3, self.w.rate // 25)
            if number not in stored:
                stored[number] = self.w.api.say(number, "STOP")
            time.sleep(5 / self.w.rate)
        # Until everybody's turn has been.
        self.w.wait_for_records(self.w.rate + 512)
        after = {number: 0.0 for number in stored}
        before = 0
        for s in self.w.records.read(first):
            if s.number in stored:
                before += s.at_ns <= stored[s.number]
                after[s.number] = max(after[s.number], ms(stored[s.number], s.at_ns))
        self.figures.delays(self.part, f"STOP: stored to blocked ({before} had been texted before)", after.values(),
                            STOP_WITHIN_MS)

    def crowd_requests(self, first):
        return [s.at_ns for s in self.w.records.read(first) if s.number < FIRST + FEW_FROM]

    def stopped(self, campaign, move):
        """Milliseconds from the answer to the last request of the blast."""
        first = max(self.w.records.count() - 1, 0)
        _, answered = self.w.api(f"/campaigns/{campaign}/{move}")
        time.sleep(QUIET_S)
        return max(0, ms(answered, max(self.crowd_requests(first), default=answered)))

    def pauses(self, campaign, n):
        stopped, gone_on = [], []
        for _ in range(n):
            stopped.append(self.stopped(campaign, "pause"))
            first = self.w.records.count()
            _, resumed = self.w.api(f"/campaigns/{campaign}/resume")
            self.w.wait_for_records(max(2, self.w.rate // 2))
            gone_on.append(max(0, ms(resumed, self.crowd_requests(first)[0])))
        self.figures.delays(self.part, "pause: the API's answer to the last request", stopped, PAUSE_WITHIN_MS, "max")
        self.figures.delays(self.part, "resume: the API's answer to the next request", gone_on)

    def cancels(self, n):
        stopped = []
        for _ in range(n):
            campaign, _ = self.w.launch_by_api("crowd")
            self.w.wait_for_records(max(2, self.w.rate // 2))
            stopped.append(self.stopped(campaign, "cancel"))
        self.figures.delays(self.part, "cancel: the API's answer to the last request", stopped, PAUSE_WITHIN_MS, "max")

    def small_one(self, lane, n):
        alone_s = FEW / (self.w.rate / 2)
        took = []
        for _ in range(n):
            first = self.w.records.count()
            _, launched = self.w.launch_by_api("few", lane)
            last = house.until(lambda f=first: self.all_few(f), "the small campaign")
            took.append((last - launched) / 1e9)
        worst = max(took)
        self.figures.add(self.part, f"{FEW} people, lane {lane}: launched to the last, worst of {n} (alone at half the rate "
                         f"{alone_s:.1f} s)", f"{worst:.2f} s = {worst / alone_s:.2f}", "x", f"≤ {FAIR_FACTOR} x",
                         worst <= FAIR_FACTOR * alone_s, took)

    def all_few(self, first):
        times = [s.at_ns for s in self.w.records.read(first) if FEW_FROM <= s.number - FIRST < OTHERS_FROM]
        return max(times) if len(times) >= FEW else None


def blast(a, figures, part, rate):
    few = a.quick
    w = World(a.build, rate)
    try:
        w.import_people(a.people, "crowd")
        w.import_people(FEW, "few", first=FEW_FROM)
        campaign, _ = w.launch_by_api("crowd")
        w.wait_for_records(2 * rate)
        b = Beside(figures, part, w)
        b.steady(10 if few else 60)
        b.replies((20 if few else 200) if rate >= 1000 else 20, 0.1 if few else 0.25)
        b.stops((20 if few else 200) if rate >= 1000 else 20)
        for lane in ("reminder", "blast"):
            b.small_one(lane, 1 if few else 3)
        b.pauses(campaign, 3 if few else 10)
        w.api(f"/campaigns/{campaign}/cancel")
        house.until(lambda: w.settled(campaign), "the blast to be settled")
        b.cancels(2 if few else 10)
        figures.never_above(part, w)
        figures.machine(part, w)
    finally:
        w.end()


def blast80(a, figures):
    blast(a, figures, "blast80", 80)


def blast1000(a, figures):
    blast(a, figures, "blast1000", 1000)


# ---- several of them ----


def shared(a, figures):
    seconds = 10 if a.quick else 40
    for rate in (80, 1000):
        part = f"shared{rate}"
        w = World(a.build, rate, instances=3)
        try:
            w.import_people(rate * (seconds + 10), "crowd")
            w.launch_by_api("crowd")
            w.wait_for_records(2 * rate)
            Beside(figures, part, w).steady(seconds, "use of the rate by three dispatchers")
            figures.never_above(part, w)
            figures.once(part, w)
            figures.machine(part, w)
        finally:
            w.end()


def beside(a, figures):
    """A campaign that gets paused, one that the provider refuses, and one whose gateway is not there."""
    rate, part = 1000, "beside"
    dead = {"dead": {"base_url": f"http://127.0.0.1:{house.free_port()}", "rate_per_s": rate}}
    w = World(a.build, rate, gateways=dead)
    try:
        seconds = 10 if a.quick else 30
        w.import_people(rate * (seconds + 15), "crowd")
        w.import_people(20_000, "others", first=OTHERS_FROM)
        w.import_people(2_000, "blocked", first=world.BLOCKED_FROM)
        crowd, _ = w.launch_by_api("crowd")
        w.wait_for_records(2 * rate)
        began = w.records.count()
        gone, _ = w.launch_by_api("others", gateway="dead")
        paused, _ = w.launch_by_api("others")
        refused, _ = w.launch_by_api("blocked")
        w.wait_for_records(rate)
        w.api(f"/campaigns/{paused}/pause")
        house.until(lambda: w.status(refused) == "blocked", "the provider's refusal to block the campaign")
        Beside(figures, part, w).steady(seconds, "use beside a paused, a blocked and a dead one")
        times = [s.at_ns for s in w.records.read(began)]
        figures.use(part, "  and while they got there", times, rate)
        states = {w.status(c) for c in (crowd, gone)}
        house.equal(states, {"running"}, "the states of the blast and of the one whose gateway is dead")
        figures.never_above(part, w)
        figures.machine(part, w)
    finally:
        w.end()


# ---- speed and memory ----


def bare_loop(w, requests, in_flight):
    """The same sink, asked by nothing but libcurl."""
    login = base64.b64encode(f"ACtest:{world.AUTH_TOKEN}".encode()).decode()
    done = subprocess.run([w.args.curl_loop, f"http://127.0.0.1:{w.records.port()}/2010-04-01/Accounts/ACtest/Messages.json",
                           str(requests), str(in_flight), f"Authorization: Basic {login}"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


def send_all(a, figures, people):
    part, in_flight = f"speed {people:,}", 256
    w = World(a.build, 50000, in_flight=in_flight)
    try:
        pid, redis_socket = w.daemon.process.pid, w.folder / "redis.sock"
        empty = run.redis_bytes(redis_socket)
        w.import_people(people, "crowd")
        cpu, redis_cpu = run.cpu_us(pid), run.redis_cpu_us(redis_socket)
        campaign, _ = w.launch_by_api("crowd")
        house.until(lambda: w.status(campaign) == "done", "the campaign to be done", 60 + people / 1000)
        cpu, redis_cpu = run.cpu_us(pid) - cpu, run.redis_cpu_us(redis_socket) - redis_cpu
        times = [s.at_ns for s in w.records.read()]
        per_second = (len(times) - 1) / ((times[-1] - times[0]) / 1e9)
        figures.machine(part, w)
        figures.once(part, w)
        house.equal(len(times), people, "requests at the sink")
        figures.add(part, "messages per second", f"{per_second:,.0f}", "1/s")
        figures.add(part, "CPU of musterd per message", f"{cpu / people:.1f}", "µs")
        figures.add(part, "CPU of Redis per message", f"{redis_cpu / people:.1f}", "µs")
        bare = bare_loop(w, min(people, 100_000), in_flight)
        figures.add(part, "  bare libcurl loop, same sink", f"{bare['per_second']:,.0f}", "1/s")
        figures.add(part, "  bare libcurl loop per request", f"{bare['cpu_us_per_request']:.1f}", "µs")
        figures.add(part, "  musterd to the bare loop", f"{cpu / people / bare['cpu_us_per_request']:.2f}", "x")
        figures.add(part, "RSS peak of musterd", f"{run.rss_peak_kb(pid) / 1024:.1f}", "MB")
        figures.add(part, "Redis bytes per recipient", f"{(run.redis_bytes(redis_socket) - empty) / people:.0f}", "bytes")
    finally:
        w.end()


def speed(a, figures):
    for people in (10_000, a.people) + ((1_000_000,) if a.long else ()):
        send_all(a, figures, people)


PARTS = {"blast80": blast80, "blast1000": blast1000, "shared": shared, "beside": beside, "speed": speed}


# ---- the table ----


def table(a, figures):
    lines = [f"# {run.commit()} on {os.cpu_count()} x {run.processor()}, Redis appendfsync always",
             f"# blasts of {a.people:,} people{', quick' if a.quick else ''}"]
    for part, m in figures.machines.items():
        lines.append(f"# {part}: processors {100 * m['ours']:.0f} % with this, {100 * m['others']:.0f} % with others, "
                     f"{100 * m['stolen']:.0f} % stolen")
    part = None
    for row in figures.rows:
        if row["part"] != part:
            part = row["part"]
            lines += ["", part]
        mark = "" if row["ok"] is None else "kept" if row["ok"] else "MISSED"
        lines.append(f"  {row['what']:<76} {row['value']:>22} {row['unit']:<9} {row['promise']:<14} {mark}".rstrip())
    return "\n".join(lines) + "\n"


def keep_results(a, figures, text):
    a.results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path = a.results / f"{stamp}-promises"
    path.with_suffix(".txt").write_text(text)
    path.with_suffix(".json").write_text(json.dumps({
        "commit": run.commit(), "processor": run.processor(), "processors": os.cpu_count(), "people": a.people,
        "quick": a.quick, "machine": figures.machines, "figures": figures.rows}, indent=1, ensure_ascii=False) + "\n")
    return path.with_suffix(".txt")


def main():
    a = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # nothing of ours is left running
    figures, failed = Figures(), 0
    for part in a.parts:
        try:
            PARTS[part](a, figures)
        except Exception:  # the other parts are measured all the same
            traceback.print_exc()
            failed = 1
    text = table(a, figures)
    print(text, end="")
    print(f"kept in {keep_results(a, figures, text)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
