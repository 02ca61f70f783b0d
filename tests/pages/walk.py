#!/usr/bin/env python3
"""Every page that there is, as each role sees it, on a small phone and on a desk: axe finds nothing, nothing is wider than the
window or too small for a thumb, nothing comes from elsewhere, and no page weighs more than 100 kB with all that it
loads. The pages are asked of the program's own rows, so a new one is looked at by itself.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --modules FOLDER --pages PROGRAM. Prints TAP."""
import re
import subprocess
import sys
import urllib.error
import urllib.request

from house import Failed, check, options, run
from inbox_world import token_of
from pages_world import HERE, MEMBERS, PagesWorld
from webdriver import DESK, SMALL_PHONE

EXAMPLES = {"id": "1", "name": "main"}  # of what stands in {} of a path; else "none"
MORE = ["/campaigns/2", "/campaigns/2/change", "/campaigns/new?from=1"]  # of one that has not begun
STATIC = "/static/"
AXE = """
return axe.run(document).then(found => found.violations.flatMap(v =>
    v.nodes.map(n => `${v.id}: ${v.help}: ${n.html.slice(0, 120)}`)));"""


def paths(args):
    rows = subprocess.run([args.pages], capture_output=True, text=True, check=True, timeout=30).stdout.split()
    filled = (re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found.group(1), "none"), row) for row in rows)
    return [path for path in filled if not path.startswith(STATIC)] + MORE


def kind_of(world, name, path):
    """The status and the type of what a member gets there."""
    request = urllib.request.Request(world.url + path, headers={"Authorization": "Bearer " + token_of(name)})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers.get_content_type()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get_content_type()


def problems_of(browser, axe, look):
    """What is wrong with the page that is open, at both widths."""
    for size in (SMALL_PHONE, DESK):
        browser.resize(size)
        browser.run(axe)
        for problem in browser.run(AXE) + browser.run(look):
            yield f"at {size[0]} px: {problem}"
    browser.resize(SMALL_PHONE)


def walk(world, browser, name):
    axe = world.axe()
    look = (HERE / "look.js").read_text(encoding="utf-8")
    found, seen = [], 0
    for path in paths(world.args):
        status, kind = kind_of(world, name, path)
        if kind != "text/html" or status == 403:
            continue
        browser.open(world.url + path)
        found += [f"{name} at {path} {problem}" for problem in problems_of(browser, axe, look)]
        found += [f"{name} at {path}: {line}" for line in browser.complaints() if f"status of {status} " not in line]
        seen += 1
    print("".join(f"# {line}\n" for line in found) + f"# {name}: {seen} pages", flush=True)
    check(seen > 2, "no page was seen")
    if found:
        raise Failed(f"{len(found)} problems")


def of(name):
    def test(world):
        world.fill()
        world.launch(name="later", text="Hi {{first_name}}. Reply STOP to end", start="2040-01-02 09:00Z")
        browser = world.browser()
        world.log_in(browser, name)
        walk(world, browser, name)
    test.__name__ = f"all_pages_as_{'a volunteer' if name == 'Ada' else 'an ' + MEMBERS[name][0]}_sees_them"
    return test


if __name__ == "__main__":
    sys.exit(run(options(modules=".", pages="print_pages"), *map(of, ("Ada", "Omar", "Olive")), world=PagesWorld))
