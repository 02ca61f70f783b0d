#!/usr/bin/env python3
"""Rehearsals by the server: an organiser of a group asks by page, on a phone without JavaScript, and by the client; a real
worker plays them, is killed in the middle, and another one plays them to their end. Nobody is texted."""
import datetime
import json
import os
import re
import subprocess
import sys
import urllib.request
import zoneinfo

from house import Skipped, check, equal, options, run, until
from inbox_world import InboxWorld, token_of
from rehearsing import FOLDERS, folders, one_at_a_time
from webdriver import SMALL_PHONE, Driver, programs

PEOPLE = 200
RATE = 20
TAP_PX = 44
MEMBERS = {"Omar": ("organiser", "main"), "Lea": ("organiser", "leeds"), "Olive": ("owner", None), "Ada": ("volunteer", "main")}
TEXT = "Hi {{first_name}}, we meet on Thursday at 7. Example Movement. Reply STOP to end"


ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z"


def by_the_clock_there(found):
    """As a page shows it. The organisation's country is not said, and then it is the UK."""
    at = datetime.datetime.fromisoformat(found[0].replace("Z", "+00:00"))
    return at.astimezone(zoneinfo.ZoneInfo("Europe/London")).strftime("%a %d %b %Y, %H:%M")


class World(InboxWorld):
    """With a way to have a worker."""

    def __init__(self, args):
        self.driver = None
        self.workers = []
        super().__init__(args, MEMBERS, gateway={"rate_per_s": RATE})
        self.import_people(PEOPLE)

    def worker(self, *more, speed=30, token=None):
        server = self.url if token else "unix:" + self.daemon.socket
        process = subprocess.Popen([self.args.muster, "rehearsal", "serve", "--speed", str(speed), "--server", server, *more],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"MUSTER_TOKEN": token or ""})
        self.workers.append(process)
        return process

    def rehearsal(self, number, who="Omar"):
        return self.api(who, "GET", f"/rehearsals/{number}")

    def asked_of_the_provider(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.sim}/sim/stats", timeout=10) as answer:
            return json.load(answer)["requests"]

    def end(self):
        for process in self.workers:
            process.kill()
            process.wait()
        if self.driver:
            self.driver.stop()
        super().end()


def body(**changes):
    return {"name": "thursday", "audience": "members", "gateway": "main", "hours": "any", "confirmed": [33],
            "message": {"sms": {"en": {"text": TEXT}}}, **changes}


def a_worker_that_is_killed_loses_nothing(world):
    before = folders()
    asked = world.api("Omar", "POST", "/rehearsals", body())
    number = asked["id"]
    equal(asked["state"], "waiting", "at first")
    check("muster-rehearsals" in asked["note"], f"what to start, in plain words: {asked['note']}")
    first = world.worker(speed=1)
    until(lambda: world.rehearsal(number)["sent"] > 0, "it is under way", 90)
    first.kill()
    first.wait()
    equal(world.rehearsal(number)["state"], "under_way", "nobody knows yet")
    for name in folders() - before:  # of the killed one; a service's own /dev/shm goes with it
        subprocess.run(["rm", "-r", os.path.join(FOLDERS, name)], check=True)
    world.redis("ZADD", "muster:rehearsals:taken", "1", str(number))  # two minutes later
    world.worker("--once")
    until(lambda: world.rehearsal(number)["state"] == "finished", "another one plays it to its end", 120)
    shown = world.rehearsal(number)
    report = shown["report"]
    equal(sum(report["counts"].values()), PEOPLE, "it adds up")
    check(report["go"] and shown["go"], f"go: {report['list']}")
    check(report["facts"][0] == {"term": "People", "text": str(PEOPLE)}, report["facts"])
    check("+447" not in json.dumps(report), "no numbers in it")
    equal(folders() - before, set(), "its folder is gone")
    check("GO" in world.muster("rehearsal", "show", number), "the client shows it")
    check("thursday" in world.muster("rehearsal", "list"), "and lists it")
    check("thursday" not in world.muster("campaign", "list"), "nothing was launched")
    equal(world.asked_of_the_provider(), 0, "requests to the real account")


