#!/usr/bin/env python3
"""A campaign at the pace of its people: a handful while nobody is there, on when somebody answers, and it says why."""
import json
import sys
import urllib.error

from house import check, equal, options, run, until
from inbox_world import InboxWorld

ARGS = options(people=400)
FIRST = 50  # ANSWER_PACE_FIRST


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Olive": ("owner", None), "Ada": ("volunteer", "main")})

    def texted(self, campaign):
        return ARGS.people - self.counts(campaign)["pending"]

    def pace(self, campaign):
        return self.api("Olive", "GET", f"/campaigns/{campaign}")["pace"]

    def answer_everybody(self, name):
        while (conversation := self.api(name, "POST", "/inbox/next", {})["conversation"]):
            path = f"/conversations/{conversation['id']}"
            self.api(name, "POST", f"{path}/reply", {"text": "See you there!", "fence": conversation["fence"], "key": path})
            self.api(name, "POST", f"{path}/close", {})


def it_waits_for_answers_and_goes_on(world):
    world.import_people(ARGS.people)
    campaign = world.launch(pace_by="answers", answer_within_minutes=30)
    # fewer than FIRST where a busy machine came too late for some slots: those people are pending again
    until(lambda: FIRST // 2 <= world.texted(campaign) <= FIRST, "the first ones")
    for i in range(6):
        world.person_writes(f"+{447400000000 + i}", "Where is it?")
    until(lambda: world.pace(campaign)["waiting"] == 6, "it to see who waits")
    pace = world.pace(campaign)
    equal((pace["answer_within_minutes"], pace["there"], pace["slowed"]), (30, 0, True), f"how it stands: {pace}")
    equal(pace["text"], "slowed: 6 people wait for an answer, 0 members are here", "what it says")
    check(pace["text"] in world.muster("campaign", "status", campaign), "the client says it, too")
    check(0 < world.texted(campaign) <= FIRST, f"{world.texted(campaign)} were texted while nobody is there")
    world.answer_everybody("Ada")
    until(lambda: world.texted(campaign) > FIRST, "it to go on")
    equal(world.pace(campaign)["there"], 1, "members who are there")
    equal(world.status(campaign), "running", "its status")


def others_are_not_paced(world):
    world.import_people(ARGS.people)
    campaign = world.launch(answer_within_minutes=30)  # it says by when people are overdue, and holds nothing up
    world.wait_status(campaign, "done")
    equal(world.pace(campaign), None, "the pace of one that has none")


def what_is_refused(world):
    world.import_people(5)
    for changes in ({"pace_by": "moon"}, {"answer_within_minutes": 0}, {"pace_by": "answers", "answer_within_minutes": 1441}):
        body = {"name": "x", "audience": "members", "gateway": "main", "message": {"sms": {"en": {"text": "Hi. STOP to end"}}}, **changes}
        try:
            world.api("Olive", "POST", "/campaigns", body)
            check(False, f"{changes} was let through")
        except urllib.error.HTTPError as e:
            equal(e.code, 400, f"{changes}: {json.load(e)}")


sys.exit(run(ARGS, it_waits_for_answers_and_goes_on, others_are_not_paced, what_is_refused, world=World))
