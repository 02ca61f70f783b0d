#!/usr/bin/env python3
"""Consent, from the list to long after it: who has not agreed is named and left out, who takes it back is left out from then on,
and what was agreed is found by number when list and campaign are gone."""
import csv
import datetime
import json
import subprocess
import sys
import urllib.error

import upload
from going_back import copy_files, put_back, wait_good, wait_noticed
from house import PATIENCE_S, House, check, equal, options, run, until
from inbox_world import InboxWorld

ARGS = options(people=1)
TEXT = "Hi {{first_name}}, it's Test Movement. Reply STOP to end."
ANN, BOB, CY, DEE, EVE = (f"+44740000010{n}" for n in range(1, 6))
LIST = f"""phone,first_name,Consent,Opt-in date,consent_source,Consent text,Date of birth
{ANN},Ann,"News, Reminders",01/03/2026,stall,Text me news,1 May 1980
{BOB},Bob,reminders,2026-03-01,web form,Text me reminders,1980-05-02
{CY},Cy,news,2019-03-25,paper,Text me news,3.5.1980
{DEE},Dee,yes,last year,paper,Text me,2015
{EVE},Eve,no,,,,1980-05-05
"""


def command(house, *words):
    return subprocess.run([ARGS.muster, *map(str, words), "--server", "unix:" + house.daemon.socket], capture_output=True, check=False,
                          timeout=PATIENCE_S)


def made(house, name="members"):
    path = house.folder / "list.csv"
    path.write_text(LIST)
    return command(house, "audience", "import", path, "--name", name, "--country", "GB")


def soon(seconds):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def checked(house, **need):
    path = house.folder / "check.yaml"
    path.write_text(json.dumps({"name": "c", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT, **need}))
    done = command(house, "campaign", "check", path, "--json")
    return json.loads(done.stdout)


def codes(report):
    return {f["code"]: f["level"] for f in report["findings"]}


def what_a_list_says_is_read(house):
    house.start_musterd(port=1)
    done = made(house)
    said = (done.stdout + done.stderr).decode()
    equal(done.returncode, 0, said)
    check("1 dates such as 01/03/2026 (line 2) are read as 2026-03-01, day first" in said, said)
    check("1 values cannot be read, the first in line 5 (last year)" in said, said)
    report = checked(house)
    equal((report["recipients"], report["unagreed"]), (5, 0), f"nobody asked for consent: {report['findings']}")
    equal(codes(report)["consent_unasked"], "note", "and it is said")
    report = checked(house, needs_consent="news")
    equal((report["recipients"], report["unagreed"], codes(report)["no_consent"]), (3, 2, "warn"), f"who agreed to news: {report}")
    text = next(f["message"] for f in report["findings"] if f["code"] == "no_consent")
    check("2 people" in text and "have not agreed to news: they would be left out" in text, text)
    report = checked(house, needs_consent="news", consent_months=24)
    equal((report["recipients"], codes(report)["consent_old"]), (1, "warn"), f"who agreed lately, and it is known when: {report}")
    report = checked(house, needs_consent="yes", min_age=16)
    equal((report["recipients"], codes(report)["too_young"]), (3, "warn"), f"who is old enough: {report}")
    said = " ".join(f["message"] for f in report["findings"])
    check(") has not agreed to be texted" in said and ") is younger than 16" in said, f"one person is one: {said}")
    report = checked(house, needs_consent="parties", consent_months=1)
    equal((report["ok"], codes(report)["nobody"]), (False, "block"), f"nobody agreed: {report}")


def who_has_not_agreed_is_skipped_and_the_evidence_stays(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400})
    made(house)
    first = house.launch(text=TEXT, needs_consent="news", consent_months=240)
    house.wait_status(first, "done")
    equal(set(sink.seen()), {ANN, CY}, "who agreed to news, and when")
    people = json.loads(house.muster("campaign", "people", first, "--state", "skipped", "--json"))["people"]
    equal(sorted(p["reason"] for p in people), ["consent_old", "no_consent", "no_consent"], f"why the others are skipped: {people}")
    equal(command(house, "consent", "withdraw", CY, "--of", "news", "--why", "no more news please").returncode, 0, "taken back")
    again = checked(house, needs_consent="news")
    equal(codes(again)["consent_withdrawn"], "warn", f"said by the check: {again}")
    second = house.launch(name="second", text=TEXT, needs_consent="news")
    house.wait_status(second, "done")
    equal(sink.seen()[CY], 1, "not texted again")
    third = house.launch(name="third", text=TEXT, needs_consent="yes")
    house.wait_status(third, "done")
    equal(sink.seen()[CY], 2, "for what they did not take back they are")
    # a report has it as it stood when the person was texted, whatever the list says since
    path = house.folder / "since.csv"
    path.write_text(f"phone,Opt-in date,consent_source,Consent text\n{ANN},2026-09-09,web form,Other words\n")
    equal(command(house, "audience", "import", path, "--name", "members", "--merge", "--country", "GB").returncode, 0, "merged")
    house.muster("campaign", "report", third, "--csv", house.folder / "report.csv")
    with open(house.folder / "report.csv", encoding="utf-8-sig", newline="") as f:
        row = next(r for r in csv.DictReader(f) if r["number"].lstrip("'") == ANN)
    equal([row[k] for k in ("consent", "opt_in_date", "consent_source", "consent_text")],
          ["news,reminders", "2026-03-01", "stall", "Text me news"], f"the report: {row}")
    # all of it goes, but what was agreed
    until(lambda: command(house, "audience", "delete", "members", "--reports-too").returncode == 0, "the list is deleted")
    kept = json.loads(house.muster("consent", "show", ANN, "--json"))
    equal([{k: e[k] for k in ("consent", "at", "source", "wording", "campaign")} for e in kept["evidence"]],
          [{"consent": "news,reminders", "at": "2026-03-01", "source": "stall", "wording": "Text me news", "campaign": third}], "the evidence")
    kept = json.loads(house.muster("consent", "show", CY, "--json"))
    equal([(w["consent"], w["why"]) for w in kept["withdrawn"]], [("news", "no more news please")], "and what was taken back")
    equal(command(house, "consent", "give", CY, "--of", "news", "--why", "asked for it").returncode, 0, "given again")
    equal(json.loads(house.muster("consent", "show", CY, "--json"))["withdrawn"], [], "given again")


