#!/usr/bin/env python3
"""A campaign is rehearsed: by the real programs, in time that runs faster, and nobody is texted."""
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

from house import check, equal, options, run, until
from rehearsing import FOLDERS, folders, one_at_a_time

ARGS = options(people=600)
RATE = 20


def taken(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/stats", timeout=10) as answer:
        return json.load(answer)


def begin(house, rate=RATE, **changes):
    port = house.start_sim()
    house.start_musterd(port=port, gateway={"rate_per_s": rate, "price": {"currency": "GBP", "default": 0.04}}, approval={"two_people": True})
    house.import_people(ARGS.people)
    path = house.folder / "thursday.yaml"
    path.write_text(json.dumps({"name": "thursday", "audience": "members", "gateway": "main", "hours": "any",
                                "budget": "100 GBP", "text": "Hi {{first_name}}, STOP to end", **changes}))
    return port, path


def it_says_what_would_happen(house):
    port, path = begin(house, canary="50", brake_off="to see that a rehearsal waits for nobody")
    before, page, began = folders(), house.folder / "page.html", time.monotonic()
    report = json.loads(house.muster("campaign", "rehearse", path, "--json", "--html", page, "--speed", 30,
                                     "--replies", 0.1, "--opt-outs", 0.01, "--failures", 0.02))
    equal(report["people"], ARGS.people, "people of the real list")
    equal(sum(report["counts"].values()), ARGS.people, "it adds up")
    check(report["finished_at"], "it came to its end")
    check(report["go"], f"nothing speaks against it: {report['list']}")
    least, most = ARGS.people / RATE, (time.monotonic() - began) * report["speed"]
    check(least <= report["seconds"] <= most, f"{report['seconds']} s of its own time, at {report['speed']} times: {least} to {most}")
    share = report["replies"] / ARGS.people
    check(0.04 < share < 0.2, f"replies as they were asked for: {share}")
    check(report["answerers"] >= 1 and report["replies_per_hour"] > 0, f"who is needed: {report['answerers']}")
    check(any(line["what"] == "approval" and "second person" in line["why"] for line in report["list"]), report["list"])
    check("a second person has to approve it" in house.muster("campaign", "check", path), "the check says so, too")
    equal({line["level"] for line in report["list"]} <= {"go", "look", "no"}, True, "its list")
    check({"term": "Price", "text": f"{ARGS.people * 0.04:.2f} GBP"} in report["facts"], f"what it costs: {report['facts']}")
    text = page.read_text(encoding="utf-8")
    check("Nobody was texted" in text and "<script" not in text, "the page")
    check(re.search(r"<dt>Done</dt><dd>[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d [^:]+</dd>", text) and not re.search(r"\d:\d\d:\d\d", text),
          f"times of the page are of the clock here, to the minute: {text}")
    check(any(fact["term"] == "Done" and re.fullmatch(r"[-0-9]{10}T\d\d:\d\d:00Z", fact["text"]) for fact in report["facts"]), report["facts"])
    equal(taken(port)["requests"], 0, "requests to the real account")
    equal(folders() - before, set(), "its folder is gone")
    check("thursday" not in house.muster("campaign", "list"), "the real server has launched nothing")


def a_whatsapp_campaign(house):
    """Its template goes to the simulator's WhatsApp side; people there answer, opt out and are not reached like others."""
    people, port = 200, house.start_sim()
    house.start_musterd(port=port, gateway={
        "provider": "whatsapp_cloud", "channel": "whatsapp", "rate_per_s": RATE, "senders": ["+447700900999"],
        "account": {"phone_number_id": "1", "access_token": "token", "app_secret": "sesame", "verify_token": "open"}})
    house.import_people(people)
    path = house.folder / "template.yaml"
    (house.folder / "meeting.yaml").write_text(json.dumps({"whatsapp": {"en": {"template": "meeting", "language": "en_GB",
                                                                               "params": ["{{first_name}}"]}}}))
    path.write_text(json.dumps({"name": "template", "audience": "members", "gateway": "main", "hours": "any", "confirmed": [33],
                                "template": "meeting.yaml", "brake_off": "to see who opts out"}))
    report = json.loads(house.muster("campaign", "rehearse", path, "--json", "--speed", 40, "--replies", 0.2, "--opt-outs", 0.05,
                                     "--failures", 0.1))
    counts = report["counts"]
    equal(sum(counts.values()), people, "it adds up")
    check(report["finished_at"] and counts["accepted"] + counts["delivered"] + counts["undelivered"] == people, f"all were handed over: {counts}")
    check(counts["delivered"] > people / 2 and counts["undelivered"], f"receipts came: {counts}")
    check(report["replies"] and report["opt_outs"], f"people wrote back, and opted out: {report}")
    equal(taken(port)["requests"], 0, "requests to the real account")


def no_go_before_the_deadline(house):
    """The rehearsal's clock runs while its programs start: the deadline is still ahead when they check, and too early."""
    rate = 5
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.8 * ARGS.people / rate)
    port, path = begin(house, rate, deadline=soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    said = house.muster("campaign", "rehearse", path, "--speed", 15, code=1)
    check("NO GO" in said and "too_late" in said, said)
    equal(taken(port)["requests"], 0, "requests to the real account")


def bad_options_are_refused_at_once(house):
    """Before anything is asked or started: there is nobody at that address."""
    for option, value in (("--minutes", "0"), ("--speed", "100"), ("--answers-per-hour", "many"), ("--replies", "8"),
                          ("--opt-outs", "x"), ("--failures", "-1"), ("--list", "/nowhere/people.csv")):
        done = subprocess.run([house.args.muster, "campaign", "rehearse", "thursday.yaml", option, value, "--server", "http://127.0.0.1:1"],
                              capture_output=True, text=True, check=False)
        check(done.returncode == 2 and option in done.stderr, f"{option} {value}: {done.returncode}: {done.stderr}")


def ctrl_c_leaves_nothing(house):
    _, path = begin(house)
    before = folders()
    process = subprocess.Popen([house.args.muster, "campaign", "rehearse", path, "--speed", "2", "--server",
                                "unix:" + house.daemon.socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: folders() - before, "its folder")
        made = folders() - before
        modes = {oct(os.stat(os.path.join(FOLDERS, name)).st_mode & 0o777) for name in made}
        equal(modes, {"0o700"}, "who may look into it")
        process.send_signal(signal.SIGINT)
        equal(process.wait(timeout=30), 1, "its exit code")
    finally:
        process.kill()
        process.wait()
    equal(folders() - before, set(), "its folder is gone")


one_at_a_time()
sys.exit(run(ARGS, it_says_what_would_happen, a_whatsapp_campaign, no_go_before_the_deadline, bad_options_are_refused_at_once, ctrl_c_leaves_nothing))
