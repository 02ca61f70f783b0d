#!/usr/bin/env python3
"""Schedules with the real programs: each fires once, though musterd is killed around the moment; what a crash was in the way
of happens afterwards; and the client says what comes and what came."""
import collections
import datetime
import json
import random
import subprocess
import sys
import time
import urllib.request

from house import House, check, equal, options, run, until
from inbox_world import InboxWorld, token_of

ARGS = options(people=20, schedules=6)
TEXT = "Tonight at 7. Example Movement. Reply STOP to opt out"


def write(house, name, **when):
    path = house.folder / f"{name}.yaml"
    path.write_text(json.dumps({"name": name, "audience": "members", "gateway": "main", "hours": "any", "text": TEXT, **when}))
    return path


def clock(at):
    """What a clock in London shows: the example organisation's country is GB, and it is always winter here."""
    return datetime.datetime.fromtimestamp(at, ZONE).strftime("%Y-%m-%d %H:%M:%S")


try:
    import zoneinfo
    ZONE = zoneinfo.ZoneInfo("Europe/London")
except ImportError:
    ZONE = datetime.timezone.utc


def shown(house, schedule):
    return json.loads(house.muster("schedule", "show", schedule, "--json"))


def campaigns(house):
    found = json.loads(house.muster("campaign", "list", "--json"))["campaigns"]
    return collections.Counter(one["name"] for one in found), {one["id"]: one for one in found}


def open_house(house):
    sink = house.sink()
    house.start_musterd(port=sink.port)
    house.import_people(ARGS.people)
    return sink


def each_fires_once_though_musterd_is_killed(house):
    sink = open_house(house)
    first = time.time() + 2
    moments = [first + 0.7 * i for i in range(ARGS.schedules)]
    ids = [json.loads(house.muster("schedule", "add", write(house, f"s{i}", dates=[clock(at)]), "--json"))["id"]
           for i, at in enumerate(moments)]
    while time.time() < moments[-1] + 1:
        time.sleep(random.uniform(0.2, 1.3))  # not instead of a condition: the moment of the kill is what is tried
        house.daemon.kill()
        house.daemon.restart()
    until(lambda: all(shown(house, i)["status"] == "over" for i in ids), "all to be over")
    names, found = campaigns(house)
    equal(len(found), ARGS.schedules, f"campaigns: {names}")
    equal(set(names.values()), {1}, "how often each")
    for i in ids:
        s = shown(house, i)
        equal((s["launched"], s["failed"], s["missed"]), (1, 0, 0), f"what came of {s['name']}")
        house.wait_status(s["last"]["campaign"], "done")
        equal(found[s["last"]["campaign"]]["schedule"], s["name"], "the schedule that it is a repeat of")
    texts = collections.Counter(to for to, _ in sink.taken)
    check(max(texts.values()) <= ARGS.schedules, f"somebody has too many texts: {texts.most_common(3)}")


def what_was_missed_while_it_was_off_happens(house):
    open_house(house)
    at = time.time() + 2
    made = json.loads(house.muster("schedule", "add", write(house, "late", dates=[clock(at)], late_minutes=60), "--json"))
    equal([one["campaign"][:5] for one in made["next_firings"]], ["late "], "what it says comes")
    house.daemon.kill()
    until(lambda: time.time() > at + 1, "the moment to be over")
    house.daemon.restart()
    until(lambda: shown(house, made["id"])["launched"] == 1, "it to be launched late")
    said = house.muster("schedule", "show", made["id"])
    check("launched: campaign" in said and f"| {TEXT}" in said, f"the client says so, and what was sent: {said}")
    again = json.loads(house.muster("campaign", "file", shown(house, made["id"])["last"]["campaign"]))
    equal((again["text"], again["audience"], "deadline" in again), (TEXT, "members", False), "the file that launches it again")
    path = house.folder / "again.yaml"
    path.write_text(json.dumps(again | {"name": "once more"}))
    check("once more" in house.muster("campaign", "check", path), "that file is one")


def what_the_check_refuses_is_said(house):
    open_house(house)
    at = time.time() + 2
    path = write(house, "wrong", dates=[clock(at)], text="Hi {{nickname}}. Example Movement. STOP to end")
    done = subprocess.run([house.args.muster, "schedule", "add", path, "--json", "--server", "unix:" + house.daemon.socket],
                          capture_output=True, text=True, check=True)
    check("nickname" in done.stderr and "nothing would be launched" in done.stderr, f"what the check found: {done.stderr}")
    made = json.loads(done.stdout)
    until(lambda: shown(house, made["id"])["failed"] == 1, "it to fail")
    last = shown(house, made["id"])["last"]
    check("nickname" in last["why"], f"why: {last}")
    weekly = json.loads(house.muster("schedule", "add", write(house, "weekly", every="thu 09:00"), "--json"))
    check("is gone" not in house.muster("schedule", "show", weekly["id"]), "its list is there")
    house.muster("audience", "delete", "members")
    check("the list 'members' is gone: nothing can be launched" in house.muster("schedule", "show", weekly["id"]), "and then it is not")
    equal(campaigns(house)[1], {}, "campaigns")
    check("failed" in house.muster("schedule", "list"), "the list says so")


