#!/usr/bin/env python3
"""Muster beside its peers and its ceilings, in one run: Kannel (of the distribution) and a bare libcurl loop against the
same sink, and what Muster does at its other doors. Redis syncs every write and stands on the same machine. Prints a
table in Markdown, with what each figure is to reach, and keeps it in bench/results.

    bench/compare.py [--build DIR] [--only ROW,...] [--people N] [--hooks N] [--rows N]

Rows: speed (sends, their cost, Kannel), window (20 ms latency), several (processes that share a campaign), import,
hooks (signed webhooks), receipts (beside a blast), spool (Redis is away), promises. Beside the rates stands the time on a processor: of a machine that has
something else to do at the time only that, and the ratios, mean something.

Exit codes: 0 measured (a figure that was missed is marked), 1 not measured, 2 usage."""
import argparse
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import import_list
import kannel
import promises
import run
import world
from world import World, house

LATENCY_MS, WINDOW = 20, 256
SLOW_MS, SLOW_WINDOW, SEVERAL_MAX = 100, 64, 3
IN_FLIGHT, CONNECTIONS = 512, 64
NO_LIMIT = 100000  # a second
WRITERS_MAX = 100000  # people who write, of those whom a campaign has texted
HALF_S = 5


def read_arguments():
    p = argparse.ArgumentParser(description="Muster beside its peers and its ceilings.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--only", default=",".join(ROWS), help=f"of {', '.join(ROWS)}")
    p.add_argument("--people", type=run.positive, default=300000, help="of the blasts")
    p.add_argument("--hooks", type=run.positive, default=300000, help="webhooks")
    p.add_argument("--rows", type=run.positive, default=1000000, help="of the list that is imported")
    p.add_argument("--results", type=pathlib.Path, default=run.ROOT / "bench" / "results")
    a = p.parse_args()
    a.parts = a.only.split(",")
    if any(part not in ROWS for part in a.parts):
        p.error(f"--only takes {', '.join(ROWS)}")
    return a


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, value, to_reach="", ok=None):
        self.rows.append({"what": what, "value": value, "to_reach": to_reach, "ok": ok})
        print(f"# {what}: {value}{'' if ok in (None, True) else '  MISSED'}", flush=True)

    def at_least(self, what, value, wanted, unit="", form=",.0f"):
        self.add(what, f"{value:{form}}{unit}", f"≥ {wanted:,}{unit}", value >= wanted)

    def at_most(self, what, value, wanted, unit="", form=".1f"):
        self.add(what, f"{value:{form}}{unit}", f"≤ {wanted:,}{unit}", value <= wanted)

    def text(self):
        lines = ["| what | measured | to reach | |", "|---|---:|---:|---|"]
        for row in self.rows:
            mark = "" if row["ok"] is None else "reached" if row["ok"] else "missed"
            lines.append(f"| {row['what']} | {row['value']} | {row['to_reach']} | {mark} |")
        return "\n".join(lines) + "\n"


# ---- what is measured with ----


class Cpu:
    """Microseconds on a processor since it was made: of each musterd, and of Redis."""

    def __init__(self, w, *daemons):
        self.pids = [d.process.pid for d in daemons or [w.daemon]] + [w.redis_process.pid]
        self.began = [run.cpu_us(pid) for pid in self.pids]

    def per(self, n):
        return [(run.cpu_us(pid) - began) / n for pid, began in zip(self.pids, self.began)]


def microseconds(*values):
    return " / ".join(f"{v:.1f}" for v in values) + " µs"


def start_load(w, kind, count, *options, url):
    command = [w.args.load, "-s", world.AUTH_TOKEN, "-n", count, "-c", CONNECTIONS, *options, kind, url]
    return subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(load):
    out, problem = load.communicate()
    house.check(load.returncode == 0, f"load: {out}{problem}")
    return json.loads(out)