def a_list_that_says_no_counts_at_once(house):
    """Also for a campaign that was launched to what the list was before; by the client and by the server's own import."""
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400})
    made(house)
    campaign = house.launch(text=TEXT, needs_consent="news", start=soon(8))
    house.muster("campaign", "pause", campaign, "--why", "for the test")
    path = house.folder / "no.csv"
    path.write_text(f"phone,consent\n{ANN},no\n{EVE},no\n")
    equal(command(house, "audience", "import", path, "--name", "members", "--merge").returncode, 0, "merged")
    kept = json.loads(house.muster("consent", "show", ANN, "--json"))
    equal([(w["consent"], w["by"], w["why"]) for w in kept["withdrawn"]], [("news", "an import", "the list 'members' says no")], "taken back")
    equal(json.loads(house.muster("consent", "show", EVE, "--json"))["withdrawn"][0]["consent"], "news", "whom the campaign has")
    newest = json.loads(house.muster("audience", "show", "members", "--json"))["id"]
    status, started = upload.upload(house.daemon, f"/api/v1/audiences/{newest}/upload", f"phone,consent\n{CY},no\n".encode(), change="merge")
    equal(status, 202, started)
    until(lambda: json.loads(house.muster("consent", "show", CY, "--json"))["withdrawn"], "taken back by the upload, too")
    house.muster("campaign", "resume", campaign, "--why", "for the test")
    house.wait_status(campaign, "done")
    equal(set(sink.seen()), {DEE}, "who has agreed to anything, and took nothing back")
    people = json.loads(house.muster("campaign", "people", campaign, "--state", "skipped", "--json"))["people"]
    equal({p["number"]: p["reason"] for p in people}[ANN], "consent_withdrawn", f"why: {people}")


def the_organisation_says_what_is_needed(house):
    house.start_musterd(port=1, organisation={"name": "Test Movement", "needs_consent": "news"})
    made(house)
    report = checked(house)
    equal((report["recipients"], report["unagreed"]), (3, 2), f"the campaign says nothing of it: {report}")
    equal(checked(house, needs_consent="no")["recipients"], 5, "it says that it goes to all")


# ---- no more of one thing ----

class People(InboxWorld):
    def __init__(self, args):
        super().__init__(args, {"Ada": ("volunteer", "main"), "Ben": ("volunteer", "main"), "Omar": ("organiser", "main"),
                                "Leo": ("organiser", "elsewhere")})


def shown(world, name="Ada"):
    return world.api(name, "GET", "/conversations/1")


def refused(world, name, status, **body):
    try:
        world.api(name, "POST", "/conversations/1/no-more", body)
    except urllib.error.HTTPError as e:
        equal(e.code, status, f"{name}: {body}")
        return json.load(e)["detail"]
    raise AssertionError(f"{name} may: {body}")


def who_got(world, name, **more):
    """Whom a campaign texts that is launched now."""
    campaign = world.launch(name=name, text="Hi, it's Harbour Street Neighbours: " + name + ". Reply STOP to end.", **more)
    world.wait_status(campaign, "done")
    states = world.people(campaign)
    return {n for n, state in states.items() if state != "skipped"}, campaign