def it_is_paused_changed_and_deleted(house):
    open_house(house)
    made = json.loads(house.muster("schedule", "add", write(house, "weekly", every="thu 09:00"), "--json"))
    number = made["id"]
    equal(len(made["next_firings"]), 5, "next firings")
    check("09:00" in house.muster("schedule", "next", number), "nine o'clock")
    house.muster("schedule", "add", write(house, "weekly", every="fri 09:00"), code=1)  # the name is taken
    equal(json.loads(house.muster("schedule", "pause", number, "--why", "holidays", "--json"))["status"], "paused", "paused")
    check("nothing: it is paused" in house.muster("schedule", "next", number), "it says that nothing comes")
    equal(json.loads(house.muster("schedule", "resume", number, "--json"))["status"], "active", "on again")
    path = write(house, "weekly", event="2036-12-03 19:00", remind=["1 day before at 11:00", "2 hours before"])
    house.muster("schedule", "change", number, path)
    equal([one["local"] for one in shown(house, number)["next_firings"]], ["2036-12-02 11:00", "2036-12-03 17:00"], "reminders")
    path = write(house, "weekly", event="2036-12-10 20:00", remind=["1 day before at 11:00", "2 hours before"])
    house.muster("schedule", "change", number, path)
    equal([one["local"] for one in shown(house, number)["next_firings"]], ["2036-12-09 11:00", "2036-12-10 18:00"], "moved")
    house.muster("schedule", "move", number, "2036-12-17 19:30")
    equal([one["local"] for one in shown(house, number)["next_firings"]], ["2036-12-16 11:00", "2036-12-17 17:30"], "moved by its time alone")
    house.muster("schedule", "move", number, "next Thursday", code=1)
    house.muster("schedule", "change", number, write(house, "weekly", every="thu 09:61"), code=1)
    several = {"default": "en", "sms": {"en": TEXT, "fr": "Ce soir à 7. Example Movement. Reply STOP to opt out"}}
    path.write_text(json.dumps({"name": "weekly", "audience": "members", "gateway": "main", "hours": "any", "template": several,
                                "every": "thu 09:00", "count": 9, "within_minutes": 60}))
    house.muster("schedule", "change", number, path)
    before = shown(house, number)
    path.write_text(house.muster("schedule", "file", number))
    house.muster("schedule", "change", number, path)  # says what it is: nothing is another
    left_out = shown(house, number)["next_firings"][0]["local"][:10]
    said = house.muster("schedule", "skip", number, left_out)
    check(f"not on {left_out}" in said and left_out not in house.muster("schedule", "next", number), f"one day is left out: {said}")
    path.write_text(house.muster("schedule", "file", number))
    check(left_out in path.read_text(), "its file says so")
    house.muster("schedule", "change", number, path)
    check(left_out not in house.muster("schedule", "next", number), "and it stays so")
    house.muster("schedule", "skip", number, left_out, "--after-all")
    check(left_out in house.muster("schedule", "next", number), "after all")
    house.muster("schedule", "skip", number, "Christmas", code=1)
    equal([shown(house, number)[key] for key in ("campaign", "plan", "within_minutes")],
          [before[key] for key in ("campaign", "plan", "within_minutes")], "what its own file makes of it")
    equal(sorted(before["campaign"]["message"]["sms"]), ["en", "fr"], "two languages in one file")
    path = write(house, "weekly", every="thu 09:00", text="Hi {{nickname}}, STOP to end")
    done = subprocess.run([house.args.muster, "schedule", "change", str(number), path, "--server", "unix:" + house.daemon.socket],
                          capture_output=True, text=True, check=True)
    check("nickname" in done.stderr and "nothing would be launched" in done.stderr, f"what the check found: {done.stderr}")
    house.muster("schedule", "delete", number)
    house.muster("schedule", "show", number, code=1)


def who_may_not_launch_any_more_stops_it(world):
    world.import_people(ARGS.people)
    at = time.time() + 4
    campaign = {"audience": "members", "gateway": "main", "hours": "any", "message": {"sms": {"en": {"text": TEXT}}}}
    made = world.api("Ora", "POST", "/schedules", {"name": "Ora's", "dates": [clock(at)], "campaign": campaign})
    equal(made["made_by"], "Ora", "who answers for it")
    later = world.api("Ora", "POST", "/schedules", {"name": "Ora's later", "every": "thu 09:00", "campaign": campaign})
    check(shown(world, later["id"])["maker_may"], "she may as yet")
    world.muster("person", "revoke", "Ora")
    until(lambda: not world.api("Olive", "GET", f"/schedules/{later['id']}")["maker_may"], "those who can take it over are told before it stops")
    check("Ora, who answers for it, may not launch it any more" in world.muster("schedule", "show", later["id"]), "the client says so, too")
    page = urllib.request.Request(f"{world.url}/schedules/{later['id']}", headers={"Authorization": "Bearer " + token_of("Olive")})
    with urllib.request.urlopen(page, timeout=10) as answer:
        check("Ora, who answers for it, may not launch it any more" in answer.read().decode(), "its page")
    until(lambda: shown(world, made["id"])["status"] == "stopped", "it to stop")
    check("Ora" in shown(world, made["id"])["status_why"], "it says why")
    equal(campaigns(world)[1], {}, "campaigns")
    world.muster("schedule", "resume", made["id"], code=1)  # its only date is over
    # the metrics of the others: what was not launched can be alarmed on
    with urllib.request.urlopen(urllib.request.Request(world.url + "/metrics", headers={"Authorization": "Bearer " + token_of("Olive")}),
                                timeout=10) as answer:
        check('muster_schedule_firings_total{outcome="failed"} 0' in answer.read().decode(), "the metrics")


class Staff(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Olive": ("owner", None), "Ora": ("organiser", "main")})


WORLDS = {who_may_not_launch_any_more_stops_it: Staff}
sys.exit(run(ARGS, each_fires_once_though_musterd_is_killed, what_was_missed_while_it_was_off_happens,
             what_the_check_refuses_is_said, it_is_paused_changed_and_deleted, who_may_not_launch_any_more_stops_it,
             world=collections.defaultdict(lambda: House, WORLDS)))