def the_client_asks_and_waits(world):
    path = world.folder / "thursday.yaml"
    path.write_text(json.dumps({"name": "thursday", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT, "confirmed": [33]}))
    token = world.api("Olive", "POST", "/tokens", {"name": "rehearsals", "scopes": ["rehearsals"]})["token"]
    world.worker(token=token)  # as on another machine
    report = json.loads(world.muster("campaign", "rehearse", path, "--on-server", "--json"))
    equal(report["people"], PEOPLE, "people of the real list")
    check(report["go"], report["list"])
    refused = world.muster("campaign", "rehearse", path, "--on-server", "--speed", 3, code=2)
    equal(refused, "", "what only a rehearsal here takes is refused")


def what_cannot_be_played_says_why(world):
    number = world.api("Omar", "POST", "/rehearsals", body())["id"]
    world.redis("HSET", f"muster:rehearsal:{number}", "audience", "99")  # deleted meanwhile
    worker = world.worker("--once")
    equal(worker.wait(timeout=90), 0, "the worker goes on")
    shown = world.rehearsal(number)
    equal(shown["state"], "failed", "it has failed")
    check("list cannot be had" in shown["why"], shown["why"])


def one_that_is_taken_away_is_ended(world):
    before = folders()
    number = world.api("Omar", "POST", "/rehearsals", body())["id"]
    worker = world.worker("--once", speed=1)
    until(lambda: world.rehearsal(number)["sent"] > 0, "it is under way", 90)
    world.api("Omar", "DELETE", f"/rehearsals/{number}")
    equal(worker.wait(timeout=60), 0, "the worker hears of it")
    equal(folders() - before, set(), "its folder is gone")


def look(browser, what):
    """Nothing is wider than the window, nothing to tap too small for a thumb."""
    for box in browser.boxes("main *"):
        check(box["x"] + box["width"] <= SMALL_PHONE[0] + 1, f"wider than the window: {what} {box}")
    for box in browser.boxes("button, .button"):
        check(box["width"] == 0 or box["height"] >= TAP_PX - .5, f"too small to tap: {what} {box}")


def by_page_on_a_phone_without_javascript(world):
    if not programs():
        raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
    world.driver = Driver(world.folder / "chromedriver.log")
    browser = world.driver.browser(SMALL_PHONE, False)
    browser.open(world.url + "/login?token=" + token_of("Omar"))
    browser.press("Log in")
    browser.open(world.url + "/campaigns/new")
    browser.type("#name", "Thursday")
    browser.choose("#audience", "members")
    browser.type("#text", TEXT)
    browser.press("Check it")
    look(browser, "check")
    browser.press("Rehearse")
    check(browser.address().endswith("/rehearsals/1"), browser.address())
    check("Nobody plays rehearsals at the moment" in browser.text(), browser.text("main"))
    look(browser, "waiting")
    world.worker("--once")
    until(lambda: "finished" in world.rehearsal(1)["state"], "the worker plays it", 120)
    browser.follow("//a[.='Look again']")
    text = browser.text("main")
    report = world.rehearsal(1)["report"]
    for said in ["Go", "What would happen", *(line["why"] for line in report["list"] if "muster " not in line["why"] and "`" not in line["why"]), *(fact["text"] for fact in report["facts"])]:
        said = re.sub(ISO, by_the_clock_there, said)
        check(said[1:] in text, f"{said}: {text}")  # a page begins its sentences with a capital
    check(any(re.fullmatch(ISO, fact["text"]) for fact in report["facts"]), "when it would be done")
    for code in ["no_", "--", "muster ", "0.00", " 1 people", *(line["what"] + ":" for line in report["list"])]:
        check(code not in text, f"{code}: {text}")
    look(browser, "result")
    browser.press("On to the campaign")
    equal(browser.values("#name, #text"), ["Thursday", TEXT], "the form, from which it is launched")
    browser.open(world.url + "/rehearsals")
    check("Thursday" in browser.text("main"), browser.text("main"))
    look(browser, "list")
    browser.follow("//a[.='Thursday']")
    browser.press("Take this away")
    check("No rehearsal yet" in browser.text("main"), browser.text("main"))


if __name__ == "__main__":
    one_at_a_time()
    sys.exit(run(options(), a_worker_that_is_killed_loses_nothing, the_client_asks_and_waits, what_cannot_be_played_says_why,
                 one_that_is_taken_away_is_ended,
                 by_page_on_a_phone_without_javascript, world=World))
