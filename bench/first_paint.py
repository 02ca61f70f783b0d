#!/usr/bin/env python3
"""How long until a page shows something on a slow phone: Chromium's own first contentful paint, with a processor four times
slower, 1.6 Mbit/s and 150 ms of delay, nothing kept from before; and what the page weighs. Then how long a press of Pause takes on
a campaign that is under way, and what the report's page of a large campaign costs musterd.

    PYTHONPATH=tests/lib:tests/pages python3 bench/first_paint.py MUSTERD MUSTER MUSTER_SIM SOURCE [--times 5] [--people 400000]
"""
import http.client
import json
import pathlib
import statistics
import sys
import time
import urllib.parse

from house import check, options, run, until
from inbox_world import token_of
from pages_world import PagesWorld

ARGS = options(modules=".", times=5, people=400000)
# None: somebody who signs in nowhere; SHARE: a page that is passed on.
SHARE = "share"
PAGES = [(None, "/login"), (None, "/near"), (None, SHARE), ("Ada", "/inbox"), ("Ada", "/inbox/1"), ("Omar", "/campaigns"),
         ("Omar", "/campaigns/1"), ("Omar", "/lists"), ("Omar", "/people"), ("Olive", "/day"), ("Olive", "/groups/main")]
FIGURES = """
const paint = performance.getEntriesByName("first-contentful-paint")[0];
const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
return paint && {ms: paint.startTime, bytes: all.reduce((sum, entry) => sum + entry.encodedBodySize, 0)};"""


def slow(browser):
    browser.chromium_command("Network.enable")
    browser.chromium_command("Network.emulateNetworkConditions", offline=False, latency=150, downloadThroughput=200_000,
                             uploadThroughput=93_750)
    browser.chromium_command("Network.setCacheDisabled", cacheDisabled=True)
    browser.chromium_command("Emulation.setCPUThrottlingRate", rate=4)


def first_paints(world):
    world.fill()
    shared = json.loads(world.muster("campaign", "share", 1, "--title", "Vote today", "--text", "Pass it on!", "--json"))["address"]
    browsers = {}
    for name, path in PAGES:
        if name not in browsers:
            browsers[name] = world.browser()
            if name:
                world.log_in(browsers[name], name)
            slow(browsers[name])
        figures = []
        for _ in range(world.args.times):
            browsers[name].open("about:blank")
            browsers[name].open(shared if path is SHARE else world.url + path)
            # the page is loaded before the frame in which it is painted is told of
            figures.append(until(lambda name=name: browsers[name].run(FIGURES), f"the paint of {path}"))
        times = [f["ms"] for f in figures]
        print(f"# {path:14} {name or '':5} first paint {statistics.median(times):5.0f} ms (worst {max(times):.0f}), {figures[-1]['bytes'] / 1000:.1f} kB",
              flush=True)


class Desk:
    """An organiser's browser, without a browser: one connection and a cookie."""

    def __init__(self, world, name):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(world.url).netloc, timeout=60)
        self.cookie = ""
        self.ask("POST", "/login", token=token_of(name))
        check(self.cookie, "signed in")

    def ask(self, method, path, **form):
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, urllib.parse.urlencode(form) or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).split(";")[0]
        return answer.status, text


def memory_kb(world, what):
    status = pathlib.Path(f"/proc/{world.daemon.process.pid}/status").read_text(encoding="ascii")
    return int(status.split(what + ":")[1].split()[0])


def cpu_ms(world):
    fields = pathlib.Path(f"/proc/{world.daemon.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 10


def a_pause_and_a_large_report(world):
    """The press of Pause while 2,000 a second leave: until the page that follows is there, and until nothing leaves any more."""
    people = world.args.people
    world.import_people(people)
    campaign = world.launch(text="Hi. Reply STOP to end.")
    desk = Desk(world, "Olive")
    _, page = desk.ask("GET", f"/campaigns/{campaign}")
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    until(lambda: world.counts(campaign)["pending"] < people * 0.9, "the campaign to be under way")
    before, began = cpu_ms(world), time.monotonic()
    status, _ = desk.ask("POST", f"/campaigns/{campaign}/pause", csrf=csrf)
    took = (time.monotonic() - began) * 1000
    check(status in (200, 303), f"pause: {status}")
    print(f"# a pause by page: {took:.0f} ms until the response, {cpu_ms(world) - before} ms of CPU of musterd", flush=True)
    for path in (f"/campaigns/{campaign}", f"/campaigns/{campaign}/report"):
        began, before = time.monotonic(), cpu_ms(world)
        status, text = desk.ask("GET", path)
        check(status == 200, f"{path}: {status}")
        print(f"# {path} of {people} people: {(time.monotonic() - began) * 1000:.0f} ms, {cpu_ms(world) - before} ms of CPU, {len(text) / 1000:.0f} kB; "
              f"musterd has {memory_kb(world, 'VmRSS') / 1000:.0f} MB, at most {memory_kb(world, 'VmHWM') / 1000:.0f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(run(ARGS, first_paints, a_pause_and_a_large_report, world=PagesWorld))
