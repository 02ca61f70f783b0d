#!/usr/bin/env python3
"""How long until a page shows something on a slow phone: Chromium's own first contentful paint, with a processor four times
slower, 1.6 Mbit/s and 150 ms of delay, nothing kept from before; and what the page weighs.

    PYTHONPATH=tests/lib:tests/pages bench/first_paint.py MUSTERD MUSTER MUSTER_SIM SOURCE [--times 5]
"""
import statistics
import sys

from house import options, run
from pages_world import PagesWorld

PAGES = [("Ada", "/login"), ("Ada", "/inbox"), ("Ada", "/inbox/1"), ("Omar", "/campaigns"), ("Omar", "/lists"), ("Omar", "/people")]
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
    browsers = {}
    for name, path in PAGES:
        if name not in browsers:
            browsers[name] = world.browser()
            world.log_in(browsers[name], name)
            slow(browsers[name])
        figures = []
        for _ in range(world.args.times):
            browsers[name].open("about:blank")
            browsers[name].open(world.url + path)
            figures.append(browsers[name].run(FIGURES))
        times = [f["ms"] for f in figures if f]
        if times:
            print(f"# {path:12} {name:5} first paint {statistics.median(times):5.0f} ms (worst {max(times):.0f}), {figures[-1]['bytes'] / 1000:.1f} kB")


if __name__ == "__main__":
    sys.exit(run(options(modules=".", times=5), first_paints, world=PagesWorld))