def a_volunteer_notes_no_more_news(world):
    world.campaign([(ANN, "Ann"), (BOB, "Bob")])
    world.person_writes(ANN, "No more newsletters please, but keep me on the action list")
    until(lambda: world.api("Ada", "GET", "/inbox?state=any")["conversations"], "their words")
    check({"news", "action", "fundraising"} <= set(shown(world)["no_more_of"]), f"what is offered: {shown(world)['no_more_of']}")
    check("word such as news" in refused(world, "Ada", 400, consent="NEWS!"), "a word")
    check(shown(world)["on_hold"], "it sounds like STOP, so they are held")
    equal(world.api("Ada", "POST", "/conversations/1/no-more", {"consent": "news"}), {"changed": True}, "noted")
    check(not shown(world)["on_hold"], "that was the decision")
    equal(world.api("Ben", "POST", "/conversations/1/no-more", {"consent": "news"}), {"changed": False}, "it stood")
    one, = shown(world)["no_more"]
    equal((one["consent"], one["by"], one["why"], one["may_undo"]),
          ("news", "Ada", "No more newsletters please, but keep me on the action list", True), "with their words")
    check(not shown(world, "Ben")["no_more"][0]["may_undo"] and "news" not in shown(world)["no_more_of"], "Ada's, and not offered again")
    check("Ada noted" in refused(world, "Ben", 409, consent="news", given=True), "another volunteer cannot end it")
    said = world.muster("suppress", "check", ANN)
    check("wants no more news" in said and "may be texted about the rest" in said, said)
    check("They want no more news, noted by Ada" in world.muster("inbox", "show", 1), "the client shows it")
    equal(len(world.api("Omar", "GET", "/withdrawn/news")["withdrawn"]), 1, "an organiser of the group sees whom it noted")
    equal(world.api("Leo", "GET", "/withdrawn/news")["withdrawn"], [], "one of another group does not")
    rows = list(csv.DictReader(world.muster("consent", "export", "--of", "news").splitlines()))
    equal([(r["phone"], r["no_more_of"], r["by"], r["group"]) for r in rows], [(ANN, "news", "Ada", "main")], "in the export")


def campaigns_about_it_leave_them_out(world):
    a_volunteer_notes_no_more_news(world)
    path = world.folder / "check.yaml"
    path.write_text(json.dumps({"name": "c", "audience": "members", "gateway": "main", "hours": "any", "text": TEXT, "kind": "news"}))
    report = json.loads(command(world, "campaign", "check", path, "--json").stdout)
    equal((report["recipients"], codes(report)["consent_withdrawn"]), (1, "warn"), f"the check: {report}")
    text = next(f["message"] for f in report["findings"] if f["code"] == "consent_withdrawn")
    check("no more of news: they would be left out" in text, text)
    got, campaign = who_got(world, "Newsletter", kind="news")
    equal(got, {BOB}, "the newsletter")
    people = json.loads(world.muster("campaign", "people", campaign, "--state", "skipped", "--json"))["people"]
    equal([p["reason"] for p in people], ["consent_withdrawn"], "why")
    equal(who_got(world, "Action", kind="action")[0], {ANN, BOB}, "the action list")
    equal(who_got(world, "Unsaid")[0], {ANN, BOB}, "a campaign that does not say what it is")
    world.person_writes(ANN, "START")
    until(lambda: not shown(world)["no_more"], "START ends it")
    equal(who_got(world, "Newsletter 2", kind="news")[0], {ANN, BOB}, "the next newsletter")
    check("news again" in world.muster("audit", "export"), "in the trail")
    said = world.muster("inbox", "no-more", 1, "--of", "survey", "--why", "told me at the door")
    check("no more survey" in said, said)
    check("wants survey again" in world.muster("inbox", "no-more", 1, "--of", "survey", "--undo"), "undone by who noted it")


def a_store_that_goes_back_knows_it(world):
    """Noted after the copy, and ended after the copy: the journal has both."""
    world.campaign([(ANN, "Ann"), (BOB, "Bob")])
    for number in (ANN, BOB):
        world.person_writes(number, "hello")
    until(lambda: len(world.api("Ada", "GET", "/inbox?state=any")["conversations"]) == 2, "their words")
    first = 1 if shown(world)["conversation"]["number"].endswith(ANN[-3:]) else 2
    world.api("Ada", "POST", f"/conversations/{first}/no-more", {"consent": "news"})
    copy_files(world)
    world.api("Ada", "POST", f"/conversations/{3 - first}/no-more", {"consent": "survey"})
    world.api("Ada", "POST", f"/conversations/{first}/no-more", {"consent": "news", "given": True})
    put_back(world)
    wait_noticed(world, world.daemon)
    world.muster("restore", "apply", "--why", "an older copy was put back")
    wait_good(world.daemon)
    equal([w["consent"] for w in json.loads(world.muster("consent", "show", ANN, "--json"))["withdrawn"]], [], "ended")
    back, = json.loads(world.muster("consent", "show", BOB, "--json"))["withdrawn"]
    equal((back["consent"], back["by"]), ("survey", "the journal"), "noted")
    one, = world.api("Ada", "GET", f"/conversations/{3 - first}")["no_more"]
    equal(one["consent"], "survey", "the group that noted it knows it")


if __name__ == "__main__":
    OF_LISTS = (what_a_list_says_is_read, who_has_not_agreed_is_skipped_and_the_evidence_stays, a_list_that_says_no_counts_at_once,
                the_organisation_says_what_is_needed)
    OF_PEOPLE = (campaigns_about_it_leave_them_out, a_store_that_goes_back_knows_it)
    sys.exit(run(ARGS, *OF_LISTS, *OF_PEOPLE, world={test: House for test in OF_LISTS} | {test: People for test in OF_PEOPLE}))
