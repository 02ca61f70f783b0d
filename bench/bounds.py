#!/usr/bin/env python3
"""What happens at the bounds, measured on the real parts: a private Redis that syncs every write, musterd, and a
gateway that takes its time. Prints Markdown for docs/SCHEDULER.md.

    bench/bounds.py [--build DIR] [--only PART,…]

Parts: flight (requests in flight), queue (work ahead), spool (webhooks while Redis is away), web (bodies, connections).
Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import base64
import hashlib
import hmac
import http.client
import os
import pathlib
import socket
import sys
import time
import traceback
import urllib.parse

import run
import world
from world import house

LATENCY_S = 0.1
CONNECTIONS = 3000  # more than are allowed


def read_arguments():
    p = argparse.ArgumentParser(description="What happens at Muster's bounds, in figures.")
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    a = p.parse_args()
    a.parts = a.only.split(",")
    if any(part not in PARTS for part in a.parts):
        p.error(f"--only takes {', '.join(PARTS)}")
    return a


def open_house(a):
    return house.House(argparse.Namespace(source=str(run.ROOT), musterd=str(a.build / "src/app/musterd"),
                                          muster=str(a.build / "src/cli/muster")))


def rss_mb(daemon):
    """Its peak so far."""
    return run.rss_peak_kb(daemon.process.pid) / 1024


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def head(title, *cells):
    print(f"\n{title}\n")
    row(*cells)
    row(*("---" for _ in cells))


# ---- requests in flight ----


def flight(a):
    """The gateway answers after a tenth of a second and the rate is no limit: the window is what holds."""
    head(f"A gateway that answers after {1000 * LATENCY_S:.0f} ms, `rate_per_s` 5,000", "`in_flight_max`",
         "most under way at the gateway", "messages per second", "the window allows", "unknown after kill -9", "RSS peak, MB")
    for window in (8, 64, 256):
        h = open_house(a)
        try:
            sink = h.sink(latency_s=LATENCY_S)
            daemon = h.start_musterd(port=sink.port, gateway={"rate_per_s": 5000, "in_flight_max": window})
            people = window * 80
            h.import_people(people)
            campaign = h.launch()
            house.until(lambda: len(sink.requests) > people // 2, "half of them")
            daemon.kill()
            times = sorted(r.at for r in list(sink.requests))
            steady = times[len(times) // 10:]
            rate = (len(steady) - 1) / (steady[-1] - steady[0])
            peak, daemon_rss = house.fullest_second(times, LATENCY_S), rss_of(h, daemon)
            h.wait_status(campaign, "done")
            unknown = h.counts(campaign)["unknown"]
            row(window, peak, f"{rate:,.0f}", f"{window / LATENCY_S:,.0f}", unknown, daemon_rss)
        finally:
            h.end()


def rss_of(h, daemon):
    """Of the one that goes on: the killed one can no longer be asked."""
    daemon.restart()
    house.until(lambda: h.counts(1)["pending"] == 0, "the rest")
    return f"{rss_mb(daemon):.0f}"


# ---- work ahead ----


def queue(a):
    """How much stands on the queue while a blast runs: what pause and cancel have to catch."""
    head("A blast of 40,000", "rate", "most blocks outstanding", "people in them", "seconds of work",
         "most on the queue of Redis")
    for rate in (80, 1000, 5000):
        h = open_house(a)
        try:
            sink = h.sink()
            h.start_musterd(port=sink.port, gateway={"rate_per_s": rate, "in_flight_max": 256})
            h.import_people(40000)
            campaign = h.launch()
            out = on_queue = 0
            end = time.monotonic() + 5
            while time.monotonic() < end and h.status(campaign) != "done":
                out = max(out, h.redis("ZCARD", f"muster:c:{campaign}:o"))
                on_queue = max(on_queue, h.redis("XLEN", "muster:q:blast"))
                time.sleep(0.01)
            row(rate, out, f"{out * 256:,}", f"{out * 256 / rate:.1f}", on_queue)
        finally:
            h.end()


# ---- the spool ----


class Writer:
    """People who text, over one connection."""

    def __init__(self, daemon):
        self.daemon, self.n = daemon, 0
        self.http = http.client.HTTPConnection(daemon.config["listen"], timeout=60)

    def say(self):
        """The status of one more text."""
        self.n += 1
        path = "/hooks/main"
        form = {"MessageSid": f"SM{self.n}", "From": f"+{house.FIRST_NUMBER + self.n % 1000}", "To": house.SENDER,
                "Body": f"word {self.n}", "NumMedia": "0", "AccountSid": "ACtest"}
        signed = self.daemon.config["public_url"] + path + "".join(k + form[k] for k in sorted(form))
        signature = base64.b64encode(hmac.new(world.AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        self.http.request("POST", path, urllib.parse.urlencode(form), {
            "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"})
        answer = self.http.getresponse()
        answer.read()
        return answer.status


def spool(a):
    """Redis is killed; people go on writing until the spool is full; then Redis comes back."""
    records = 5000
    head(f"Webhooks, one connection, `spool.records_max` {records:,}", "", "webhooks", "answered 200 / 503", "per second",
         "RSS peak, MB")
    h = open_house(a)
    try:
        daemon = h.start_musterd(port=1, spool={"records_max": records},
                                 organisation={"stop_confirmation": "", "help_answer": "", "hours": "any"})
        writer = Writer(daemon)

        def write(what, count):
            began = time.monotonic()
            answers = [writer.say() for _ in range(count)]
            row(what, f"{count:,}", f"{answers.count(200):,} / {answers.count(503):,}",
                f"{count / (time.monotonic() - began):,.0f}", f"{rss_mb(daemon):.0f}")
            return answers.count(200)
        kept = write("Redis is there", 1000)
        h.kill_redis()
        kept += write("Redis is away: into the spool", records)
        kept += write("the spool is full", 500)
        h.start_redis()
        began = time.monotonic()

        def stored():
            return sum(h.redis("LLEN", key) for key in h.redis("KEYS", "muster:conv:*:m"))
        house.until(lambda: stored() == kept, "the spool to be drained")
        row("Redis is back: out of the spool", "", "", f"{records / (time.monotonic() - began):,.0f}", f"{rss_mb(daemon):.0f}")
        writer.say()
        house.equal(stored(), kept + 1, "texts in the store")
    finally:
        h.end()


# ---- the web ----


def web(a):
    """Too large a body; more connections than are allowed, all silent, and one that wants something."""
    head("HTTP", "what", "what becomes of it")
    h = open_house(a)
    try:
        daemon = h.start_musterd(port=1)
        host, port = daemon.config["listen"].split(":")
        large = http.client.HTTPConnection(host, int(port), timeout=60)
        large.request("POST", "/hooks/main", b"x" * (4 << 20))
        row("a body of 4 MiB", large.getresponse().status)
        held = []
        for _ in range(CONNECTIONS):
            held.append(socket.create_connection((host, int(port)), timeout=10))
        began = time.monotonic()
        one = http.client.HTTPConnection(host, int(port), timeout=60)
        one.request("GET", "/healthz")
        status, took_ms = one.getresponse().status, 1000 * (time.monotonic() - began)
        row(f"{CONNECTIONS:,} connections that say nothing, then `GET /healthz`",
            f"{status} after {took_ms:.0f} ms; RSS peak {rss_mb(daemon):.0f} MB")
        for s in held:
            s.close()
    finally:
        h.end()


PARTS = {"flight": flight, "queue": queue, "spool": spool, "web": web}


def main():
    a = read_arguments()
    print(f"Commit `{run.commit()}` on {os.cpu_count()} × {run.processor()}, Redis appendfsync always.")
    failed = 0
    for part in a.parts:
        try:
            PARTS[part](a)
        except Exception:  # the other parts are measured all the same
            traceback.print_exc()
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
