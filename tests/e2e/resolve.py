#!/usr/bin/env python3
"""Those of whom nobody knows whether they were reached: a person decides, once, and it stays on record. Nothing is sent
again by itself."""
import json
import subprocess
import sys
import urllib.request

from house import check, equal, options, run, tell_sim, until
from inbox_world import InboxWorld

ARGS = options(people=300)
ANN = "+447400000000"


def taken(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sim/stats", timeout=10) as answer:
        return json.load(answer)


def some_unknown(house, errors):
    port = house.start_sim("--errors", errors)
    house.start_musterd(port=port)
    house.import_people(ARGS.people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    counts = house.counts(campaign)
    check(0 < counts["unknown"] < ARGS.people / 2, f"some are unknown: {counts}")
    tell_sim(port, errors="")
    return port, campaign, counts["unknown"]


def resolve(house, campaign, decision, code=0):
    return house.muster("campaign", "resolve", campaign, decision, "--why", "their log", "--yes", code=code)


def named_everywhere(house):
    _, campaign, unknown = some_unknown(house, "lost:0.1")
    for words in (["status", campaign], ["report", campaign], ["list"]):
        said = house.muster("campaign", *words)
        check(str(unknown) in said and "unknown" in said and "since" in said, f"{words[0]} names them: {said}")
    rows = house.muster("campaign", "report", campaign, "--csv", "-").splitlines()
    equal(sum(",unknown,no_answer since 20" in row for row in rows), unknown, "rows that say since when")
    listed = json.loads(house.muster("campaign", "people", campaign, "--state", "unknown", "--json"))["people"]
    equal(len([p for p in listed if p["since"]]), unknown, "people who are unknown since")


def sent_again_once(house):
    port, campaign, unknown = some_unknown(house, "lost:0.1")
    house.muster("campaign", "resolve", campaign, code=2)
    house.muster("campaign", "resolve", campaign, "--resend", code=2)
    house.muster("campaign", "resolve", campaign, "--resend", "--leave", "--why", "x", code=2)
    house.muster("campaign", "resolve", campaign, "--resend", "--why", " ", "--yes", code=1)
    resolve(house, 99, "--resend", code=1)
    equal(house.counts(campaign)["unknown"], unknown, "unknown after what was refused")
    check(f"{unknown} unknown will be texted again" in resolve(house, campaign, "--resend"), "it says how many")
    house.wait_status(campaign, "done")
    equal(house.counts(campaign)["accepted"], ARGS.people, "accepted")
    equal((taken(port)["accepted"], taken(port)["duplicates"]), (ARGS.people, 0), "taken, and twice")
    check("nothing to decide" in resolve(house, campaign, "--resend"), "the second time there is nothing")
    trail = house.muster("campaign", "audit", campaign)
    equal(trail.count("unknown to pending: their log"), 1, f"decisions in {trail}")
    check("nobody has moved" in house.muster("campaign", "audit", 99), "another campaign has no trail")


def left_for_good(house):
    port, campaign, unknown = some_unknown(house, "drop:0.1")
    resolve(house, campaign, "--leave")
    check("nothing to decide" in resolve(house, campaign, "--resend"), "what was left is not sent again")
    counts = house.counts(campaign)
    equal((counts["refused"], counts["unknown"]), (unknown, 0), "refused and unknown")
    equal(house.status(campaign), "done", "status")
    equal(taken(port)["duplicates"], 0, "twice")
    check("left by" in house.muster("campaign", "report", campaign, "--csv", "-"), "the report says who left them")


def two_people_at_once(house):
    port, campaign, unknown = some_unknown(house, "lost:0.2")
    server = "unix:" + house.daemon.socket
    both = [subprocess.Popen([ARGS.muster, "campaign", "resolve", str(campaign), "--resend", "--why", why, "--json",
                              "--server", server], stdout=subprocess.PIPE, text=True) for why in ("one", "two")]
    said = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    equal(sum(one["resolved"] for one in said), unknown, "resolved by both together")
    house.wait_status(campaign, "done")
    equal(house.counts(campaign)["accepted"], ARGS.people, "accepted")
    equal(taken(port)["duplicates"], 0, "twice")


def while_it_runs(house):
    """Decided in the middle: those who became unknown so far; the others go on as they were."""
    port = house.start_sim("--errors", "lost:0.1")
    house.start_musterd(port=port, gateway={"rate_per_s": 150})
    house.import_people(ARGS.people)
    campaign = house.launch()
    until(lambda: house.counts(campaign)["unknown"] >= 3, "three unknown")
    tell_sim(port, errors="")
    check(house.status(campaign) == "running", "it runs")
    resolve(house, campaign, "--resend")
    house.wait_status(campaign, "done")
    resolve(house, campaign, "--resend")  # whose answer was lost just then
    house.wait_status(campaign, "done")
    equal(house.counts(campaign)["accepted"], ARGS.people, "accepted")
    equal((taken(port)["accepted"], taken(port)["duplicates"]), (ARGS.people, 0), "taken, and twice")


def an_answer(_):
    """A volunteer's answer is lost: they are told in plain words, and decide."""
    world = InboxWorld(ARGS)
    try:
        world.campaign([(ANN, "Ann")])
        world.person_writes(ANN, "Where is it?")
        until(lambda: "Where is it?" in world.muster("inbox", "show", 1), "the question")
        world.muster("inbox", "resolve", 1, code=2)
        check("nothing to decide" in world.muster("inbox", "resolve", 1, "--resend"), "nothing is unknown")
        tell_sim(world.sim, errors="lost:1")
        world.muster("inbox", "reply", 1, "Harbour Street 5")
        shown = until(lambda: "do not know whether it arrived" in (said := world.muster("inbox", "show", 1)) and said,
                      "the doubt to be shown")
        check("muster inbox resolve 1 " in shown and "no_answer" not in shown, f"plain words: {shown}")
        check("unknown whether" in world.muster("inbox", "list"), "the list marks it")
        tell_sim(world.sim, errors="")
        check("on its way again" in world.muster("inbox", "resolve", 1, "--resend"), "it is sent again")
        until(lambda: "Harbour Street 5" in world.texts_to(ANN), "the answer")
        until(lambda: " arrived\n" in world.muster("inbox", "show", 1), "the receipt")
        check("nothing to decide" in world.muster("inbox", "resolve", 1, "--resend"), "the second time")
        equal(world.texts_to(ANN).count("Harbour Street 5"), 1, "answers that she got")
        check("conversation 1 answer" in world.muster("campaign", "audit"), "it is on record")
    finally:
        world.end()


sys.exit(run(ARGS, named_everywhere, sent_again_once, left_for_good, two_people_at_once, while_it_runs, an_answer))
