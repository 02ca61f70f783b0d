#!/usr/bin/env python3
"""A second person: what goes to many waits for them, whoever they are, and nothing else starts it."""
import concurrent.futures
import datetime
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from house import check, equal, options, run, until
from inbox_world import InboxWorld, token_of

ARGS = options(people=120)
MESSAGE = {"sms": {"en": {"text": "Hi {{first_name}}, Thursday at 7. Reply STOP to opt out"}}}
MEMBERS = {"Kim": ("organiser", "main"), "Sam": ("organiser", "main"), "Ann": ("owner", None), "Lee": ("organiser", "leeds"),
           "Vic": ("volunteer", "main")}


class World(InboxWorld):
    def __init__(self, args):
        super().__init__(args, MEMBERS, approval={"above": 100})
        self.import_people(ARGS.people)

    def say(self, name, method, path, body=None):  # pylint: disable=arguments-differ
        """Status and JSON, whatever it is."""
        try:
            return 200, self.api(name, method, path, body)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)

    def propose(self, name="thursday", by="Kim", **more):
        made = self.api(by, "POST", "/campaigns", {"name": name, "audience": "members", "gateway": "main", "hours": "any",
                                                   "message": MESSAGE, **more})
        equal(made["status"], "proposed", "a launch of many")
        return made["id"], made["approval"]["digest"]

    def approve(self, name, campaign, digest):
        return self.say(name, "POST", f"/campaigns/{campaign}/approve", {"digest": digest})[0]

    def texted(self, campaign):
        return ARGS.people - self.counts(campaign)["pending"]

    def page(self, cookie, path, form=None):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + path, data, {"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()


def only_somebody_else_of_the_group_approves(world):
    campaign, digest = world.propose()
    equal(world.approve("Kim", campaign, digest), 403, "its author")
    equal(world.approve("Vic", campaign, digest), 403, "a volunteer")
    equal(world.approve("Lee", campaign, digest), 404, "who is of another group")
    equal(world.approve("Sam", campaign, "sha256=0"), 409, "of another text")
    world.muster("campaign", "approve", campaign, "--yes", code=1)  # the server's socket is nobody
    status, said = world.say("Kim", "POST", f"/campaigns/{campaign}/resume", {})[:2]
    check(status == 409 and "waits for a second person" in str(said), f"a resume: {status} {said}")
    equal((world.status(campaign), world.texted(campaign)), ("proposed", 0), "what it is until then")
    seen = world.api("Sam", "GET", f"/campaigns/{campaign}/proposal")
    equal((seen["digest"], seen["yours"], seen["report"]["recipients"]), (digest, False, ARGS.people), "what Sam sees")
    equal(seen["message"], MESSAGE, "the text")
    equal(world.api("Kim", "GET", f"/campaigns/{campaign}/proposal")["yours"], True, "whose it is")
    equal(world.approve("Sam", campaign, digest), 200, "somebody else")
    world.wait_status(campaign, "done")
    status = world.api("Kim", "GET", f"/campaigns/{campaign}")
    equal((status["approval"]["given"], status["approval"]["approved_by"]), (True, "Sam"), "what it says of it")
    trail = world.api("Ann", "GET", "/audit?what=campaign")["entries"]
    check(any(e["who"] == "Sam" and f"campaign {campaign} proposed to" in e["what"] for e in trail), f"the audit: {trail}")


def of_two_at_once_one_does_it(world):
    for i in range(5):
        campaign, digest = world.propose(f"race {i}")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            said = list(pool.map(lambda name: world.approve(name, campaign, digest), ["Sam", "Ann", "Sam", "Ann"]))
        equal(sorted(said), [200, 409, 409, 409], "what they are told")
        world.wait_status(campaign, "done")


def neither_a_kill_nor_its_time_starts_it(world):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
    ends = soon + datetime.timedelta(seconds=7)
    campaign, digest = world.propose(start=soon.isoformat(), deadline=ends.isoformat())
    until(lambda: world.hash(campaign)["made"] == world.hash(campaign)["blocks"], "its ledger")
    world.daemon.kill()
    time.sleep(max(0, soon.timestamp() - time.time()))
    world.daemon.restart()
    until(lambda: world.redis("GET", "muster:leader"), "a leader")
    equal(world.say("Kim", "POST", "/campaigns/pause-all", {})[1]["campaigns"], [campaign], "what is paused")
    equal(world.say("Kim", "POST", "/campaigns/resume-all", {})[1]["campaigns"], [campaign], "what goes on")
    equal((world.status(campaign), world.texted(campaign)), ("proposed", 0), "what it is after all that")
    world.wait_status(campaign, "expired")
    equal(world.approve("Sam", campaign, digest), 409, "after its deadline")
    until(lambda: world.counts(campaign)["expired"] == ARGS.people, "everybody in the report")


def sent_back_it_waits_for_its_author(world):
    campaign, digest = world.propose()
    code, said = world.say("Sam", "POST", f"/campaigns/{campaign}/send-back", {"why": "it is on Friday"})
    equal((code, said["status"], said["status_why"]), (200, "paused", "it is on Friday"), "sent back")
    equal(world.approve("Ann", campaign, digest), 409, "what is sent back")
    equal(world.say("Kim", "POST", f"/campaigns/{campaign}/resume", {})[1]["status"], "proposed", "asked again")
    equal(world.approve("Kim", campaign, digest), 403, "its author, who asked again")
    equal(world.approve("Ann", campaign, digest), 200, "somebody else")


def a_change_is_asked_about_where_it_changes_what_was_approved(world):
    tomorrow, later = ((datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in (1, 2))
    campaign, digest = world.propose("planned", start=tomorrow)
    equal(world.approve("Sam", campaign, digest), 200, "it is approved")

    def waits(**change):
        found = world.api("Kim", "POST", f"/campaigns/{campaign}/edit/check", change)["findings"]
        return "waits_for_approval" in {f["code"] for f in found}
    check(not waits(deadline=later), "a deadline changes nothing of what was agreed to")
    check(waits(message={"sms": {"en": {"text": "On Friday at 8. Reply STOP to opt out"}}}), "another text waits again")


def by_page_and_by_client(world):
    begun, digest = world.propose("begun", canary="10", canary_then="look")
    equal(world.approve("Sam", begun, digest), 200, "the first text")
    world.wait_status(begun, "paused")
    world.api("Kim", "POST", f"/campaigns/{begun}/edit", {"message": {"sms": {"en": {"text": "On Friday at 8. Reply STOP to opt out"}}}})
    equal(world.api("Kim", "POST", f"/campaigns/{begun}/resume", {})["status"], "proposed", "another text is agreed to anew")
    campaign, _ = world.propose()
    cookies = {}
    for name in ("Kim", "Sam"):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(world.url + "/login", urllib.parse.urlencode({"token": token_of(name)}).encode(), timeout=10)
        jar = next(h for h in opener.handlers if isinstance(h, urllib.request.HTTPCookieProcessor)).cookiejar
        cookies[name] = "; ".join(f"{c.name}={c.value}" for c in jar)
    check("It has texted 10 people already" in world.page(cookies["Sam"], f"/campaigns/{begun}/approve"), "who has the text before")
    path = f"/campaigns/{campaign}/approve"
    check("It has texted" not in world.page(cookies["Sam"], path), "of one that has not begun")
    check("You wrote it" in world.page(cookies["Kim"], path), "the author's page")
    for at in ("/campaigns", f"/campaigns/{campaign}"):
        check("Look and approve" not in world.page(cookies["Kim"], at), f"what its author cannot do is offered: {at}")
    check("You wrote it" in world.page(cookies["Kim"], f"/campaigns/{campaign}"), "the author's page of the campaign")
    check("Look and approve" in world.page(cookies["Sam"], f"/campaigns/{campaign}"), "Sam's page of the campaign")
    check("Look and approve" in world.page(cookies["Sam"], "/campaigns"), "the list")
    html = world.page(cookies["Sam"], path)
    check("Thursday at 7" in html and ">Approve<" in html, "Sam's page")
    fields = {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "digest")}
    check("approved by Sam" in world.page(cookies["Sam"], path, fields), "the campaign's page")
    world.wait_status(campaign, "done")
    html = world.page(cookies["Sam"], path)
    check("It does not wait for anybody" in html and "What would happen" not in html, "one that does not wait is not checked anew")

    exempt, _ = world.propose("exempt", by="Ann", cap="exempt", cap_why="the hall moved")
    for at in (f"/campaigns/{exempt}/approve", f"/campaigns/{exempt}"):
        check("xempt from the frequency cap: the hall moved" in world.page(cookies["Sam"], at), f"who approves reads of the exception: {at}")
    check("  exempt from the frequency cap: the hall moved\n" in world.muster("campaign", "status", exempt), "the client says so")
    campaign, _ = world.propose("friday")
    for name, code in (("Kim", 1), ("Sam", 0)):
        done = subprocess.run([world.args.muster, "campaign", "approve", str(campaign), "--yes", "--server", world.url, "--token",
                               token_of(name)], capture_output=True, text=True, timeout=60, check=False)
        equal(done.returncode, code, f"{name}: {done.stdout}{done.stderr}")
    world.wait_status(campaign, "done")


def few_need_nobody(world):
    world.import_people(100, "few")
    made = world.api("Kim", "POST", "/campaigns", {"name": "few", "audience": "few", "gateway": "main", "hours": "any",
                                                   "message": MESSAGE})
    equal((made["status"], made["approval"]), ("preparing", None), "a launch of few")
    world.wait_status(made["id"], "done")


def looser_bounds_need_somebody(world):
    world.import_people(50, "old")
    body = {"audience": "old", "gateway": "main", "hours": "any", "message": MESSAGE}
    strict = world.api("Kim", "POST", "/campaigns", {"name": "strict", "pause_failed_percent": 10, **body})
    equal(strict["approval"], None, "what is stricter than the organisation's bound")
    loose = world.api("Kim", "POST", "/campaigns", {"name": "loose", "pause_failed_percent": 90, **body})
    equal(loose["status"], "proposed", "what is looser")


def several_small_lists_are_one_large(world):
    """What one author launches alone within a day counts together; what was cancelled before it ran does not."""
    world.import_people(60, "few")
    body = {"audience": "few", "gateway": "main", "hours": "any", "message": MESSAGE}
    tomorrow = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    off = world.api("Kim", "POST", "/campaigns", {**body, "name": "off", "start": tomorrow})["id"]
    world.wait_status(off, "scheduled")
    world.api("Kim", "POST", f"/campaigns/{off}/cancel", {})
    one = world.api("Kim", "POST", "/campaigns", {**body, "name": "one"})
    equal(one["approval"], None, "the first")
    said = world.api("Kim", "POST", "/campaigns/check", {**body, "name": "two"})["approval"]
    check(said and "24 hours" in said and "120 people" in said, said)
    codes = {f["code"] for f in world.api("Kim", "POST", "/campaigns/check", {**body, "name": "two", "canary": "10"})["findings"]}
    check({"waits_for_approval", "waits_for_look"} <= codes, f"what the times do not count: {codes}")
    equal(world.api("Kim", "POST", "/campaigns", {**body, "name": "two"})["status"], "proposed", "the second")
    equal(world.api("Sam", "POST", "/campaigns/check", {**body, "name": "three"})["approval"], None, "somebody else's first")
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        all_at_once = list(pool.map(lambda i: world.say("Ann", "POST", "/campaigns", {**body, "name": f"at once {i}"}), range(3)))
    alone = [made for status, made in all_at_once if status == 200 and made["approval"] is None]
    equal(len(alone), 1, f"of three at once: {[status for status, _ in all_at_once]}")


sys.exit(run(ARGS, only_somebody_else_of_the_group_approves, of_two_at_once_one_does_it, neither_a_kill_nor_its_time_starts_it,
             sent_back_it_waits_for_its_author, a_change_is_asked_about_where_it_changes_what_was_approved, by_page_and_by_client, few_need_nobody, looser_bounds_need_somebody,
             several_small_lists_are_one_large, world=World))