def hook_load(w, kind, count, *options):
    path = "/hooks/main/receipt" if kind == "receipts" else "/hooks/main"
    return start_load(w, kind, count, *options, url=w.daemon.config["public_url"] + path)


def calls(w):
    """Scripts that Redis was asked for: what the daemon does for messages."""
    stats = run.redis_info(w.folder / "redis.sock", "commandstats")
    return int(stats.get("cmdstat_evalsha", "calls=0").split(",")[0].split("=")[1])


def per_second(times_ns):
    return (len(times_ns) - 1) / ((max(times_ns) - min(times_ns)) / 1e9)


def wait_done(w, campaign, people):
    """Asks Redis seldom: what it costs is measured."""
    def done():
        time.sleep(0.1)
        return w.status(campaign) == "done"
    house.until(done, "the campaign to be done", 60 + people / 500)


def texted(a, people):
    """A world in which a campaign has texted everybody."""
    w = World(a.build, NO_LIMIT, in_flight=IN_FLIGHT)
    try:
        w.import_people(people, "crowd")
        campaign, _ = w.launch_by_api("crowd")
        wait_done(w, campaign, people)
    except BaseException:
        w.end()
        raise
    return w


# ---- sends ----


def kannel_speed(a):
    """Messages a second at the sink; None and why not."""
    why = kannel.why_not()
    if why:
        return None, why
    w = World(a.build, NO_LIMIT)
    try:
        peer = kannel.Kannel(w)
        people = min(a.people, 200000)
        first = w.records.count()
        load = start_load(w, "sendsms", people, url=f"http://127.0.0.1:{peer.sendsms}/cgi-bin/sendsms")
        ended(load)
        house.until(lambda: w.records.count() - first >= people, "Kannel's queue to be empty", 60 + people / 500)
        times = [s.at_ns for s in w.records.read(first)]
        cost = sum(run.cpu_us(box.pid) for box in peer.boxes) / people
        return per_second(times), f"its CPU {cost:.0f} µs a message"
    finally:
        w.end()


def speed(a, table):
    w = World(a.build, NO_LIMIT, in_flight=IN_FLIGHT)
    try:
        w.import_people(a.people, "crowd")
        cpu, before = Cpu(w), calls(w)
        campaign, _ = w.launch_by_api("crowd")
        wait_done(w, campaign, a.people)
        (musterd, redis), sent = cpu.per(a.people), calls(w) - before
        rate = per_second([s.at_ns for s in w.records.read()])
        bare = promises.bare_loop(w, min(a.people, 100000), IN_FLIGHT)
        memory = run.rss_peak_kb(w.daemon.process.pid) / 1024
    finally:
        w.end()
    peer, how = kannel_speed(a)
    table.add(f"end to end, {a.people:,} people, {IN_FLIGHT} in flight", f"{rate:,.0f}/s")
    if peer:
        table.add("  Kannel, store on the disk, 256 pending, the same sink", f"{peer:,.0f}/s ({how})")
        table.at_least("  Muster to Kannel", rate / peer, 3, " x", ".2f")
    else:
        table.add("  Kannel", f"not measured: {how}")
    table.add("  a bare libcurl loop, the same sink", f"{bare['per_second']:,.0f}/s")
    table.add("CPU of musterd per message", f"{musterd:.1f} µs")
    table.at_most("  to a bare libcurl loop's per request", musterd / bare["cpu_us_per_request"], 1.4, " x", ".2f")
    table.at_most("CPU of Redis per message", redis, 7, " µs")
    table.at_most("scripts that Redis is asked for per message", sent / a.people, round(2 / 128, 4), "", ".4f")
    table.add("RSS peak of musterd", f"{memory:.1f} MB")


def through_simulator(a, people, latency_ms, in_flight, instances=1):
    """What was measured, and of a bare libcurl loop with that window in the same run."""
    settings = argparse.Namespace(build=a.build, recipients=people, rate=NO_LIMIT, gateway="twilio", queue="redis",
                                  receipts="", latency_ms=latency_ms, in_flight=in_flight, instances=instances, replicas=0,
                                  cap="usual", journal_kafka="off")
    with tempfile.TemporaryDirectory(prefix="muster-bench.") as folder:
        r = run.Run(settings, pathlib.Path(folder))
        try:
            r.start_all()
            measured = r.send()
            bare = r.bare_loop()
        finally:
            r.processes.end_all()
    house.equal((measured["accepted"], measured["duplicates"]), (people, 0), "messages taken, and those taken twice")
    return measured, bare


def window(a, table):
    """What a window of requests allows at a provider that takes its time."""
    measured, bare = through_simulator(a, min(a.people, 100000), LATENCY_MS, WINDOW)
    allowed = WINDOW / (LATENCY_MS / 1000)
    table.at_least(f"{LATENCY_MS} ms latency, {WINDOW} in flight: of the {allowed:,.0f}/s that the window allows",
                   100 * measured["messages_per_s"] / allowed, 98, " %", ".1f")
    table.at_least(f"  to a bare libcurl loop with that window ({100 * bare['per_second'] / allowed:.1f} %)",
                   measured["messages_per_s"] / bare["per_second"], 0.98, " x", ".2f")


def several(a, table):
    """One campaign, one Redis, one gateway, and processes that send, each with a window of its own. Slow: the gateway is what
    limits. Fast: this machine is, with its processors."""
    for what, latency_ms, in_flight, people in (("slow", SLOW_MS, SLOW_WINDOW, min(a.people, 8000)),
                                                ("fast", 1, IN_FLIGHT, min(a.people, 100000))):
        rates = []
        for n in range(1, SEVERAL_MAX + 1):
            measured, _ = through_simulator(a, people * (n if what == "slow" else 1), latency_ms, in_flight, n)
            rates.append(measured["messages_per_s"])
            name = f"{n} {'process' if n == 1 else 'processes'}, {latency_ms} ms latency, {in_flight} in flight each"
            cost = f"{measured['musterd_cpu_us']:.1f} / {measured['redis_cpu_us']:.1f} µs"
            table.add(name, f"{rates[-1]:,.0f}/s, nobody twice; CPU of musterd / Redis a message {cost}")
        if what == "slow":
            table.at_least(f"  {SEVERAL_MAX} processes to one", rates[-1] / rates[0], 2.85, " x", ".2f")


# ---- the other doors ----


def import_rows(a, table):
    found = import_list.measure(a, a.rows, *import_list.SHAPES["with +"])
    table.at_least(f"import of {a.rows:,} rows by the client", a.rows / found["took"], 150000, " rows/s")
    table.at_most("  memory of client and daemon", (found["client_kb"] + found["daemon_kb"]) / 1024, 64, " MB")


def hooks(a, table):
    writers = min(a.hooks, WRITERS_MAX)
    w = texted(a, writers)
    try:
        cpu = Cpu(w)
        full = ended(hook_load(w, "inbound", a.hooks, "-p", writers))
        table.at_least(f"signed inbound webhooks, {CONNECTIONS} connections, {writers:,} people", full["per_second"], 25000,
                       "/s")
        table.add("  CPU of musterd / Redis / load a webhook", microseconds(*cpu.per(a.hooks), full["cpu_us_per_request"]))
        half = int(full["per_second"] / 2)
        calm = ended(hook_load(w, "inbound", half * HALF_S, "-r", half, "-p", writers, "-i", a.hooks))
        table.at_most(f"  p99 at half load ({half:,}/s)", calm["p99_ms"], 10, " ms")
        house.equal(calm["refused"] + full["refused"], 0, "webhooks answered 503")
    finally:
        w.end()


def blast(a, with_receipts):
    """Two processes, as OPERATIONS.md has it where there is much to do: one sends, one has the doors."""
    w = World(a.build, NO_LIMIT, in_flight=IN_FLIGHT, split=True)
    try:
        w.import_people(a.people, "crowd")
        cpu = Cpu(w, w.sender, w.daemon)
        campaign, _ = w.launch_by_api("crowd")
        load = hook_load(w, "receipts", a.people, "-N", w.records.path) if with_receipts else None
        wait_done(w, campaign, a.people)
        told = ended(load) if load else None
        house.equal(w.counts(campaign)["delivered"], a.people if told else 0, "people of whom it is told that they have it")
        return per_second([s.at_ns for s in w.records.read()]), cpu.per(a.people), told
    finally:
        w.end()


def receipts(a, table):
    alone, _, _ = blast(a, False)
    beside, costs, told = blast(a, True)
    table.at_most(f"{a.people:,} receipts beside {a.people:,} sends: the sends are slower by", 100 * (1 - beside / alone), 25,
                  " %")
    table.add("  sends alone / beside; receipts", f"{alone:,.0f}/s / {beside:,.0f}/s; {told['per_second']:,.0f}/s")
    table.add("  CPU of who sends / of the doors / of Redis, a send and a receipt",
              microseconds(*costs))


def is_drained(w):
    time.sleep(0.02)
    return b"\nmuster_spool_records 0\n" in w.api.get("/metrics")


def spool(a, table):
    writers, n = 20000, min(a.hooks, 100000)
    w = texted(a, writers)
    try:
        w.kill_redis()
        pid = w.daemon.process.pid
        cpu = run.cpu_us(pid)
        into = ended(hook_load(w, "inbound", n, "-p", writers))
        house.equal(into["refused"], 0, "webhooks answered 503")
        table.at_least(f"Redis is away: webhooks into the spool, {CONNECTIONS} connections", into["per_second"], 15000, "/s")
        table.add("  CPU of musterd / load a webhook", microseconds((run.cpu_us(pid) - cpu) / n, into["cpu_us_per_request"]))
        w.start_redis()
        began, cpu = time.monotonic(), Cpu(w)
        house.until(lambda: is_drained(w), "the spool to be empty", 60 + n / 200)
        took = time.monotonic() - began
        table.at_least("  and out of it, when Redis is back", n / took, 10000, "/s")
        table.add("  CPU of musterd / Redis a webhook", microseconds(*cpu.per(n)))
    finally:
        w.end()


def promised(a, table):
    a.quick, a.long, a.people = True, False, 100000
    figures = promises.Figures()
    for part in ("blast1000", "shared"):
        promises.PARTS[part](a, figures)
    for row in figures.rows:
        if row["ok"] is not None:
            table.add(f"{row['part']}: {row['what']}", f"{row['value']} {row['unit']}", row["promise"], row["ok"])


ROWS = {"speed": speed, "window": window, "several": several, "import": import_rows, "hooks": hooks,
        "receipts": receipts, "spool": spool, "promises": promised}


def keep(a, table, text):
    a.results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path = a.results / f"{stamp}-compare"
    path.with_suffix(".md").write_text(text)
    path.with_suffix(".json").write_text(json.dumps({"commit": run.commit(), "rows": table.rows}, indent=1, ensure_ascii=False) + "\n")
    return path.with_suffix(".md")


def main():
    a = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # nothing of ours is left running
    table, failed = Table(), 0
    busy0, _, all0 = world.machine_jiffies()
    for part in a.parts:
        try:
            ROWS[part](a, table)
        except Exception:  # the other rows are measured all the same
            traceback.print_exc()
            failed = 1
    busy, _, all_ = world.machine_jiffies()
    text = (f"Commit `{run.commit()}` on {os.cpu_count()} × {run.processor()}, Redis appendfsync always; the processors were "
            f"busy for {100 * (busy - busy0) / (all_ - all0):.0f} %, load {os.getloadavg()[0]:.1f} at the end.\n\n" + table.text())
    print(text, end="")
    print(f"kept in {keep(a, table, text)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
